"""How a city begins: the starting sets, and the one command that runs everything."""
