"""From a system's bytes to records: one file per system, one contract for all.

A source reads bytes and says drafts; what it cannot read it quarantines with file, line, field and reason, and goes
on. It never drops a row: every row is a record, a duplicate, quarantined, or passed over for a stated reason.
"""
