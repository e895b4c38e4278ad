"""What every source promises: bytes in, one answer for every row out."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple, Protocol

from kansa.errors import Problem
from kansa.records.draft import Draft


@dataclass(frozen=True, slots=True)
class Parsed:
    """A row that says something, where it stands, and the row as it was read.

    `more` are further parts of the same, where one record would be longer than an entry may be.
    """

    draft: Draft
    file: str
    line: int
    row: Any
    more: tuple[Draft, ...] = ()

    @property
    def drafts(self) -> tuple[Draft, ...]:
        """All parts, in order."""
        return (self.draft, *self.more)


NOTHING = (0, 0)
"""The span of a row that speaks of no time of ours."""


@dataclass(frozen=True, slots=True)
class Quarantined:
    """A row that cannot become a record: all that is wrong with it, and the row as it was read.

    `cut` says that what follows in the file could not be read at all; then no window is closed. `span` is the time
    that the row speaks of, as far as that can be read.
    """

    problems: tuple[Problem, ...]
    row: Any
    cut: bool = False
    span: tuple[int | None, int | None] = (None, None)


@dataclass(frozen=True, slots=True)
class Skipped:
    """A row that is no record of its own, and why: a job step, a job that never started."""

    reason: str


Row = Parsed | Quarantined | Skipped
"""What became of one row."""


@dataclass(frozen=True, slots=True)
class Window:
    """The time `[start, end)` that a source has reported on in full, and what it speaks for.

    `scope` holds the ids of sites, nodes or devices, sorted; `inferred_from` says where the window comes from if
    nobody declared it. `gaps` are the stretches in it, in order and apart, on which the files do not report in full.
    """

    start: int
    end: int
    scope: tuple[str, ...]
    inferred_from: str | None = None
    gaps: tuple[tuple[int, int], ...] = ()

    @property
    def parts(self) -> tuple[tuple[int, int], ...]:
        """The stretches on which the files do report in full."""
        bounds = [self.start, *(bound for gap in self.gaps for bound in gap), self.end]
        pairs = zip(bounds[::2], bounds[1::2], strict=True)
        return tuple((start, end) for start, end in pairs if start < end)


class Place(NamedTuple):
    """Where the inventory has a device, and as what."""

    node: str | None
    site: str | None
    item_class: str | None


class Names(Protocol):
    """Which subject a system's own key means. What a row introduces is known from the next row on.

    The ingest lists what a row introduced in the `introduces` of its record, and forgets it if the row gives none.
    """

    def find(self, system: str, key: str) -> str | None:
        """Return the subject's id, or None if the key was never introduced."""
        ...

    def introduce(self, kind: str, system: str, key: str) -> str:
        """Return the subject's id, minted if the key is new."""
        ...

    def also(self, subject: str, system: str, key: str) -> None:
        """Make a further key known for a subject; `find` says first whether it means another one."""
        ...

    def holder(self, path_id: str) -> tuple[str | None, str | None]:
        """Return the (tenant, end user) for whom a path is approved; (None, None) if nobody or if not one alone."""
        ...

    def devices_of(self, node_id: str) -> int:
        """Return how many accelerators the inventory has in a node; 0 if it has none."""
        ...

    def has_inventory(self) -> bool:
        """Tell whether the inventory has accelerators in any node."""
        ...

    def measured_since(self, workloads: str) -> int | None:
        """Return when the first recorded use by workloads of this system began whose accelerators were measured."""
        ...

    def reassign(self, subject: str, system: str, key: str) -> None:
        """Make a key that means another subject mean this one from the next row on: a slot that holds another device."""
        ...

    def keys_borne(self, subject: str, system: str) -> frozenset[str]:
        """Return the keys of a system that mean a subject."""
        ...

    def named_by(self, device: str, source: str) -> frozenset[tuple[str, str]]:
        """Return the names (kind, in its normal form) that a source has said of a device."""
        ...

    def place_of(self, device: str) -> "Place | None":
        """Return where the inventory has a device now, and as what; None if it does not have it."""
        ...

    def runs_of(self, workload_id: str) -> tuple[int, ...]:
        """Return when the recorded placements of a workload began, in order."""
        ...


class Source(Protocol):
    """One system's reader. An object serves one ingest: it remembers what the window needs."""

    @property
    def name(self) -> str:
        """The source's name in records, `urn:kansa:<operator>:<name>`."""
        ...

    @property
    def goes_back(self) -> bool:
        """Whether a row may go back to an earlier content; if not, an old file read again changes nothing."""
        ...

    def survey(self, paths: Sequence[Path]) -> None:
        """Look through all files of an ingest before the first one is read, where one says something of another."""
        ...

    def rows(self, path: Path, names: Names) -> Iterator[Row]:
        """Read one file, in order, one answer a row. The file is not held in memory where its format allows.

        Raises:
            BadInput: nothing in the file can be read, or it is not what the mapping says it is.
        """
        ...

    def window(self, names: Names) -> Window | None:
        """Return the window that the files closed, or None if they close none."""
        ...

    def remarks(self, names: Names) -> Sequence[Problem]:
        """Return what the files leave open beyond single rows, once all are read: why a window has gaps, what was not known."""
        ...


class PlainSource:
    """A source without survey, window or remarks; `name` is its full name in records, `urn:kansa:<operator>:<source>`."""

    goes_back = False

    def __init__(self, name: str) -> None:
        self.name = name

    def survey(self, paths: Sequence[Path]) -> None:
        """Nothing: a row means the same whatever the others say."""

    def window(self, names: Names) -> Window | None:  # noqa: ARG002 - the contract's signature
        """None: no window is closed."""
        return None

    def remarks(self, names: Names) -> Sequence[Problem]:  # noqa: ARG002 - the contract's signature
        """Nothing is left open."""
        return ()
