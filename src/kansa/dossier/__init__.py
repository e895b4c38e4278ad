"""What is handed over: a self-contained package that anyone verifies offline, and the report in it.

`scope` chooses entries, `assemble` puts them with proofs into the canonical `container`, `verify` trusts nothing
but the reader's own policy, `render` shows it to people. The enclosed page is a reader, and says so.
"""
