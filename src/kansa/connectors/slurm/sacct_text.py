"""`sacct -P` and `--parsable`: any delimiter, with or without a header, comments with line breaks and delimiters.

A row that has too few fields goes on in the next line; one that has too many holds the delimiter in a free text. It
is taken only if what we use comes out the same wherever that text may be. Bytes that are not UTF-8 spoil a row only
where they stand in a column that we use.
"""

import re
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO
from zoneinfo import ZoneInfo

from kansa.connectors.base import NOTHING, Quarantined, Skipped
from kansa.connectors.formats.opened import opened
from kansa.connectors.slurm.job import STATES, Job, seconds_in, states_in, tres_in
from kansa.connectors.slurm.options import SlurmOptions
from kansa.connectors.zones import instant_of
from kansa.errors import BadInput, Problem

MARK = b"\xef\xbb\xbf"
"""The byte order mark of UTF-8, which may begin a file."""

MAX_LINES = 100
"""More lines than this in one row are taken for a broken row."""

NEEDED = ("NodeList", "State", "Start", "End")
USED = ("JobIDRaw", "JobID", "Cluster", "Account", "User", "AllocTRES", "Restarts", *NEEDED)

_FREE = frozenset(
    {"AdminComment", "Comment", "Constraints", "Container", "Extra", "JobName", "Reason", "SubmitLine"}
    | {"SystemComment", "WCKey", "WorkDir"}
)
_UNKNOWN = frozenset({"", "Unknown", "None", "N/A"})
JOB = re.compile(r"\d+(_(\d+|\[[^]]*\]))?(\+\d+)?(\.[\w+]+)?")
STAMP = re.compile(r"|Unknown|None|N/A|\d+|\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d([+-]\d\d:?\d\d|Z)?")

STEP = Skipped("job step")

Cells = dict[str, str]


def jobs(path: Path, options: SlurmOptions) -> Iterator[Job | Quarantined | Skipped]:
    """Yield the jobs of a file; steps are passed over. Where the column names come again, another answer begins.

    A last row that is cut short says that the file is cut there.

    Raises:
        BadInput: no header and no `columns`, a column that is missing, no zone for the stamps.
    """
    with opened(path) as stream:
        lines = lines_of(stream)
        layout = layout_of(next(lines, None) if options.columns is None else None, options, str(path))
        for row, current in rows_of(lines, layout, options):
            yield listed_in(row, current, options, str(path))


def listed_in(row: "Row", layout: "Layout", options: SlurmOptions, file: str) -> Job | Quarantined | Skipped:
    """Return what a row lists under the layout in which it was read.

    sacct ends every line. Where the last one has no end, the row is taken only if its last column is seen to be whole.
    """
    if row.cells is None:
        return _unreadable(row, layout, file)
    if row.is_cut and not _is_whole(row, layout, row.cells):
        problem = Problem(
            "slurm.cut",
            "the file breaks off in this row: its line has no end, and its last column may be cut",
            file,
            row.line,
            help="write it again and ingest it; if the file is whole, end its last line",
        )
        return Quarantined((problem,), row.text)
    return STEP if _is_step(row.cells) else _job(row, row.cells, options, file)


@dataclass(frozen=True, slots=True)
class Line:
    """One line without its end, its number from 1, and whether it had none, as only the last line of a file may."""

    number: int
    text: str
    is_cut: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """One row as it was read; no cells if they cannot be told apart. `is_cut` if its last line has no end."""

    line: int
    text: str
    cells: Cells | None
    is_cut: bool = False


@dataclass(frozen=True, slots=True)
class Layout:
    """How fields stand in a row."""

    columns: tuple[str, ...]
    delimiter: str
    trailing: bool

    @property
    def names_jobs(self) -> bool:
        return not {"JobID", "JobIDRaw"}.isdisjoint(self.columns)

    def cells(self, text: str) -> Cells | None:
        """Return the used columns of a whole row, or None if it is not one."""
        fields = text.split(self.delimiter)
        if self.trailing and not fields[-1]:
            fields.pop()
        excess = len(fields) - len(self.columns)
        if excess < 0:
            return None
        if excess == 0:
            cells = self._named(fields)
            return cells if _is_plausible(cells) else None
        readings = self._absorbed(fields, excess)
        plausible = [cells for cells in readings if _is_plausible(cells) and _names_who(cells)]
        same = all(cells == plausible[0] for cells in plausible)
        return plausible[0] if plausible and same else None

    def _absorbed(self, fields: Sequence[str], excess: int) -> list[Cells]:
        free = [place for place, column in enumerate(self.columns) if column in _FREE]
        return [
            self._named([*fields[:place], "", *fields[place + excess + 1 :]])
            for place in free
            if place < len(fields)
        ]

    def _named(self, fields: Sequence[str]) -> Cells:
        named = zip(reversed(self.columns), reversed(fields), strict=True)
        return {column: field.strip() for column, field in named if column in USED}


