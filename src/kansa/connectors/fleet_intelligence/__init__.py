"""NVIDIA Fleet Intelligence: signed inventory reports, verified on arrival and kept with their key."""
