"""Columns of plain lines with their meaning: every distinct text is read once, by the functions that read a single row.

So stamps in a night without two o'clock, odd allocations and odd states mean here what they mean there. A line in which
any text has no meaning is not plain.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Generic, NamedTuple, TypeVar

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from kansa.clock import MICROSECONDS
from kansa.connectors.slurm.job import Job, states_in, tres_in
from kansa.connectors.slurm.options import SlurmOptions
from kansa.connectors.slurm.sacct_text import JOB, STAMP, USED, Layout, is_count, stamp_in
from kansa.connectors.slurm.text_blocks import Block, Mask, Places, fields, plain_lines

Value = TypeVar("Value")
Instants = npt.NDArray[np.int64]

REMEMBERED = 100_000
"""Distinct texts of a column that are remembered from block to block."""

_STAMP_LENGTH = len("2026-04-01T00:00:00")
_DIGITS = (0, 1, 2, 3, 5, 6, 8, 9, 11, 12, 14, 15, 17, 18)
_MARKS = {4: b"-", 7: b"-", 10: b"T", 13: b":", 16: b":"}
_WEIGHTS = np.array([10 ** (11 - place) for place in range(12)], np.int64)


@dataclass(frozen=True, slots=True)
class Coded(Generic[Value]):
    """A column of few distinct values: row `i` has `values[codes[i]]`."""

    codes: npt.NDArray[np.int32]
    values: Sequence[Value]

    def where(self, mask: Mask) -> "Coded[Value]":
        """Return the rows of a mask, with the values that stand in them."""
        codes, present = self.codes[mask], np.zeros(len(self.values), np.bool_)
        present[codes] = True
        places = np.cumsum(present, dtype=np.int32) - 1
        return Coded(places[codes], [self.values[place] for place in np.flatnonzero(present).tolist()])

    def rows(self, rows: Places) -> list[Value]:
        """Return the values of these rows."""
        values = self.values
        return [values[code] for code in self.codes[rows].tolist()]


@dataclass(frozen=True, slots=True)
class JobColumns:
    """Jobs of plain lines, row by row in the order of the file.

    `start` and `end` are instants where `started` and `ended` say that the file knows one.
    """

    lines: Places
    texts: Sequence[str]
    ids: pa.Array
    clusters: Coded[str]
    accounts: Coded[str]
    users: Coded[str]
    nodes: Coded[str]
    states: Coded[frozenset[str]]
    tres: Coded[Mapping[str, int]]
    restarts: Coded[int]
    start: Instants
    started: Mask
    end: Instants
    ended: Mask

    def __len__(self) -> int:
        return len(self.lines)

    def jobs(self, mask: Mask | None = None) -> list[Job]:
        """Return the rows of a mask, or all, as jobs."""
        rows = np.arange(len(self)) if mask is None else np.flatnonzero(mask)
        return [
            Job(*row)
            for row in zip(
                self.ids.take(rows).to_pylist(),
                self.clusters.rows(rows),
                self.accounts.rows(rows),
                self.users.rows(rows),
                self.nodes.rows(rows),
                self.states.rows(rows),
                _known(self.start[rows], self.started[rows]),
                _known(self.end[rows], self.ended[rows]),
                self.tres.rows(rows),
                self.lines[rows].tolist(),
                [self.texts[row] for row in rows.tolist()],
                self.restarts.rows(rows),
                strict=True,
            )
        ]


class Read(NamedTuple):
    """What the plain lines of a block hold: jobs, and the numbers of lines that are job steps; `plain` marks all of them."""

    jobs: JobColumns | None
    steps: Places
    plain: Mask


def _known(instants: Instants, known: Mask) -> list[int | None]:
    return [instant if has else None for instant, has in zip(instants.tolist(), known.tolist(), strict=True)]


class Meanings(Generic[Value]):
    """What texts mean by a function that returns None where it is not plain; remembered from block to block."""

    def __init__(self, read: Callable[[str], Value | None]) -> None:
        self._read = read
        self._known: dict[str, Value | None] = {}

    def coded(self, column: pa.Array) -> tuple[Coded[Value], Mask]:
        """Return a column's values, and in which rows there is one."""
        found = column.dictionary_encode()
        values = [self.of(text) for text in found.dictionary.to_pylist()]
        codes = found.indices.to_numpy(zero_copy_only=False)
        known = np.array([value is not None for value in values], np.bool_)
        return Coded(codes, values), known[codes]  # type: ignore[arg-type]  # rows without one are left out

    def of(self, text: str) -> Value | None:
        """Return what one text means, without the space around it."""
        if text not in self._known:
            if len(self._known) >= REMEMBERED:
                self._known.clear()
            self._known[text] = self._read(text.strip())
        return self._known[text]


