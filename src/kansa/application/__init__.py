"""Use cases: one service each, with frozen results."""
