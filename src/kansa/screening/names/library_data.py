"""The data sets that rigour carries inside its library, compressed: names of persons, symbols, ordinals.

rigour compiles them in (rust/build.rs: one zstd frame a file) and gives no function that returns them. A frame is found by its magic
number and cut by its own headers (RFC 8878, sections 3.1.1.1 and 3.1.1.2); which data set it is, its content says. A release of
rigour that carries them otherwise gives nothing here, and then rigour is asked name by name as before.
"""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import rigour._core as library

from kansa.lazy_imports import lazy_imports

with lazy_imports():  # where the table is kept nothing is unpacked
    import pyarrow as pa

_MAGIC = b"\x28\xb5\x2f\xfd"
_MOST_BYTES = 64 << 20


class PersonData(NamedTuple):
    """What rigour's tagger of persons is made of, as rigour has it."""

    ordinals: tuple[Mapping[str, Any], ...]
    symbols: Mapping[str, Mapping[str, list[str]]]
    corpus: str


def person_data() -> PersonData | None:
    """Return the data that the installed rigour carries; None where they are not found as expected."""
    ordinals = symbols = corpus = None
    for content in _frames(Path(library.__file__).read_bytes()):
        text = content.decode("utf-8", "replace")
        if " => Q" in text[:1_000]:
            corpus = text
        elif '"org_domains"' in text[:1_000]:
            symbols = json.loads(text)
        elif text.startswith("[") and '"forms"' in text[:100]:
            ordinals = json.loads(text)
    if ordinals is None or symbols is None or corpus is None:
        return None
    return PersonData(tuple(ordinals), symbols, corpus)


def _frames(data: bytes) -> Iterator[bytes]:
    at = data.find(_MAGIC)
    while at >= 0:
        end = _end_of_frame(data, at)
        if end is not None:
            try:
                stream = pa.CompressedInputStream(pa.BufferReader(data[at:end]), "zstd")
                yield stream.read(_MOST_BYTES)
            except OSError:
                end = None
        at = data.find(_MAGIC, end or at + 1)


def _end_of_frame(data: bytes, at: int) -> int | None:
    """Return where the frame that begins here ends; None if it is none."""
    descriptor = data[at + 4]
    single, size_flag = descriptor >> 5 & 1, descriptor >> 6
    place = at + 5 + (0 if single else 1) + (0, 1, 2, 4)[descriptor & 3] + (single, 2, 4, 8)[size_flag]
    while place + 3 <= len(data):
        header = int.from_bytes(data[place : place + 3], "little")
        last, kind, size = header & 1, header >> 1 & 3, header >> 3
        if kind == 3:  # reserved
            return None
        place += 3 + (1 if kind == 1 else size)
        if last:
            end = place + (4 if descriptor >> 2 & 1 else 0)
            return end if end <= len(data) else None
    return None
