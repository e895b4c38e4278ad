"""The ordered SQL stages of coherence, in one dialect."""
