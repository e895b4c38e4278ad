"""The part of the tables that a question is about: a period, and one tenant or all."""

from collections.abc import Iterable
from dataclasses import replace

from kansa.registers.rows import KNOWN_BY, Tables, Use
from kansa.registers.use_columns import UseColumns, units_of


def within(
    tables: Tables, start: int, end: int, tenant: str | None = None, end_user: str | None = None
) -> Tables:
    """Return the uses of `[start, end)`, cut at its bounds, of one tenant, one end user, both, or of all.

    A running use is judged up to the end of the period: that is the horizon which was stated. For one tenant or end user
    the installed devices are those that its uses held, or that stand in nodes that they held: the balance then says
    what of their time it used. Other tables stay whole.
    """
    kept = (
        tables.use.within(start, end, tenant, end_user)
        if isinstance(tables.use, UseColumns)
        else uses_within(tables.use, start, end, tenant, end_user)
    )
    units = units_of(kept)
    installed = tuple(
        row
        for row in tables.installed
        if (tenant is None and end_user is None) or not units.isdisjoint((row.device_id, row.node_id))
    )
    return replace(tables, use=kept, installed=installed)


def uses_within(
    uses: Iterable[Use], start: int, end: int, tenant: str | None, end_user: str | None
) -> tuple[Use, ...]:
    """Return the uses of `[start, end)`, cut at its bounds, of one tenant, one end user, both, or of all."""
    cut = (
        _cut(use, start, end)
        for use in uses
        if (tenant is None or tenant == use.tenant_id) and (end_user is None or end_user == use.end_user_id)
    )
    return tuple(use for use in cut if use is not None)


def known_at_least(tables: Tables, known_by: str) -> Tables:
    """Return the tables without evidence that is known in a weaker way than `known_by`.

    Raises:
        ValueError: that is no way of knowing.
    """
    enough = KNOWN_BY[KNOWN_BY.index(known_by) :]
    evidence = {
        name: tuple(row for row in getattr(tables, name) if row.known_by in enough)
        for name in ("identity", "access", "custody", "authorization")
    }
    return replace(tables, **evidence)


def _cut(use: Use, start: int, end: int) -> Use | None:
    first = max(use.start, start)
    last = end if use.end is None else min(use.end, end)
    if use.end is not None and use.end <= use.start:
        return use  # crooked as it came: coherence sets it aside and counts it
    if first == use.start and last == use.end:
        return use
    return use._replace(start=first, end=last) if first < last else None
