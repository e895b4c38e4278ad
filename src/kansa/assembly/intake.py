"""Taking files into a vault."""

from collections.abc import Callable, Sequence
from contextlib import nullcontext
from pathlib import Path

from kansa.assembly.vault import Vault
from kansa.ledger.ports import Appender
from kansa.sources.ingest import Ingested, ingest
from kansa.sources.keybook import KeyBook
from kansa.sources.mapping import read_mapping
from kansa.sources.rehearsal import Rehearsal
from kansa.sources.slurm import SlurmSource
from kansa.sources.slurm_options import read_options
from kansa.sources.source import Source
from kansa.sources.table import TableSource


def source_named(name: str, map_file: Path, operator: str) -> Source:
    """The reader of a system, as its mapping or option file sets it up.

    Raises:
        BadInput: the file cannot be read, or says something that cannot be; everything wrong is listed.
    """
    if name == "table":
        return TableSource(read_mapping(map_file), operator)
    return SlurmSource(read_options(map_file), operator)


def take_in(
    vault: Vault,
    source: str,
    paths: Sequence[Path],
    map_file: Path,
    *,
    dry_run: bool = False,
    progress: Callable[[int], None] | None = None,
    keybook: KeyBook | None = None,
    appender: Appender | None = None,
) -> Ingested:
    """Ingest files into a vault.

    A caller with many ingests in a row may keep `keybook` and `appender` between them.

    Raises:
        BadInput: the mapping is wrong, or none of the files can be read.
    """
    reader = source_named(source, map_file, vault.settings.urn)
    find = vault.reader.find
    names = vault.keybook() if keybook is None else keybook
    given = Rehearsal(find) if dry_run else appender
    with vault.appending() if given is None else nullcontext(given) as taking:
        return ingest(
            reader,
            paths,
            names,
            taking,
            connector_key=vault.connector_key,
            clock=vault.clock,
            recorded=find,
            quarantine=vault.places.quarantine,
            dry_run=dry_run,
            progress=progress,
        )
