"""What a trace says: statements with the entries that they rest on, and checks with what each found missing of how many."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from kansa.clock import format_instant
from kansa.ids import kind_of
from kansa.records.journal import IndexedClaim

Stage = Literal[
    "contract", "authorization", "supply", "custody", "inventory", "identity", "access", "use", "handover"
]
STAGES: tuple[Stage, ...] = (
    "contract",
    "authorization",
    "supply",
    "custody",
    "inventory",
    "identity",
    "access",
    "use",
    "handover",
)
"""The links of the chain, from procurement to access."""

Value = str | int | None | Sequence[str] | Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """One thing that records say: an event at `start`, or, where `lasting`, a stretch `[start, end)` (None: open).

    `subjects` are ids by role, `values` what is open or disclosed, `entries` ledger indexes.
    """

    stage: Stage
    what: str
    start: int
    end: int | None = None
    lasting: bool = False
    subjects: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, Value] = field(default_factory=dict)
    known_by: str
    entries: tuple[int, ...]

    def as_json(self) -> dict[str, Any]:
        """Return it as a stable JSON value."""
        return {
            "stage": self.stage,
            "what": self.what,
            **_times(self.start, self.end, lasting=self.lasting),
            "subjects": dict(self.subjects),
            "values": {name: value for name, value in self.values.items() if value is not None},
            "known_by": self.known_by,
            "entries": list(self.entries),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Break:
    """A link that is missing: where the chain of `subjects` breaks, from when to when if that is known."""

    subjects: Mapping[str, str]
    start: int | None = None
    end: int | None = None
    values: Mapping[str, Value] = field(default_factory=dict)
    entries: tuple[int, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """Return it as a stable JSON value."""
        return {
            "subjects": dict(self.subjects),
            **({} if self.start is None else _times(self.start, self.end, lasting=True)),
            "values": {name: value for name, value in self.values.items() if value is not None},
            "entries": list(self.entries),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """A link that was looked for: of how many, and where it is missing; `of` 0 says that nothing was assessed."""

    code: str
    of: int
    breaks: tuple[Break, ...]

    @property
    def is_assessed(self) -> bool:
        """Tell whether there was anything to look at."""
        return self.of > 0

    def as_json(self) -> dict[str, Any]:
        """Return it as a stable JSON value."""
        return {
            "check": self.code,
            "of": self.of,
            "broken": len(self.breaks),
            "breaks": [each.as_json() for each in self.breaks],
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Trace:
    """The chain of one subject as of an instant, as known at an instant."""

    kind: str
    subject: str
    as_of: int
    known_at: int
    statements: tuple[Statement, ...]
    checks: tuple[Check, ...]

    @property
    def broken(self) -> int:
        """How many links are missing."""
        return sum(len(check.breaks) for check in self.checks)

    def as_json(self) -> dict[str, Any]:
        """Return the stable result of `kansa trace --json`, without names."""
        return {
            "kind": self.kind,
            "subject": self.subject,
            "as_of": format_instant(self.as_of),
            "known_at": format_instant(self.known_at),
            "statements": [each.as_json() for each in self.statements],
            "checks": [each.as_json() for each in self.checks],
            "broken": self.broken,
        }

    def subjects(self) -> set[str]:
        """Return every id that it names."""
        named = [each.subjects for check in self.checks for each in check.breaks]
        return {self.subject} | ids_in(self.statements) | {id_ for each in named for id_ in each.values()}


def ids_in(statements: Iterable[Statement]) -> set[str]:
    """Return every id that statements name, as a subject or within a value."""
    found: set[str] = set()
    for said in statements:
        found.update(said.subjects.values())
        for value in said.values.values():
            if isinstance(value, Sequence) and not isinstance(value, str):
                found.update(each for each in value if kind_of(each) is not None)
    return found


def in_order(statements: Iterable[Statement]) -> tuple[Statement, ...]:
    """Return statements link by link from procurement to access, each link in order of time."""
    return tuple(
        sorted(
            statements,
            key=lambda each: (
                STAGES.index(each.stage),
                each.start,
                each.entries,
                each.what,
                sorted(each.subjects.items()),
            ),
        )
    )


def entries_of(claims: Iterable[IndexedClaim]) -> tuple[int, ...]:
    """Return the ledger indexes of claims, sorted, each once."""
    return tuple(sorted({noted.index for noted in claims}))


def _times(start: int, end: int | None, *, lasting: bool) -> dict[str, str | None]:
    if not lasting:
        return {"at": format_instant(start)}
    return {"from": format_instant(start), "to": None if end is None else format_instant(end)}
