"""Who: divisions, bodies, their names over time, successors, officials and posts, outside parties."""
