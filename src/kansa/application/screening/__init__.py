"""Screening in a vault: lists taken in, names and parties held against them, candidates judged, questions asked again."""
