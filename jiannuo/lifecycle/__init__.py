"""How things change: a Step, taken by an Actor, on a date, under a Term of the rulebook."""
