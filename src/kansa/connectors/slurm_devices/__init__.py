"""Slurm while a job runs: `scontrol show job -d` names the devices, which accounting never does."""
