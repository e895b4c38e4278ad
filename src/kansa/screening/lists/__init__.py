"""One file a publisher's form: bytes as published in, entries out, every row accounted for.

A row that names nobody is rejected with file, line, field and reason; a field that cannot be read is set aside and
counted while its row is still screened, since a bad date must not hide a name. Nothing is dropped silently.
"""