def lines_of(stream: BinaryIO) -> Iterator[Line]:
    """Yield the lines of a file; bytes that are not UTF-8 stand in them as lone surrogates."""
    for number, raw in enumerate(stream, start=1):
        plain = raw.removeprefix(MARK) if number == 1 else raw
        yield Line(number, plain.decode("utf-8", "surrogateescape").rstrip("\r\n"), not raw.endswith(b"\n"))


def layout_of(header: Line | None, options: SlurmOptions, file: str) -> Layout:
    """Return how the rows stand, by the first line or, where there is none, by the columns of the options."""
    if options.columns is not None:
        layout = Layout(options.columns, options.delimiter or "|", trailing=True)
    else:
        layout = _named(header.text if header is not None else "", options)
        if not layout.names_jobs:
            raise BadInput(
                "slurm.header",
                f"`{file}` does not begin with sacct's column names",
                help="if it was printed with --noheader, say `columns` in the options",
            )
    missing = [name for name in NEEDED if name not in layout.columns]
    if not layout.names_jobs:
        missing.insert(0, "JobIDRaw")
    if missing:
        problems = [Problem("slurm.columns", "the column is missing", file, 1, name) for name in missing]
        raise BadInput("slurm.columns", f"`{file}` lacks columns that say who held what", problems=problems)
    if options.zone is None:
        raise BadInput(
            "slurm.zone",
            f"the stamps in `{file}` have no offset, and the options name no zone",
            help="say `zone: Asia/Tokyo`, or use `sacct --json`, which counts seconds since 1970",
        )
    return layout


def _named(header: str, options: SlurmOptions) -> Layout:
    found = re.match(r"\w+(\W+)\w", header)
    delimiter = options.delimiter or (found[1] if found else "|")
    named = header.split(delimiter)
    trailing = len(named) > 1 and not named[-1]
    return Layout(tuple(name.strip() for name in (named[:-1] if trailing else named)), delimiter, trailing)


def next_answer(text: str, options: SlurmOptions) -> Layout | None:
    """Return the layout of a further answer, if a line is its column names."""
    layout = _named(text, options)
    return layout if layout.names_jobs and layout.columns and set(NEEDED) <= set(layout.columns) else None


def rows_of(lines: Iterator[Line], layout: Layout, options: SlurmOptions) -> Iterator[tuple[Row, Layout]]:
    """Yield rows, each with the layout under which it was read.

    A line that can be told apart as it stands is a row of its own, and so are column names, whatever precedes them.
    """
    waiting: deque[Line] = deque()
    while (first := waiting.popleft() if waiting else next(lines, None)) is not None:
        if not first.text.strip():
            continue
        cells, taken = layout.cells(first.text), [first]
        if cells is None and (following := next_answer(first.text, options)) is not None:
            layout = following
            continue
        text = first.text
        while cells is None and _goes_on(text, layout) and len(taken) < MAX_LINES:
            line = waiting.popleft() if waiting else next(lines, None)
            if line is None:
                break
            taken.append(line)
            if layout.cells(line.text) is not None or next_answer(line.text, options) is not None:
                break
            text = f"{text}\n{line.text}"
            cells = layout.cells(text)
        if cells is None:
            waiting.extendleft(reversed(taken[1:]))
        cut = cells is not None and taken[-1].is_cut
        yield Row(first.number, text if cells is not None else first.text, cells, cut), layout


def _goes_on(text: str, layout: Layout) -> bool:
    return text.count(layout.delimiter) + 1 < len(layout.columns)