class Stamps:
    """Reads a column of stamps. Those of one minute are read together where the zone's clocks ran on in it."""

    def __init__(self, options: SlurmOptions) -> None:
        self._zone = options.zone
        self._minutes: dict[int, int | None] = {}
        self._others = Meanings(self._other)

    def instants(self, column: pa.Array) -> tuple[Instants, Mask, Mask]:
        """Return instants, in which rows there is one, and which rows are plain."""
        offsets = np.frombuffer(column.buffers()[1], np.int32)[
            column.offset : column.offset + len(column) + 1
        ]
        instants, known = np.zeros(len(column), np.int64), np.zeros(len(column), np.bool_)
        usual = np.diff(offsets) == _STAMP_LENGTH
        octets = np.frombuffer(column.buffers()[2], np.uint8) if usual.any() else np.zeros(0, np.uint8)
        starts = offsets[:-1][usual]
        instants[usual], known[usual] = self._usual(octets[starts[:, None] + np.arange(_STAMP_LENGTH)])
        plain = known.copy()
        others = np.flatnonzero(~usual)
        if len(others):
            coded, plain[others] = self._others.coded(column.take(others))
            found = [value or (0, False) for value in coded.values]
            instants[others] = np.array([value for value, _ in found], np.int64)[coded.codes]
            known[others] = np.array([has for _, has in found], np.bool_)[coded.codes]
        return instants, known, plain

    def _usual(self, texts: npt.NDArray[np.uint8]) -> tuple[Instants, Mask]:
        digits = texts[:, _DIGITS].astype(np.int64) - ord("0")
        seconds = digits[:, 12] * 10 + digits[:, 13]
        whole = ((digits >= 0) & (digits <= 9)).all(axis=1) & (seconds < 60)
        for place, mark in _MARKS.items():
            whole &= texts[:, place] == mark[0]
        keys, codes = np.unique(np.where(whole, digits[:, :12] @ _WEIGHTS, -1), return_inverse=True)
        begun = [self._minute(key) for key in keys.tolist()]
        known = np.array([each is not None for each in begun], np.bool_)
        return np.array([each or 0 for each in begun], np.int64)[codes] + seconds * MICROSECONDS, known[codes]

    def _minute(self, key: int) -> int | None:
        """Return when a minute begins, `YYYYMMDDhhmm`; None if it is none, or the clocks were set in it."""
        if key not in self._minutes:
            if len(self._minutes) >= REMEMBERED:
                self._minutes.clear()
            self._minutes[key] = self._begin(f"{key:012d}") if key >= 0 else None
        return self._minutes[key]

    def _begin(self, digits: str) -> int | None:
        minute = f"{digits[:4]}-{digits[4:6]}-{digits[6:8]}T{digits[8:10]}:{digits[10:]}"
        try:
            first, last = stamp_in(f"{minute}:00", self._zone), stamp_in(f"{minute}:59", self._zone)
        except ValueError:
            return None
        return first if first is not None and last is not None and last - first == 59 * MICROSECONDS else None

    def _other(self, text: str) -> tuple[int, bool] | None:
        if not STAMP.fullmatch(text):
            return None
        try:
            instant = stamp_in(text, self._zone)
        except ValueError:
            return None
        return (instant or 0, instant is not None)


