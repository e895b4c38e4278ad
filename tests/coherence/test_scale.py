# ruff: noqa: S608 - the SQL of the second formulation is put together here
"""The stages against a second formulation, at a size at which ties in windows have been seen to give wrong islands."""

import sys
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from kansa.coherence.assess import assess_tables
from kansa.coherence.facts import FACTS

sys.path.append(str(Path(__file__).parents[2]))
from benchmarks.equality import tied_world

USES = 300_000
OPEN = 2**62
GRACE = 86_400_000_000
CONFIG: dict[str, str | bool | int | float | list[str]] = {"threads": 2}


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Many uses with custody in pieces; half of all evidence stands twice and again with an earlier end.

    Only where pieces have to be joined do rows that tie meet in numbers: islands built by two windows over rows that
    are not unique, `merged` without its first grouping, are wrong here and right in a world without pieces.
    """
    directory = tmp_path_factory.mktemp("million")
    tied_world(USES, directory, pieces=True)
    yield directory
    for path in directory.glob("**/*.parquet"):
        path.unlink()


def _counted() -> str:
    """No islands and no representatives: all rows that touch a use come and go one by one, and are counted."""
    columns = "v.valid_from, v.valid_to, v.recorded_at, v.superseded_at"
    touching = [
        f"""SELECT u.use_id, u.start AS low, u."end" AS high, 3 AS fact, {columns}
        FROM use_row u JOIN authorization_row v USING (end_user_id)
        WHERE EXISTS (FROM authorization_item_row i WHERE i.authorization_id = v.authorization_id AND i.item_class = u.item_class)
          AND EXISTS (FROM authorization_site_row s WHERE s.authorization_id = v.authorization_id AND s.site_id = u.site_id)""",
        *(
            f"""SELECT u.use_id, u.start, u."end", {number}, {columns}
            FROM use_row u JOIN {fact.name}_row v USING ({", ".join(fact.key)})"""
            for number, fact in enumerate(FACTS[:3])
        ),
    ]
    count = ", ".join(f"sum(CASE WHEN fact = {slot} THEN d ELSE 0 END) AS d{slot}" for slot in range(8))
    running = ", ".join(f"sum(d{slot}) OVER w AS n{slot}" for slot in range(8))
    missing = " + ".join(f"CASE WHEN n{slot} > 0 THEN 0 ELSE {1 << slot} END" for slot in range(4))
    late = " + ".join(
        f"CASE WHEN n{slot} > 0 AND n{slot + 4} <= 0 THEN {1 << slot} ELSE 0 END" for slot in range(4)
    )
    return f"""
        WITH touching AS ({" UNION ALL ".join(touching)}),
        said AS (
            SELECT use_id, low, high, fact, valid_from AS f, coalesce(valid_to, {OPEN}) AS t FROM touching WHERE superseded_at IS NULL
            UNION ALL SELECT use_id, low, high, fact + 4, greatest(valid_from, recorded_at - {GRACE}),
                least(coalesce(valid_to, {OPEN}), coalesce(superseded_at, {OPEN})) FROM touching WHERE recorded_at IS NOT NULL),
        span AS (SELECT use_id, fact, greatest(f, low) AS f, least(t, high) AS t FROM said WHERE greatest(f, low) < least(t, high)),
        event AS (SELECT use_id, f AS moment, fact, 1 AS d FROM span UNION ALL SELECT use_id, t, fact, -1 FROM span
                  UNION ALL SELECT use_id, unnest([start, "end"]), 9, 0 FROM use_row),
        step AS (SELECT use_id, moment, {count} FROM event GROUP BY ALL),
        state AS (SELECT use_id, moment, lead(moment) OVER w AS next, {running} FROM step
                  WINDOW w AS (PARTITION BY use_id ORDER BY moment))
        SELECT use_id, moment, next, {missing} AS missing, {late} AS late FROM state WHERE next IS NOT NULL"""


def _merged(mask: str) -> str:
    return f"""
        WITH turn AS (SELECT *, {mask} IS DISTINCT FROM lag({mask}) OVER (PARTITION BY use_id ORDER BY moment) AS turns FROM counted),
        numbered AS (SELECT *, sum(turns::INT) OVER (PARTITION BY use_id ORDER BY moment) AS run FROM turn)
        SELECT use_id, min(moment) AS start, max(next) AS "end", any_value({mask}) AS mask
        FROM numbered WHERE {mask} <> 0 GROUP BY use_id, run"""


def test_many_uses_with_ties_row_for_row(world: Path, tmp_path: Path) -> None:
    """Gaps and late segments equal those of counting all rows one by one, without islands or representatives."""
    result = assess_tables(world, tmp_path / "missing", late=tmp_path / "late", threads=2)

    assert result.uses > USES * 0.99
    with duckdb.connect(config=CONFIG | {"temp_directory": str(tmp_path / "spill")}) as connection:
        connection.execute("SET enable_progress_bar = false")
        for name in ("use", *(fact.name for fact in FACTS), "authorization_item", "authorization_site"):
            connection.execute(f"CREATE VIEW {name}_row AS SELECT * FROM '{world / name}.parquet'")
        connection.execute(f"CREATE TABLE counted AS {_counted()}")
        for mask in ("missing", "late"):
            found = f"""SELECT use_id, start, "end", {mask} AS mask FROM read_parquet('{tmp_path / mask}')"""
            connection.execute(f"CREATE OR REPLACE TABLE found AS {found}")
            connection.execute(f"CREATE OR REPLACE TABLE expected AS {_merged(mask)}")
            told, expected, extra, lost = connection.execute(
                """SELECT (SELECT count(*) FROM found), (SELECT count(*) FROM expected),
                (SELECT count(*) FROM (FROM found EXCEPT ALL FROM expected)), (SELECT count(*) FROM (FROM expected EXCEPT ALL FROM found))"""
            ).fetchall()[0]

            assert (extra, lost) == (0, 0)
            assert told == expected > 5_000
