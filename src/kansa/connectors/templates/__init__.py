"""Mapping and data files to fill in, one pair for each family of evidence; `kansa init --template` writes them."""
