"""DCGM exporter: which GPUs a host has, what they draw, how busy they are."""
