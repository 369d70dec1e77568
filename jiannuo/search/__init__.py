"""Where it is: one table of normalised texts, found by containment."""
