"""nvidia-smi: which GPUs a host holds, their serial numbers, UUIDs and partitions, and what they draw."""
