"""Kansa (監査, "audit"): evidence for export-control due diligence on AI accelerators.

The packages read as the product's sentence: `records` are sealed in the `ledger`, collected from `sources`;
`registers` are what can be seen in them; `coherence` asks whether every instant of use is evidenced; `rules` say
what is required and suspicious, `screening` whether a name is listed; in `cases` people decide; the `gate` answers
machines before they act; the `dossier` hands the evidence to others, who verify it without trusting the operator.
Imports only point upward in that list. Kansa gives evidence, not legal advice.
"""

__version__ = "0.1.0"
