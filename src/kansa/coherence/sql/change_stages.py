# ruff: noqa: S608 - the SQL is put together from names and numbers of this package, never from what a user gave
"""What a later knowledge changed, as SQL (`change` says the same of rows): two answers about the same uses compared.

Reads `gap_before` and `gap(use_id, start_at, end_at, missing)`; gives `change(use_id, start_at, end_at, fact, change)`.
"""

from collections.abc import Iterator

from kansa.coherence.facts import FACTS, Fact
from kansa.coherence.sql.stages import Stage

BEFORE = Stage("gap_before", "SELECT * FROM gap")
"""Keeps the answer of the earlier knowledge while the later one is found."""

_MISSED = 1
_MISSING = 2


def change_stages() -> Iterator[Stage]:
    """Yield a fact that is missing in one answer only has become or ceased to be evidenced; each stretch is maximal."""
    events = " UNION ALL ".join(
        event
        for fact in FACTS
        for relation, bit in (("gap_before", _MISSED), ("gap", _MISSING))
        for event in _events(fact, relation, bit)
    )
    yield Stage(
        "change",
        f"""
        WITH event AS ({events}),
        step AS (SELECT use_id, fact, moment, CAST(SUM(change) AS BIGINT) AS change FROM event
                 GROUP BY use_id, fact, moment HAVING SUM(change) <> 0),
        state AS (SELECT use_id, fact, moment AS start_at, LEAD(moment) OVER (PARTITION BY use_id, fact ORDER BY moment) AS end_at,
            SUM(change) OVER (PARTITION BY use_id, fact ORDER BY moment
                ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS state FROM step)
        SELECT use_id, start_at, end_at, fact, CASE WHEN state = {_MISSED} THEN 'became' ELSE 'ceased' END AS change
        FROM state WHERE state IN ({_MISSED}, {_MISSING})""",
    )


def _events(fact: Fact, relation: str, bit: int) -> Iterator[str]:
    for moment, change in (("start_at", bit), ("end_at", -bit)):
        yield f"""
            SELECT use_id, '{fact.name}' AS fact, {moment} AS moment, {change} AS change FROM {relation}
            WHERE missing & {fact.bit} <> 0"""
