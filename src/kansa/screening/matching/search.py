"""What a search of the lists answers, as evidence needs it: who came near, how near, why, and what was looked at."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from kansa.screening.entry import Entry, Name, Profile


@dataclass(frozen=True, slots=True)
class Hit:
    """An entry whose best pair of names scored at least the threshold.

    `score` is from 0 to 1. `reasons` are short words for people and machines, the strongest first; `parts` say which
    piece of which name met which, with its share of the score, in plain values.
    """

    entry: Entry
    asked: Name
    listed: Name
    score: float
    reasons: tuple[str, ...]
    parts: tuple[Mapping[str, Any], ...]


@dataclass(frozen=True, slots=True)
class Search:
    """All hits, best first, and what "no hit" rests on.

    `keys` are the forms under which the party was looked up; `blocked` counts the entries that came near enough to be
    scored; `cut_off` says whether there were more than were scored. `more` hits reached the threshold than are told;
    `not_asked` entries are of another kind than the party, such as vessels where a person is asked for.
    """

    hits: tuple[Hit, ...]
    keys: tuple[Mapping[str, Any], ...]
    blocked: int
    cut_off: bool
    more: int = 0
    not_asked: int = 0


class SharedPlace(Protocol):
    """An address of the party and a listed one that mean one place: as given, how alike from 0 to 1, which parts."""

    @property
    def query(self) -> str: ...
    @property
    def listed(self) -> str: ...
    @property
    def likeness(self) -> float: ...
    @property
    def detail(self) -> str: ...


class Matcher(Protocol):
    """Entries, ready to be searched."""

    def search(self, party: Profile, *, threshold: float, limit: int) -> Search:
        """Return the entries that may be this party: at most `limit`, none below `threshold`."""
        ...

    def search_many(
        self, parties: Iterable[Profile], *, threshold: float, limit: int, processes: int | None
    ) -> Iterator[Search]:
        """`search` for each party, in order."""
        ...

    def shared_addresses(self, party: Profile) -> tuple[tuple[Entry, SharedPlace], ...]:
        """Entries at one of the party's addresses, whatever their names, likest first: a flag of its own."""
        ...


class Matching(Protocol):
    """Makes matchers, and says by what they judge."""

    def index(self, entries: Sequence[Entry], *, like: Any | None = None) -> Matcher:
        """Make entries ready to be searched; with `like`, a matcher of the same making, words weigh as they do there."""
        ...

    def configuration_sha256(self) -> str:
        """Of the scorer's weights and limits, whatever the lists."""
        ...

    def normaliser_sha256(self) -> str:
        """Of the data by which names are folded and read."""
        ...

    def versions(self) -> Mapping[str, str]:
        """Return the programs and data sets that take part, with their versions."""
        ...

    def names_version(self) -> str:
        """Return what the table of names depends on, beside nothing else."""
        ...

    def make_names(self) -> bytes | None:
        """Return the table of names that takes long to make and may be kept; None where there is none to keep."""
        ...

    def use_names(self, table: memoryview) -> None:
        """From here on look names up in this table; the answers are the same with and without."""
        ...
