"""Kansa (監査, "audit"): evidence for export-control due diligence on AI accelerators.

The packages read as the product's sentence: `records` are sealed in the `ledger`, in bulk as `evidence` segments,
collected by `connectors`; `people` act under their own keys; `registers` derive what holds when, once; `rules` say what
is required and suspicious, `facts` sample the spans that they ask for, `coherence` finds what is not evidenced,
`screening` whether a name is listed; `controls`, `flags` and `cases` keep people deciding; the `gate` answers machines
before they act; `drawing` and `dossier` hand the evidence to others, who verify it without trusting the operator.
A `vault` holds the stores, `application` the use cases, `interfaces` what people and machines call; `clients` ask the
gate from elsewhere. Imports only point upward in that list. Kansa gives evidence, not legal advice.
"""

__version__ = "0.1.0"
