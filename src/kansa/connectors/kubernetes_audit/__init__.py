"""The audit log of Kubernetes: who went into pods, by exec, attach and port-forward."""
