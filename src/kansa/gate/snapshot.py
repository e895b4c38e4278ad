"""What the gate knows of a question before any rule is asked: facts that stood, and instants that time is counted from.

A ground is a frozen value of the standing facts of the catalogue, made from memory. Facts whose name ends in `age_s` or
`left_s` change with every second: the ground keeps the instant that they count from, `at` fills them in. The other
facts hold until `until`, the first instant at which one of them changes by time alone (a clearance that ends).
A fact that is not known is left out.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

from kansa.clock import MICROSECONDS

AGE = "age_s"
LEFT = "left_s"

Value = bool | int | str | frozenset[str]


class Question(NamedTuple):
    """What is asked about, by our ids; what is not known or not asked is None.

    `from_site_id` is the origin of a shift. `purpose` and `country` are the request's `use.label` and
    `session.country`, which standing facts are held against.
    """

    tenant_id: str | None = None
    end_user_id: str | None = None
    path_id: str | None = None
    site_id: str | None = None
    from_site_id: str | None = None
    item_class: str | None = None
    purpose: str | None = None
    country: str | None = None


@dataclass(frozen=True, slots=True)
class FactSnapshot:
    """The standing facts of one question when the evidence log had `entries` entries.

    `facts` by name of the catalogue; `instants` (microseconds UTC) for the names that end in `age_s` and `left_s`;
    `evidence` the ledger indexes behind a name, sorted. All hold for `[since, until)`; `until` None is open.
    """

    entries: int
    since: int
    until: int | None = None
    facts: Mapping[str, Value] = field(default_factory=dict)
    instants: Mapping[str, int] = field(default_factory=dict)
    evidence: Mapping[str, tuple[int, ...]] = field(default_factory=dict)

    def at(self, now: int) -> dict[str, Value]:
        """Return all facts at an instant, ages and rests in whole seconds (cut, toward the stricter: less left, older)."""
        return {**self.facts, **dict(self._counted(now))}

    def _counted(self, now: int) -> Iterator[tuple[str, int]]:
        for name, instant in self.instants.items():
            if name.endswith(LEFT):
                yield name, (instant - now) // MICROSECONDS
            else:
                yield name, -((instant - now) // MICROSECONDS)


class SnapshotSource(Protocol):
    """All that stands in memory at one size of the evidence log; a value, replaced as a whole when the log grows."""

    @property
    def entries(self) -> int:
        """How many entries of the evidence log it reflects."""
        ...

    def ground(self, question: Question, now: int) -> FactSnapshot:
        """Return what is known about a question at an instant; reads the ledger at most for the first about somebody."""
        ...
