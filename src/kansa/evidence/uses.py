# ruff: noqa: S608 - the SQL is put together from names of the schema and numbers of ours
"""Uses from segments, read by the engine: versions merged, units apart, joined to the inventory.

Nothing is stored: a use is a row of a committed file. What is known at an instant are the segments recorded by then;
a row stands unless another of them corrects it.
"""

from collections.abc import Iterable, Sequence

import duckdb
import pyarrow as pa

from kansa.evidence.entry import Committed
from kansa.evidence.reader import check_rows
from kansa.evidence.schema import USE
from kansa.evidence.writer import ROWS

COLUMNS = (
    *("use_id", "device_id", "tenant_id", "end_user_id", "path_id", "item_class", "site_id"),
    *("start", "end", "workload_id", "weight", "known_by", "entry"),
)
"""The columns of what `uses` returns: those of the register, and the index of the segment's entry."""

_INVENTORY = pa.schema(
    [
        *((name, pa.string()) for name in ("device_id", "node_id", "item_class")),
        *((name, pa.int64()) for name in ("valid_from", "valid_to")),
    ]
)
_ROW_COLUMNS = (
    'subject, workload, "start", "end", units, accelerators, end_user, path, site, item_class, known_by, corrects,'
    " withdrawn, purpose"
)


def inventory(installed: Iterable[tuple[str, str | None, str | None, int, int | None]]) -> pa.Table:
    """Return `(device, node, item class, valid from, valid to)` as a table that `provide` takes."""
    columns = list(zip(*installed, strict=True)) or [()] * len(_INVENTORY)
    return pa.table(
        [pa.array(column, field.type) for column, field in zip(columns, _INVENTORY, strict=True)],
        schema=_INVENTORY,
    )


def uses(segments: Sequence[Committed], inventory: pa.Table, *, ordered: bool = True) -> pa.Table:
    """Return the uses that follow from these segments, in `COLUMNS`, ordered by id unless that is not wanted.

    Item class and weight come from the inventory at the start of the use where the source did not say them.

    Raises:
        BrokenVault: `segment.damaged`, if a file has another number of rows than its entry states.
    """
    with duckdb.connect() as connection:
        provide(connection, segments, inventory)
        order = " ORDER BY use_id" if ordered else ""
        return connection.sql(
            f"SELECT {', '.join(map(_named, COLUMNS))} FROM segment_use{order}"
        ).to_arrow_table()


def count_workloads(segments: Sequence[Committed]) -> int:
    """Return how many workloads the rows of some segments name."""
    with duckdb.connect() as connection:
        query = f"SELECT count(DISTINCT workload) FROM ({_rows(segments)})"
        ((count,),) = connection.execute(query).fetchall()
    return int(count)


def provide(
    connection: duckdb.DuckDBPyConnection, segments: Sequence[Committed], inventory: pa.Table
) -> None:
    """Make the view `segment_use` in a database.

    Raises:
        BrokenVault: as `uses`.
    """
    known = [each for each in segments if each.segment.schema.id == USE.id]
    for each in known:
        check_rows(each.segment)
    connection.register("inventory", inventory)
    connection.execute(f"CREATE TEMP VIEW segment_row AS {_rows(known)}")
    for name, query in _STAGES:
        connection.execute(f"CREATE TEMP {'VIEW' if name in _VIEWS else 'TABLE'} {name} AS {query}")


def _rows(segments: Sequence[Committed]) -> str:
    if not segments:
        none = {"units": "[]::VARCHAR[]", "withdrawn": "false"}
        numbers = ("start", "end", "accelerators", "corrects")
        empty = ", ".join(
            f'{none.get(name, "NULL::BIGINT" if name in numbers else "NULL::VARCHAR")} AS "{name}"'
            for name in (each.strip(' "') for each in _ROW_COLUMNS.split(","))
        )
        return f"SELECT 0::BIGINT AS number, 0::BIGINT AS entry, 0::BIGINT AS row, {empty} WHERE false"
    paths = {str(each.segment.folder / ROWS): each for each in segments}
    listed = ", ".join(_quoted(_literal(path)) for path in paths)
    named = ", ".join(f"({_quoted(path)}, {each.number}, {each.entry})" for path, each in paths.items())
    return f"""
    SELECT number, entry, file_row_number AS row, {_ROW_COLUMNS}
    FROM read_parquet([{listed}], filename = true, file_row_number = true, hive_partitioning = false)
    JOIN (VALUES {named}) AS segment (filename, number, entry) USING (filename)
    """


_STAGES = (
    ("segment_correction", 'SELECT workload, "start", corrects FROM segment_row WHERE corrects IS NOT NULL'),
    (
        "segment_live",
        """
        SELECT r.* FROM segment_row r ANTI JOIN segment_correction c
          ON r.workload = c.workload AND r."start" = c."start" AND r.number = c.corrects
        WHERE NOT r.withdrawn
        """,
    ),
    (
        "segment_again",
        """
        SELECT workload, "start", lead("start") OVER (PARTITION BY workload ORDER BY "start", number) AS next
        FROM segment_live SEMI JOIN (
          SELECT workload FROM segment_live GROUP BY workload HAVING count(*) > 1
        ) USING (workload)
        """,
    ),
    (
        "inventory_unit",
        """
        SELECT device_id AS unit, item_class, valid_from, valid_to FROM inventory
        UNION ALL SELECT node_id, item_class, valid_from, valid_to FROM inventory WHERE node_id IS NOT NULL
        """,
    ),
    (
        "inventory_step",
        """
        SELECT b.unit, b.at, count(i.unit) AS present,
          CASE WHEN count(DISTINCT i.item_class) = 1 THEN min(i.item_class) END AS item_class
        FROM (
          SELECT unit, valid_from AS at FROM inventory_unit
          UNION SELECT unit, valid_to FROM inventory_unit WHERE valid_to IS NOT NULL
        ) b
        LEFT JOIN inventory_unit i
          ON i.unit = b.unit AND i.valid_from <= b.at AND (i.valid_to IS NULL OR b.at < i.valid_to)
        GROUP BY ALL
        """,
    ),
    (
        "segment_use",
        """
        SELECT 's' || number || '.' || row || '.' || ordinal AS use_id, u.unit AS device_id,
          nullif(subject, '') AS tenant_id, end_user AS end_user_id, path AS path_id,
          coalesce(u.item_class, s.item_class) AS item_class, site AS site_id, "start",
          least("end", next) AS "end", workload AS workload_id,
          coalesce(accelerators, greatest(s.present, 1), 1) AS weight, known_by, entry
        FROM (
          SELECT l.*, a.next, unnest(units) AS unit, generate_subscripts(units, 1) - 1 AS ordinal
          FROM segment_live l LEFT JOIN segment_again a USING (workload, "start")
        ) u
        ASOF LEFT JOIN inventory_step s ON u.unit = s.unit AND u."start" >= s.at
        """,
    ),
)
_VIEWS = frozenset({"segment_use", "inventory_unit"})


def _named(column: str) -> str:
    return f'"{column}"'


def _literal(path: str) -> str:
    """Return a path in which no character is a wildcard."""
    return "".join(f"[{character}]" if character in "*?[" else character for character in path)


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
