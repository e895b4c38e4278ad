"""Slurm accounting, as JSON or text."""
