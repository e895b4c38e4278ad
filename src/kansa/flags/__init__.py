"""Red flags: how they open, are assigned and resolved, and compare before and after a change."""
