"""The four facts that every instant of use is held against, and how strongly each can be known.

A fact is evidenced at an instant if a current row with the use's key covers it. Missing facts are told by a bit
mask, so that one number names any combination of them.
"""

from dataclasses import dataclass

from kansa.errors import BadInput
from kansa.registers.rows import KNOWN_BY

OPEN = 2**62
"""Stands for "no end" wherever ends are compared; later than any instant that a table may hold."""

FIRST_INSTANT = -62_135_596_800_000_000  # 0001-01-01T00:00:00Z
LAST_INSTANT = 253_402_300_799_999_999  # 9999-12-31T23:59:59.999999Z

LEVELS = ("unknown", *KNOWN_BY)
"""How an instant is known, weakest first; the position is the level. Unknown is what says nothing of itself."""


@dataclass(frozen=True, slots=True)
class Fact:
    """One of the four: its bit in the mask, the table that evidences it, and the columns that a use must share."""

    name: str
    bit: int
    key: tuple[str, ...]


FACTS = (
    Fact("identity", 1, ("tenant_id", "end_user_id")),
    Fact("access", 2, ("tenant_id", "end_user_id", "path_id")),
    Fact("custody", 4, ("device_id", "site_id")),
    Fact("authorization", 8, ("end_user_id", "item_class", "site_id")),
)

ALL_FACTS = 15


def names(mask: int) -> tuple[str, ...]:
    """Return the facts in a bit mask, in the order of their bits."""
    return tuple(fact.name for fact in FACTS if mask & fact.bit)


def level(known_by: str | None) -> int:
    """Return how strongly something is known, 0 (unknown) to 5 (attested).

    Raises:
        BadInput: a word that is not one of `LEVELS`.
    """
    if known_by is None:
        return 0
    if known_by not in LEVELS:
        raise BadInput(
            "coherence.known_by",
            f"`{known_by}` is not a way of knowing",
            help=f"use one of {', '.join(LEVELS)}",
        )
    return LEVELS.index(known_by)
