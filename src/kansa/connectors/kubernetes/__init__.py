"""Kubernetes: which pod of whose namespace held which devices, on which node, from when to when."""
