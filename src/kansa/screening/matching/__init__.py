"""Compare names: blocking, alignment, score, bounds."""