class JobColumnReader:
    """Reads the plain lines of blocks under one set of options."""

    def __init__(self, options: SlurmOptions) -> None:
        self._stamps = Stamps(options)
        self._clusters = Meanings(lambda text: _cluster(text, options))
        self._names = Meanings(lambda text: text)
        self._states = Meanings(lambda text: states_in(text) or None)
        self._tres = Meanings(_tres)
        self._restarts = Meanings(_restarts)

    def read(self, block: Block, layout: Layout) -> Read:
        """Return the jobs of a block's plain lines, and which lines are plain."""
        mask, width = plain_lines(block, layout)
        if not mask.any():
            return Read(None, np.zeros(0, np.int64), mask)
        places = {name: layout.columns.index(name) for name in USED if name in layout.columns}
        arrays = fields(block, mask, width, layout.delimiter, list(places.values()))
        found = dict(zip(places, arrays, strict=True))
        lines = np.flatnonzero(mask)
        ids = [found[name] for name in ("JobIDRaw", "JobID") if name in found]
        plain = np.ones(len(lines), np.bool_)
        for each in ids:
            plain &= pc.match_substring_regex(each, _JOB).to_numpy(zero_copy_only=False)
        is_step = pc.match_substring(ids[0], ".").to_numpy(zero_copy_only=False)
        columns, plain = self._columns(found, ids[0], lines + block.first, plain, is_step)
        mask[mask] = plain
        return Read(
            replace(columns, texts=_texts(block, columns.lines)), lines[plain & is_step] + block.first, mask
        )

    def _columns(
        self, found: Mapping[str, pa.Array], ids: pa.Array, lines: Places, plain: Mask, is_step: Mask
    ) -> tuple[JobColumns, Mask]:
        blank = pa.array([""] * len(lines), pa.string())
        start, started, start_plain = self._stamps.instants(found["Start"])
        end, ended, end_plain = self._stamps.instants(found["End"])
        states, states_plain = self._states.coded(found["State"])
        tres, tres_plain = self._tres.coded(found.get("AllocTRES", blank))
        restarts, restarts_plain = self._restarts.coded(found.get("Restarts", blank))
        clusters, clusters_plain = self._clusters.coded(found.get("Cluster", blank))
        texts = {
            name: self._names.coded(found.get(name, blank))[0] for name in ("Account", "User", "NodeList")
        }
        plain = plain & start_plain & end_plain & states_plain & tres_plain & restarts_plain & clusters_plain
        jobs = plain & ~is_step
        columns = JobColumns(
            lines=lines[jobs],
            texts=(),
            ids=ids.filter(pa.array(jobs)),
            clusters=clusters.where(jobs),
            accounts=texts["Account"].where(jobs),
            users=texts["User"].where(jobs),
            nodes=texts["NodeList"].where(jobs),
            states=states.where(jobs),
            tres=tres.where(jobs),
            restarts=restarts.where(jobs),
            start=start[jobs],
            started=started[jobs],
            end=end[jobs],
            ended=ended[jobs],
        )
        return columns, plain


_JOB = f"^(?:{JOB.pattern})$"


def _texts(block: Block, lines: Places) -> list[str]:
    """Return the lines of these numbers as they stand."""
    texts = block.data.decode("utf-8", "surrogateescape").split("\n")
    return [texts[place].rstrip("\r") for place in (lines - block.first).tolist()]


def _tres(text: str) -> Mapping[str, int] | None:
    try:
        return tres_in(text)
    except ValueError:
        return None


def _restarts(text: str) -> int | None:
    return int(text or "0") if is_count(text or "0") else None


def _cluster(text: str, options: SlurmOptions) -> str | None:
    cluster = text or options.cluster
    return cluster if cluster and options.cluster in {None, cluster} else None
