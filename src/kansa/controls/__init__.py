"""Controls: what must be evidenced, by whom and how fresh, assessed and exported to OSCAL."""
