"""A line of a register as it is known at one moment, without its recorded times."""

from collections.abc import Iterable
from typing import NamedTuple, Protocol

from kansa.records.journal import IndexedClaim, Journal
from kansa.records.kinds.claim import Claim
from kansa.registers.rows import KNOWN_BY

_STRENGTH = {known_by: strength for strength, known_by in enumerate(KNOWN_BY)}


class Line(NamedTuple):
    """A row of `table`: its values in the order of the row type, the two recorded times left out."""

    table: str
    values: tuple[object, ...]


class Fact(Protocol):
    """What one register holds, group by group."""

    @property
    def TABLES(self) -> tuple[str, ...]:  # noqa: N802 - a module's constant
        """The tables that its lines belong to."""
        ...

    def affected_keys(self, noted: IndexedClaim, journal: Journal) -> Iterable[str]:
        """Return the keys of the groups that a claim may change; the journal already holds it."""
        ...

    def lines(self, key: str, journal: Journal) -> Iterable[Line]:
        """Return the lines of one group, from the claims known so far."""
        ...


def weakest(claims: Iterable[Claim]) -> str:
    """Return how a conjunction of claims is known."""
    return min((claim.known_by for claim in claims), key=_STRENGTH.__getitem__)


def resting_on(claims: Iterable[IndexedClaim]) -> tuple[int, ...]:
    """Return the ledger indexes of the claims, sorted, each once."""
    return tuple(sorted({noted.index for noted in claims}))
