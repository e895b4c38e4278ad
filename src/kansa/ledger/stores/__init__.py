"""Where logs and sealed values are kept: one driver a file; drivers do not know each other."""
