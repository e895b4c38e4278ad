"""From procurement to access and back: the chain of one subject, and where it is broken.

`reach` finds what a subject is joined to, `statements` says what the evidence says of each, `breaks` what is missing
between two links, of how many that were looked at, `who` which end user was let through a path at an instant. All are
pure functions of a journal and the uses, so that a vault and a dossier give one answer.
"""
