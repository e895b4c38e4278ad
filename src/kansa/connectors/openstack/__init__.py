"""OpenStack Nova: which instance of whose project held accelerators on which host; a live migration is a shift."""
