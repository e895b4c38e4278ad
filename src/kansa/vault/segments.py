"""The segments of a vault, to read: which the ledger names, and the uses in them as register rows."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

from kansa.evidence.entry import Committed, check_files, committed, natural_key
from kansa.lazy_imports import lazy_imports
from kansa.ledger.stores.sqlite import SqliteReader
from kansa.records import envelope
from kansa.records.draft import natural_tag
from kansa.registers import store
from kansa.registers.database import Connection
from kansa.registers.rows import Installed, Use
from kansa.registers.uses_by_subject import CONCERNED

with lazy_imports():  # most commands read no rows of segments
    import duckdb

    from kansa.connectors.slurm import workload_ids
    from kansa.evidence import reader as files
    from kansa.evidence import uses as bulk_uses
    from kansa.vault import bulk_uses as columns


def listed(reader: SqliteReader, root: Path, source: str, connector_key: bytes) -> list[Committed]:
    """Return every segment that the ledger names, in order: one look-up a number, whatever else the ledger holds.

    Raises:
        BrokenVault: `segment.schema`, if this version does not know the rows of one.
    """
    found: list[Committed] = []
    while True:
        index = reader.under(source, natural_tag(source, natural_key(len(found)), connector_key))
        if index is None:
            return found
        found.append(committed(index, envelope.decode(reader.entry(index)), root))


class VaultSegments:
    """The uses that stand in some segments, as register rows; their files are checked before the first is read."""

    def __init__(self, segments: Sequence[Committed]) -> None:
        self._segments = segments

    @cached_property
    def checked(self) -> Sequence[Committed]:
        """The segments, each with all its committed files as the ledger names them.

        Raises:
            BrokenVault: `vault.behind` or `segment.damaged`.
        """
        check_files(self._segments)
        return self._segments

    def uses(self, connection: Connection, records: Sequence[Use]) -> Sequence[Use]:
        """Return the uses of records and, beside them, those of the segments by the inventory of the registers.

        Raises:
            BrokenVault: as `checked`.
        """
        return self.beside(records, store.installed(connection)) if self._segments else records

    @cached_property
    def count_workloads(self) -> int:
        """How many workloads stand in them, read from one column of each.

        Raises:
            BrokenVault: as `checked`.
        """
        return bulk_uses.count_workloads(self.checked) if self._segments else 0

    def purposes(self) -> Mapping[str, str]:
        """Return the purposes of workloads, where they have one.

        Raises:
            BrokenVault: as `checked`.
        """
        if not self._segments:
            return {}
        query = "SELECT DISTINCT workload, purpose FROM segment_live WHERE purpose IS NOT NULL"
        return dict(self._rows.execute(query).fetchall())

    def beside(self, records: Sequence[Use], installed: Iterable[Installed]) -> Sequence[Use]:
        """Return the uses of records and, as columns beside them, those of the segments by an inventory.

        Raises:
            BrokenVault: as `checked`.
        """
        if not self._segments:
            return records
        return columns.BulkUses(records, bulk_uses.uses(self.checked, inventory_of(installed), ordered=False))

    def placed_at(self, workload: str) -> tuple[int, ...]:
        """Return when the placements of a workload began, in order.

        Raises:
            BrokenVault: as `checked`.
        """
        if not self._segments:
            return ()
        query = 'SELECT DISTINCT "start" FROM segment_live WHERE workload = ? ORDER BY 1'
        return tuple(start for (start,) in self._rows.execute(query, [workload]).fetchall())

    def first_measured(
        self, workloads: str, connector_key: bytes, bulk_keys: Callable[[], Mapping[str, bytes]]
    ) -> int | None:
        """Return when the first row of the jobs of a cluster began of which it was measured how many accelerators it held.

        `workloads` are the books of a cluster's jobs (`coverage.workloads_of`). A row says of which cluster it is by its
        workload's id and its sealed job id alone, so that the first `_TRIED` measured rows of each source are opened.

        Raises:
            BrokenVault: as `checked`; `segment.values`.
        """
        system, cluster, _ = (*workloads.split(":"), "", "")[:3]
        if not self._segments or system != "slurm":
            return None
        by_number = {each.number: each for each in self.checked}
        query = """
            SELECT number, row, workload, "start" FROM segment_live WHERE known_by IN ('measured', 'attested')
            ORDER BY "start" LIMIT ?
        """
        keeper_key = bulk_keys().get
        for number, row, workload, start in self._rows.execute(query, [_TRIED]).fetchall():
            segment = by_number[number]
            job = _job_id(segment, row, keeper_key)
            ids = workload_ids.WorkloadIds(connector_key, segment.system)
            if job is not None and ids.of(cluster, columns.texts([job])).to_pylist() == [workload]:
                return int(start)
        return None

    @cached_property
    def _rows(self) -> "duckdb.DuckDBPyConnection":
        """The rows that stand, kept for as long as they are asked about."""
        connection = duckdb.connect()
        bulk_uses.provide(connection, self.checked, inventory_of(()))
        return connection

    def users_since(self, recorded_at: int) -> set[str]:
        """Return the subjects of rows in segments recorded at an instant or later, and of the rows that these correct."""
        recent = {each.number for each in self._segments if each.recorded_at >= recorded_at}
        if not recent:
            return set()
        with duckdb.connect() as connection:
            bulk_uses.provide(connection, self.checked, inventory_of(()))
            numbers = ", ".join(map(str, sorted(recent)))
            changed = f"""
            WITH recent AS (SELECT workload FROM segment_row WHERE number IN ({numbers}))
            SELECT DISTINCT nullif(subject, '') AS tenant_id, end_user AS end_user_id, path AS path_id,
              site AS site_id, workload AS workload_id FROM segment_row SEMI JOIN recent USING (workload)
            """  # noqa: S608 - numbers of ours
            rows = connection.sql(f"SELECT {', '.join(CONCERNED)} FROM ({changed})").fetchall()  # noqa: S608
        return {subject for row in rows for subject in row if subject is not None}


_TRIED = 64


def _job_id(segment: Committed, row: int, keeper_key: Callable[[str], bytes | None]) -> str | None:
    """Return the sealed job id of a row; None where its values are erased."""
    kept = next(
        each for each in files.groups(segment.segment) if each.first <= row < each.first + each.header.rows
    )
    values = [
        each
        for run in files.sealed_runs(segment.segment, kept, keeper_key)
        for each in (run.values if run.values is not None else [None] * run.rows)
    ]
    own = values[row - kept.first]
    return None if own is None else own[segment.segment.schema.sealed.index("job_id")]


def inventory_of(installed: Iterable[Installed]) -> Any:
    """Return the inventory in the columns by which uses are weighed."""
    return bulk_uses.inventory(
        (row.device_id, row.node_id, row.item_class, row.valid_from, row.valid_to) for row in installed
    )
