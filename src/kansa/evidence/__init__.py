"""Evidence in bulk: segments of rows, each committed by one ledger entry (format `kansa-segment-1`).

A segment is one file or window of one source. Its rows are grouped by subject; every group is a tree with its count,
and the groups hang in a trie keyed by the hashed subject, so that a subject's rows can be shown whole, alone, or
shown to be absent. Parquet is how rows are stored; it is never hashed for meaning.
"""
