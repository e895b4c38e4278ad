"""Sample the spans of evidence at an instant: the facts that rules and the gate ask for."""
