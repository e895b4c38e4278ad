"""A vault put together, and what is done with it: ask coherence, take in files, hand out a dossier.

The only package that chooses stores, keys and clock and wires them. Surfaces call it; nothing below knows it.
"""
