"""How registers get their two times: the lines of one moment against those of the next.

A line that appears is recorded at that moment; one that vanishes is superseded at it. The same step serves the pure
fold and the stored registers.
"""

from collections.abc import Collection, Iterable
from typing import NamedTuple

from kansa.registers.tables.line import Line


class Group(NamedTuple):
    """The lines of one fact under one key change together."""

    fact: str
    key: str


class Version(NamedTuple):
    """A line with the time from which it was known and, if it no longer is, until when."""

    line: Line
    recorded_at: int
    superseded_at: int | None


class Revision(NamedTuple):
    """What a moment changes in one group."""

    appeared: tuple[Line, ...]
    vanished: tuple[Line, ...]


def compare(known: Collection[Line], now: Iterable[Line]) -> Revision:
    """Return the lines that appear and vanish when `known` becomes `now`; each in its own order, duplicates once."""
    following = dict.fromkeys(now)
    before = set(known)
    return Revision(
        tuple(line for line in following if line not in before),
        tuple(line for line in known if line not in following),
    )
