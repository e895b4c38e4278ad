"""What asks the gate near the systems that act: Kubernetes' admission and Kueue. Slurm's caller is in integrations/slurm.

Each turns what its system is about to do into the gate's questions, and the strictest answer into that system's words.
It keeps nothing and decides nothing.
"""
