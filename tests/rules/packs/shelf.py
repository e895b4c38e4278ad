"""The shipped packs, read once."""

from functools import cache

from kansa.rules.loading.library import Library, read_library
from kansa.rules.pack import Pack


@cache
def library() -> Library:
    """Everything that is shipped."""
    return read_library()


def pack(id_: str) -> Pack:
    """One pack of rules."""
    return next(each for each in library().packs if each.id == id_)
