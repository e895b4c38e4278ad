"""`sacct -P` in blocks: plain lines column by column, every other line by the reader that goes line by line.

The rows are those of `sacct_text.jobs`, and so are their lines and what is wrong with them: a line that can be told
apart stands for itself whatever precedes it, so the lines between two such ones, and column names, can be read alone.
"""

from collections.abc import Iterator
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import NamedTuple

import numpy as np

from kansa.connectors.base import Quarantined, Skipped
from kansa.connectors.formats.opened import opened
from kansa.connectors.slurm import sacct_text
from kansa.connectors.slurm.job import Job
from kansa.connectors.slurm.job_columns import JobColumnReader, JobColumns, Read
from kansa.connectors.slurm.options import SlurmOptions
from kansa.connectors.slurm.sacct_text import MAX_LINES, STEP, Layout, Line
from kansa.connectors.slurm.text_blocks import SIZE, Block, Places, blocks, can_be_split

_HELD = 10 * MAX_LINES
_NAME = b"JobID"

Listed = Job | Quarantined | Skipped


class Part(NamedTuple):
    """What a block lists: jobs column by column, lines that are job steps, and what was read line by line, with its line.

    The rows of a part come after those of the part before it; within it they stand in the order of their lines.
    """

    jobs: JobColumns | None
    steps: Places
    others: list[tuple[int, Listed]]

    def rows(self) -> Iterator[Listed]:
        """Yield all rows in the order of the file."""
        jobs = self.jobs.jobs() if self.jobs is not None else []
        found: list[tuple[int, Listed]] = [(job.line, job) for job in jobs]
        found += [(line, STEP) for line in self.steps.tolist()]
        found += self.others
        for _, row in sorted(found, key=itemgetter(0)):
            yield row


def jobs(path: Path, options: SlurmOptions, size: int = SIZE) -> Iterator[Listed]:
    """Yield what `sacct_text.jobs` yields, in blocks of `size` bytes.

    Raises:
        BadInput: as there.
    """
    for part in parts(path, options, size):
        yield from part.rows()


def parts(path: Path, options: SlurmOptions, size: int = SIZE) -> Iterator[Part]:
    """Yield the parts of a file.

    Raises:
        BadInput: no header and no `columns`, a column that is missing, no zone for the stamps.
    """
    with opened(path) as stream:
        found = blocks(stream, size)
        first = next(found, None)
        head = first.line(0) if first is not None and options.columns is None else None
        reader = _Reader(sacct_text.layout_of(head, options, str(path)), options, str(path))
        if first is not None:
            yield from reader.take(first.parted(0)[1] if head is not None else first)
        for block in found:
            yield from reader.take(block)
        yield reader.rest()


class _Reader:
    """The state between blocks: how rows stand, and lines that go on in the next block."""

    def __init__(self, layout: Layout, options: SlurmOptions, file: str) -> None:
        self._layout = layout
        self._options = options
        self._file = file
        self._columns = JobColumnReader(options)
        self._held: list[Line] = []

    def take(self, block: Block) -> Iterator[Part]:
        """Yield a block's parts: one, or one more for every line of column names in it."""
        while (named := self._named(block)) is not None:
            place, layout = named
            before, block = block.parted(place)
            yield self._part(before)
            yield self.rest()
            self._layout = layout
        yield self._part(block)

    def rest(self) -> Part:
        """Return what is held back: nothing goes on any more."""
        return Part(None, np.zeros(0, np.int64), list(self._settle(ended=True)))

    def _named(self, block: Block) -> tuple[int, Layout] | None:
        """Return the first line of column names, and how rows stand after it."""
        at = block.data.find(_NAME)
        while at >= 0:
            (place,) = block.lines_at(np.array([at])).tolist()
            text = block.line(place).text
            if self._layout.cells(text) is None and (layout := sacct_text.next_answer(text, self._options)):
                return place, layout
            at = block.data.find(_NAME, int(block.ends[place]))
        return None

    def _part(self, block: Block) -> Part:
        read = (
            self._columns.read(block, self._layout)
            if can_be_split(self._layout)
            else Read(None, np.zeros(0, np.int64), np.zeros(len(block.starts), np.bool_))
        )
        others: list[tuple[int, Listed]] = []
        odd = np.flatnonzero(~read.plain).tolist()
        if len(read.plain) and read.plain[0]:
            others += self._settle(ended=True)
        for _, run in groupby(enumerate(odd), lambda each: each[1] - each[0]):
            places = [place for _, place in run]
            self._held += [block.line(place) for place in places]
            if places[-1] + 1 < len(read.plain):
                others += self._settle(ended=True)
        if len(self._held) > _HELD:
            others += self._settle(ended=False)
        return Part(read.jobs, read.steps, others)

    def _settle(self, *, ended: bool) -> Iterator[tuple[int, Listed]]:
        """Yield the rows of the lines that are held back; unless they ended, those that no further line can change."""
        lines, self._held = self._held, []
        last = (lines[-1] if ended else lines[-MAX_LINES]).number if lines else 0
        for row, layout in sacct_text.rows_of(iter(lines), self._layout, self._options):
            if row.line > last:
                self._held = [line for line in lines if line.number >= row.line]
                return
            yield row.line, sacct_text.listed_in(row, layout, self._options, self._file)
