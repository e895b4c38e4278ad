"""GPU attestation evidence: what a device signed over a nonce, verified here, offline."""
