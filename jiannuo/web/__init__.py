"""The only HTTP: portal (public) and desk (staff)."""
