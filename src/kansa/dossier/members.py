"""What lies where in a dossier. Everything but `seal/` is listed in the manifest."""

MANIFEST = "manifest.json"
README = "readme.txt"
REPORT = "report.html"
CHECKPOINT = "log/checkpoint"
BETWEEN = "log/between.json"
ENTRIES = "entries.jsonl"
DISCLOSURES = "disclosures.jsonl"
RESULT = "coherence/result.json"
GAPS = "coherence/gaps.jsonl"
LATE = "coherence/late.jsonl"
SUBJECTS = "log/subjects.json"
SEAL_PROOF = "seal/issued.tlog-proof"
SEAL_ENTRY = "seal/issued.json"
SEAL_CONSISTENCY = "seal/consistency.json"

SEAL_SUBJECTS = "seal/subjects"

_SEALED = frozenset({SEAL_PROOF, SEAL_ENTRY, SEAL_CONSISTENCY})
SEAL = _SEALED | {SEAL_SUBJECTS}
REQUIRED = _SEALED | {MANIFEST, CHECKPOINT, BETWEEN, ENTRIES, DISCLOSURES, RESULT, GAPS, LATE}
