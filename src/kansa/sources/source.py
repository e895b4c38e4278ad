"""What every source promises: bytes in, drafts and refusals out, every row accounted for."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from kansa.errors import Problem
from kansa.records.draft import Draft


@dataclass(frozen=True, slots=True)
class Quarantined:
    """A row that could not become a record: all that is wrong with it, and the row as it was read."""

    problems: tuple[Problem, ...]
    row: str


@dataclass(frozen=True, slots=True)
class Window:
    """The time that a source has reported on in full, `[start, end)`, and the sites, nodes or devices it speaks for."""

    start: int
    end: int
    scope: tuple[str, ...]


@dataclass(slots=True)
class Tally:
    """What has been counted so far; filled while drafts are taken.

    `passed_over` counts rows that are no record of their own, by reason (a job step, a job that never started).
    """

    rows: int = 0
    quarantined: list[Quarantined] = field(default_factory=list)
    passed_over: Counter[str] = field(default_factory=Counter)
    earliest: int | None = None
    latest: int | None = None
    last_sequence: str | None = None


class Names(Protocol):
    """Which subject a system's own key means. What is introduced counts as known from then on."""

    def find(self, system: str, key: str) -> str | None:
        """The subject's id, or None if the key was never introduced."""
        ...

    def introduce(self, kind: str, system: str, key: str) -> str:
        """The subject's id, minted if the key is new; the record that carries the draft must list it in `introduces`."""
        ...

    def holder(self, path_id: str) -> tuple[str | None, str | None]:
        """The (tenant, end user) for whom a path is approved; (None, None) if nobody or if not one alone."""
        ...

    def devices_of(self, node_id: str) -> int:
        """How many accelerators the inventory has in a node; 0 if it has none."""
        ...


class Source(Protocol):
    """One system's reader."""

    name: str
    """The source's name in records, `urn:kansa:<operator>:<name>`."""

    progresses: bool
    """Whether its rows change as things go on."""

    def drafts(self, path: Path, names: Names, tally: Tally) -> Iterator[Draft]:
        """Read one file; rows that cannot be read go to the tally, the others come out in order.

        Raises:
            BadInput: the file as a whole cannot be read.
        """
        ...

    def window(self, tally: Tally) -> Window | None:
        """The window that the files closed, or None if they close none."""
        ...
