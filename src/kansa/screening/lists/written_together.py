"""Names that a publisher wrote together in one field: `A; B`, `A; a.k.a. B`, `A [aka B]`, `A; and any successor …`."""

import re
from collections.abc import Iterable, Iterator

from kansa.screening.lists.reading import clean

_SUCCESSORS = re.compile(r"\s*[;,]?\s*(?:and\s+)?\bany\s+successors?\b.*$", re.IGNORECASE)
_BETWEEN = re.compile(
    r"\s*;\s*(?:and\b\s*)?(?:[afn]\.k\.a\.,?\s*)?|\s*\[\s*(?:aka|[afn]\.k\.a\.),?\s*|,?\s+[afn]\.k\.a\.,?\s+",
    re.IGNORECASE,
)


def apart(given: Iterable[str | None]) -> Iterator[str]:
    """Yield each name by itself, in order; what stands for nobody in particular (`any successor`) is left out."""
    for text in map(clean, given):
        for part in _BETWEEN.split(_SUCCESSORS.sub("", text)):
            opened = part.count("[") < part.count("]")
            if name := part.strip(" ,;]" if opened else " ,;"):
                yield name


def first_of(name: str) -> tuple[str, list[str]]:
    """Return the name that stands first in a field, and those that stand with it."""
    first, *rest = [*apart([name])] or [""]
    return first, rest
