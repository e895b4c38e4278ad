"""Policy enforcement points: what asks the gate from other systems."""
