"""The vault's tables of the analytic contract as a directory of Parquet, uses of segments straight from their files.

No object is made for a use of a segment, so that a vault of any size can be asked by `kansa coherence tables`, or by
anything else that reads Parquet.
"""

import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow.parquet as pq

from kansa.coherence.arrow import arrow_tables
from kansa.coherence.tables import CONTRACTS, PART, TABLES
from kansa.errors import BadInput
from kansa.evidence import uses
from kansa.registers.incremental import Progress
from kansa.vault.segments import VaultSegments, inventory_of
from kansa.vault.vault import Vault

FROM_SEGMENTS = "use-segments.parquet"


@dataclass(frozen=True, slots=True)
class Exported:
    """Where the tables are, how many rows each has, and how many of the uses stand in segments."""

    directory: Path
    rows: Mapping[str, int]
    from_segments: int

    def as_json(self) -> dict[str, object]:
        """Return the stable result of `kansa coherence export --json`."""
        return {
            "directory": str(self.directory),
            "rows": dict(self.rows),
            "uses_from_segments": self.from_segments,
        }


def export_tables(
    vault: Vault, directory: Path, known_at: int | None = None, progress: Progress | None = None
) -> Exported:
    """Write the tables as known at an instant (default: now) into a new directory; all of them or nothing.

    Raises:
        BadInput: `tables.exists`, if there is something in its place; `file.unwritable`.
        BrokenVault: `vault.behind` or `segment.damaged`, if a segment is not as the ledger names it.
    """
    if directory.exists():
        raise BadInput("tables.exists", f"`{directory}` exists", help="name a directory that is new")
    try:
        beside = Path(tempfile.mkdtemp(prefix=f".{directory.name}.", dir=directory.parent))
    except OSError as error:
        raise BadInput("file.unwritable", f"`{directory}` cannot be made: {error.strerror}") from error
    try:
        rows, bulk = _write(vault, beside, known_at, progress)
        beside.rename(directory)
    finally:
        shutil.rmtree(beside, ignore_errors=True)
    return Exported(directory, rows, bulk)


def _write(
    vault: Vault, directory: Path, known_at: int | None, progress: Progress | None
) -> tuple[dict[str, int], int]:
    found = vault.tables_of_records(known_at, progress)
    rows = {}
    for name, (table, _) in arrow_tables(found, (*TABLES, PART, *CONTRACTS)).items():
        file = "use-records.parquet" if name == "use" else f"{name}.parquet"
        pq.write_table(table, directory / file, compression="zstd")
        rows[name] = table.num_rows
    segments = VaultSegments(vault.segments(known_at)).checked
    if not segments:
        return rows, 0
    with duckdb.connect(config={"temp_directory": str(directory / ".spill")}) as connection:
        uses.provide(connection, segments, inventory_of(found.installed))
        columns = ", ".join(
            f'"{each.name}"' for table in TABLES if table.name == "use" for each in table.columns
        )
        place = str(directory / FROM_SEGMENTS).replace("'", "''")
        query = f"COPY (SELECT {columns} FROM segment_use) TO '{place}' (FORMAT parquet, COMPRESSION zstd)"  # noqa: S608 - columns of the contract
        ((bulk,),) = connection.execute(query).fetchall()
    shutil.rmtree(directory / ".spill", ignore_errors=True)
    rows["use"] += bulk
    return rows, bulk
