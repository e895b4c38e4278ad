"""Blocks of whole lines, and which of them are plain: as many fields as there are columns, nothing else to ask about.

Bytes are looked at all at once. A line that is not plain is for whoever reads line by line; its number is exact.
"""

from collections.abc import Iterator, Sequence
from typing import BinaryIO, NamedTuple, cast

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from pyarrow import csv

from kansa.connectors.slurm.sacct_text import MARK, Layout, Line

SIZE = 1 << 20
"""Bytes of a block; with larger ones the temporary arrays no longer fit the processor's caches."""

Mask = npt.NDArray[np.bool_]
Places = npt.NDArray[np.int64]

_LINE_FEED, _RETURN = b"\n\r"


class Block(NamedTuple):
    """Whole lines of a file; `starts` and `ends` are places in `data`, an end before the line feed and a return before it."""

    first: int
    data: bytes
    starts: Places
    ends: Places

    @classmethod
    def of(cls, first: int, data: bytes) -> "Block":
        """Return the block of these bytes, whose first line has this number."""
        octets = np.frombuffer(data, np.uint8)
        ends = np.flatnonzero(octets == _LINE_FEED)
        if data and not data.endswith(b"\n"):
            ends = np.append(ends, len(data))
        if not len(ends):
            return cls(first, data, ends, ends)
        starts = np.concatenate(([0], ends[:-1] + 1))
        return cls(first, data, starts, ends - ((ends > starts) & (octets[ends - 1] == _RETURN)))

    def line(self, place: int) -> Line:
        """Return a line as the exact reader takes it."""
        end = self.starts[place + 1] if place + 1 < len(self.starts) else len(self.data)
        raw = self.data[self.starts[place] : end]
        text = raw.decode("utf-8", "surrogateescape").rstrip("\r\n")
        return Line(self.first + place, text, not raw.endswith(b"\n"))

    def lines_at(self, places: Places) -> Places:
        """Return in which lines these bytes stand, each line once, by its place in the block."""
        return np.unique(np.searchsorted(self.starts, places, "right") - 1)

    def parted(self, place: int) -> tuple["Block", "Block"]:
        """Return the lines before one, and those after it."""
        start = int(self.starts[place])
        after = int(self.starts[place + 1]) if place + 1 < len(self.starts) else len(self.data)
        return Block.of(self.first, self.data[:start]), Block.of(self.first + place + 1, self.data[after:])


def blocks(stream: BinaryIO, size: int = SIZE) -> Iterator[Block]:
    """Yield a file's blocks of about `size` bytes; a line is never divided."""
    number, waiting = 1, list[bytes]()
    while chunk := stream.read(size):
        cut = chunk.rfind(b"\n") + 1
        waiting.append(chunk[:cut] if cut else chunk)
        if cut:
            block = _block(number, waiting)
            number, waiting = number + len(block.starts), [chunk[cut:]]
            yield block
    if any(waiting):
        yield _block(number, waiting)


def _block(number: int, parts: Sequence[bytes]) -> Block:
    data = b"".join(parts)
    return Block.of(number, data.removeprefix(MARK) if number == 1 else data)


def can_be_split(layout: Layout) -> bool:
    """Tell whether fields are parted by one character that is one byte, and stands for nothing else."""
    delimiter = layout.delimiter
    return len(delimiter) == 1 and delimiter.isascii() and delimiter not in '\0\r\n"'


def plain_lines(block: Block, layout: Layout) -> tuple[Mask, int]:
    """Return which lines have one field for each column, and how many fields that is with a last, empty one.

    The last line of a file, where it has no end, is for whoever asks whether it is whole.
    """
    octets, delimiter, columns = (
        np.frombuffer(block.data, np.uint8),
        ord(layout.delimiter),
        len(layout.columns),
    )
    found = np.flatnonzero(octets == delimiter)
    count = np.searchsorted(found, block.ends) - np.searchsorted(found, block.starts)
    mask, width = count == columns - 1, columns
    if layout.trailing:
        closed = octets[np.maximum(block.ends - 1, 0)] == delimiter
        bare, ended = mask & ~closed, (count == columns) & closed
        mask, width = (ended, columns + 1) if ended.sum() > bare.sum() else (bare, columns)
    mask[_refused(block, octets)] = False
    if len(mask) and not block.data.endswith(b"\n"):
        mask[-1] = False
    return mask, width


def _refused(block: Block, octets: npt.NDArray[np.uint8]) -> Places:
    """Return the lines with a carriage return or a null inside, or with bytes that are not UTF-8."""
    marks = np.flatnonzero((octets == 0) | (octets == _RETURN))
    at = np.searchsorted(block.starts, marks, "right") - 1
    inside = at[marks < block.ends[at]] if len(at) else at
    wide = block.lines_at(np.flatnonzero(octets >= 0x80))
    broken = [place for place in wide if not _is_utf8(block.data[block.starts[place] : block.ends[place]])]
    return np.concatenate((inside, np.array(broken, np.int64)))


def _is_utf8(raw: bytes) -> bool:
    try:
        raw.decode()
    except UnicodeDecodeError:
        return False
    return True


def fields(block: Block, mask: Mask, width: int, delimiter: str, wanted: Sequence[int]) -> list[pa.Array]:
    """Return the wanted fields, by their place in a line, of the lines of a mask; each an array of texts."""
    if not mask.any():
        return [pa.array([], pa.string()) for _ in wanted]
    octets = np.frombuffer(block.data, np.uint8)
    kept = np.repeat(mask, np.diff(block.starts, append=len(octets))) & (octets != _RETURN)
    content = octets if kept.all() else octets[kept]
    names = [str(place) for place in range(width)]
    table = csv.read_csv(
        pa.BufferReader(pa.py_buffer(np.ascontiguousarray(content))),
        csv.ReadOptions(use_threads=False, block_size=len(content) + 1, column_names=names),
        csv.ParseOptions(delimiter=delimiter, quote_char=False, double_quote=False, escape_char=False),
        csv.ConvertOptions(
            include_columns=[names[place] for place in wanted],
            column_types=dict.fromkeys(names, pa.string()),
            strings_can_be_null=False,
        ),
    )
    return [cast("pa.Array", column.combine_chunks()) for column in table.columns]