def _is_plausible(cells: Cells) -> bool:
    ids = [cells[name] for name in ("JobIDRaw", "JobID") if name in cells]
    stamps = [cells["Start"], cells["End"]]
    return (
        all(JOB.fullmatch(each) for each in ids)
        and all(STAMP.fullmatch(each) for each in stamps)
        and bool(states_in(cells["State"]))
    )


def _is_whole(row: Row, layout: Layout, cells: Cells) -> bool:
    """Tell whether a row that ends without a line end is seen to be whole: by its last column, as far as that matters."""
    last = layout.columns[-1]
    if layout.trailing and row.text.endswith(layout.delimiter):
        return True
    if last == "State":
        return cells[last].split()[0] in STATES
    return last in {"Start", "End"} or last not in cells


def _names_who(cells: Cells) -> bool:
    """Tell whether a job's row names its holder; a step's never does."""
    return _is_step(cells) or all(cells.get(name, "-") for name in ("Cluster", "Account", "User"))


def _is_step(cells: Cells) -> bool:
    return "." in (cells.get("JobIDRaw") or cells["JobID"])


def _unreadable(row: Row, layout: Layout, file: str) -> Quarantined:
    count = row.text.count(layout.delimiter) + 1
    message = (
        f"the row has {count} fields and does not go on in the next line; there are {len(layout.columns)} columns"
        if count < len(layout.columns)
        else "the row does not hold a job, a state and times where the columns say"
    )
    return Quarantined((Problem("slurm.row", message, file, row.line),), row.text)


def _job(row: Row, cells: Cells, options: SlurmOptions, file: str) -> Job | Quarantined:
    problems: list[Problem] = []

    def refuse(field: str, message: str, advice: str | None = None) -> None:
        problems.append(Problem("slurm.field", message, file, row.line, field, advice))

    for name, text in cells.items():
        if not text.isascii() and any("\udc80" <= character <= "\udcff" for character in text):
            refuse(name, "the bytes are not UTF-8")
    times: dict[str, int | None] = {}
    for name in ("Start", "End"):
        try:
            times[name] = stamp_in(cells[name], options.zone)
        except ValueError as error:
            refuse(name, str(error), "`sacct --json` counts seconds since 1970")
    tres, restarts = _counts(cells, refuse)
    cluster = cells.get("Cluster") or options.cluster
    if not cluster:
        refuse("Cluster", "no cluster is named", "say `cluster` in the options")
    elif options.cluster is not None and cluster != options.cluster:
        refuse("Cluster", f"`{cluster}` is not the cluster `{options.cluster}` of the options")
    if problems:
        elsewhere = options.cluster is not None and cells.get("Cluster", "") not in {"", options.cluster}
        span = NOTHING if elsewhere else (times.get("Start"), times.get("End"))
        return Quarantined(tuple(problems), row.text, span=span)
    return Job(
        id=cells.get("JobIDRaw") or cells["JobID"],
        cluster=cluster or "",
        account=cells.get("Account", ""),
        user=cells.get("User", ""),
        nodes=cells["NodeList"],
        states=states_in(cells["State"]),
        start=times["Start"],
        end=times["End"],
        tres=tres,
        line=row.line,
        raw=row.text,
        restarts=restarts,
    )


def _counts(cells: Cells, refuse: Callable[[str, str], None]) -> tuple[dict[str, int], int]:
    """Return what was allocated, and how often the job had been requeued."""
    tres: dict[str, int] = {}
    try:
        tres = tres_in(cells.get("AllocTRES", ""))
    except ValueError as error:
        refuse("AllocTRES", str(error))
    restarts = cells.get("Restarts") or "0"
    if not is_count(restarts):
        refuse("Restarts", f"`{restarts}` is no whole number")
        return tres, 0
    return tres, int(restarts)


def is_count(text: str) -> bool:
    """Tell whether a text is a whole number as accounting prints one."""
    return text.isascii() and text.isdecimal() and len(text) < 10


def stamp_in(text: str, zone: ZoneInfo | None) -> int | None:
    """Return the instant of a stamp; None where Slurm knows none.

    Raises:
        ValueError: the stamp is no time, or one that the zone's clocks showed twice or never.
    """
    if text in _UNKNOWN:
        return None
    if text.isdecimal():
        return seconds_in(int(text))
    return instant_of(datetime.fromisoformat(text), zone)
