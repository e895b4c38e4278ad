"""Which ingests enter rows as segments, and how: uses of one source are evidence of one kind."""

from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa

from kansa.application.segments import RowsTaken, take_rows, would_take
from kansa.connectors.base import Source
from kansa.connectors.bulk import BulkRows
from kansa.connectors.key_registry import KeyRegistry
from kansa.connectors.slurm.options import SEGMENTS
from kansa.connectors.slurm.sacct_file import form_of
from kansa.connectors.slurm.source import SlurmSource
from kansa.connectors.slurm.use_tables import UseTables
from kansa.errors import BadInput, Problem
from kansa.evidence.entry import Report
from kansa.evidence.writer import MAX_ROWS
from kansa.ledger.ports import Appender
from kansa.vault.vault import Vault

CONNECTOR = "slurm tables 1"


def bulk_rows(
    vault: Vault,
    source: Source,
    paths: Sequence[Path],
    names: KeyRegistry,
    way: Appender | None,
    *,
    wanted: bool,
) -> BulkRows | None:
    """Return what takes rows in as segments, or None where they enter as records.

    They enter as segments if that is wanted, if the options of the source say so, or if uses of the source stand in
    segments already. Without a `way` nothing is written: it is only counted.

    Raises:
        BadInput: `ingest.segments`, if the source has no reader for it, or a file is in a form that it does not read.
    """
    if not (
        wanted or _wants_segments(source) or any(each.system == source.name for each in vault.segments())
    ):
        return None
    if not isinstance(source, SlurmSource):
        raise BadInput(
            "ingest.segments",
            f"what `{source.name}` says cannot be taken in as segments",
            help="only the accounting of Slurm can; leave `--segments` out",
        )
    _refuse_answers(source, paths)

    def take(rows: pa.Table, report: Report) -> RowsTaken:
        return would_take(vault, rows) if way is None else take_rows(vault, rows, report, appender=way)

    tables = UseTables(source, names, vault.connector_key)
    return BulkRows(tables, take, source.name, CONNECTOR, MAX_ROWS)


def _wants_segments(source: Source) -> bool:
    return isinstance(source, SlurmSource) and source.options.evidence == SEGMENTS


def _refuse_answers(source: SlurmSource, paths: Sequence[Path]) -> None:
    headed = source.options.columns is None
    answers = [path for path in paths if path.is_file() and form_of(path, headed=headed) == "json"]
    if answers:
        raise BadInput(
            "ingest.segments",
            "JSON of Slurm cannot be taken in as segments",
            problems=[Problem("ingest.segments", "is JSON", str(path)) for path in answers],
            help="export with `sacct -P`: uses of one source stay evidence of one kind",
        )
