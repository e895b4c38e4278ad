"""Names that end in a bracket: `Air Koryo (高麗航空)` are two names, and the whole as published is a third."""

import re
from collections.abc import Iterable

from kansa.screening.entry import Tier
from kansa.screening.lists.written_together import apart

_ENDING = re.compile(r"(.+?)\s*[（(]([^（）()]+)[）)]")


def parted(given: Iterable[str]) -> tuple[tuple[list[str], Tier], tuple[list[str], Tier]]:
    """Return the names to compare: of the first name, what stands before the bracket is primary; all else is strong."""
    primary: list[str] = []
    strong: list[str] = []
    for text in apart(given):
        found = _ENDING.fullmatch(text)
        parts = [found[1], found[2], text] if found else [text]
        if not primary:
            primary, parts = parts[:1], parts[1:]
        strong += parts
    return (primary, "primary"), (strong, "strong")
