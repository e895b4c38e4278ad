"""What can be seen in the ledger: read models in two times, derived and rebuildable.

`derive` is a pure function from entries to tables; `catch_up` is its incremental form in SQL and stores the ledger
position that it reflects. Types that read cannot write. Nothing here judges: that is coherence.
"""
