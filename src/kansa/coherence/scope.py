"""The part of the tables that a question is about: a period, and one tenant or all."""

from kansa.coherence.reading import horizon_of
from kansa.registers.rows import Tables, Use


def within(tables: Tables, start: int, end: int, tenant: str | None = None) -> Tables:
    """The uses of `[start, end)`, cut at its bounds, of one tenant or of all; other tables stay whole.

    A running use ends at the latest closed window, or at the end of the period if that comes first.
    """
    horizon = horizon_of(tables)
    limit = end if horizon is None else min(end, horizon)
    cut = (_cut(use, start, end, limit) for use in tables.use if tenant is None or use.tenant_id == tenant)
    kept = tuple(use for use in cut if use is not None)
    return Tables(**{**{name: getattr(tables, name) for name in tables.__slots__}, "use": kept})


def _cut(use: Use, start: int, end: int, limit: int) -> Use | None:
    first = max(use.start, start)
    last = limit if use.end is None else min(use.end, end)
    if use.end is not None and use.end <= use.start:
        return use  # crooked as it came: coherence sets it aside and counts it
    return use._replace(start=first, end=last) if first < last else None
