"""The steps in exact decimals, one method a function, each with its formula."""
