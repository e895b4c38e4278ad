"""An audit of a whole vault: both logs, what was published and anchored, values, decisions, registers, caches, files."""
