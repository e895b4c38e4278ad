"""JSON Lines: one object a line, a bad line rejected by itself."""

from collections.abc import Iterator, Sequence
from typing import TypeVar

import msgspec

from kansa.screening.entry import Place
from kansa.screening.lists.reading import Document, Gathering

MAX_LINE = 1 << 20
"""Bytes. No publisher says as much of one party."""

T = TypeVar("T")


def objects(documents: Sequence[Document], gathering: Gathering, type_: type[T]) -> Iterator[tuple[Place, T]]:
    """Yield the objects of the documents with their lines; blank lines are none, unknown fields are passed over."""
    decoder = msgspec.json.Decoder(type_)
    for document in documents:
        for number, line in enumerate(document.data.removeprefix(b"\xef\xbb\xbf").split(b"\n"), 1):
            if not line.strip():
                continue
            place = Place(document.name, number)
            gathering.rows += 1
            if len(line) > MAX_LINE:
                gathering.reject(place, None, f"the line has more than {MAX_LINE} bytes")
                continue
            try:
                yield place, decoder.decode(line)
            except (msgspec.ValidationError, msgspec.DecodeError, RecursionError) as error:
                gathering.reject(place, None, f"the line does not fit: {error}")
