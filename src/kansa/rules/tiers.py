"""Risk tiers: how much care an end user, or an end use, asks. The rows of a table, read from the gravest down."""

from collections.abc import Mapping
from typing import Any, Literal, NamedTuple

from kansa.rules.tables import Table

Tier = Literal["low", "medium", "high"]
TIERS: tuple[Tier, ...] = ("low", "medium", "high")

END_USER = "kansa.tiers.end-user.tier"
END_USE = "kansa.tiers.end-use.tier"


class Tiered(NamedTuple):
    """The tier that facts show at least, and the one that they leave possible at most; the tier if both are one."""

    least: Tier
    most: Tier

    @property
    def tier(self) -> Tier | None:
        """The tier; None while facts are missing that could raise it."""
        return self.least if self.least == self.most else None


def tier(table: Table, facts: Mapping[str, Any], instant: int) -> Tiered:
    """Return the tier of known facts (`Catalogue.known`) at an instant (µs UTC).

    Who meets no row is of the low tier. Where no version of the table stands, every tier is possible.
    """
    met = table.met(facts, instant)
    if met is None:
        return Tiered("low", "high")
    return Tiered(_gravest(met.values), _gravest((*met.values, *met.unknown)))


def _gravest(values: tuple[str, ...]) -> Tier:
    return next((each for each in reversed(TIERS) if each in values), "low")
