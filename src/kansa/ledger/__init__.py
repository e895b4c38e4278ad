"""What was written: an append-only, tamper-evident log in formats that others verify (RFC 6962, C2SP).

`tree`, `note` and `proof` are pure arithmetic; `sequencer` is the only writer; `stores` keep entry, tree and
checkpoint in one transaction; `audit` recomputes everything. The log shows order and integrity, not truth.
"""
