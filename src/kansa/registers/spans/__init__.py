"""Derive the spans of each fact once: from when to when it holds, and on which records.

One module a fact; each is a pure function of a journal and a subject. Registers, gate, rules, cases and dossier sample
these spans, so that they cannot answer differently: nothing outside this package reads verifications, changes of end
users, authorizations, access paths or classifications to decide whether they hold (`tests/registers/test_one_derivation`).

What was known at an instant is the same function over the journal of what was recorded by then.
"""
