"""From a system's bytes to records: one file per system, one contract for all.

A source reads bytes and says what became of every row: a draft, quarantined with file, line, field and reason, or
passed over for a stated reason. It never drops a row. `ingest` gives the drafts to whoever appends.
"""
