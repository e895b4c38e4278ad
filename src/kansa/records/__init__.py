"""What is claimed: immutable records with provenance, as canonical bytes.

A record says who claims what about whom, when it was true, when it was seen and how it is known. Its canonical
bytes are the ledger entry. Values that are sealed enter as salted digests; the values themselves live elsewhere.
"""
