"""Taking files into a vault."""

from collections.abc import Callable, Sequence
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path

from kansa.application.bulk_ingest import bulk_rows
from kansa.connectors.base import Source
from kansa.connectors.dry_run import DryRunAppender
from kansa.connectors.ingest import Ingested, ingest
from kansa.connectors.key_registry import KeyRegistry
from kansa.connectors.slurm.options import OBSERVED, SlurmOptions, read_options
from kansa.connectors.slurm.source import SlurmSource
from kansa.connectors.table.mapping import read_mapping
from kansa.connectors.table.source import TableSource
from kansa.errors import BadInput
from kansa.ledger.ports import Appender
from kansa.vault.vault import Vault


def source_named(name: str, map_file: Path | None, urn: str, window: tuple[int, int] | None = None) -> Source:
    """Return the reader of a system, as its mapping or option file sets it up.

    Slurm's accounting can be read without one: then nodes and accounts keep their own keys, and the window is what
    the accounting shows. `window` takes the place of the bounds that the file gives.

    Raises:
        BadInput: the file cannot be read, or says something that cannot be, everything wrong listed; a table without
            a mapping; a window for a table whose mapping does not say what it speaks for.
    """
    if name == "slurm":
        options = SlurmOptions(window=OBSERVED) if map_file is None else read_options(map_file)
        return SlurmSource(options if window is None else replace(options, window=window), urn)
    if map_file is None:
        raise BadInput(
            "ingest.map", "a table needs a mapping", help="give it with --map, see docs/sources/table.md"
        )
    mapping = read_mapping(map_file)
    if window is not None:
        if mapping.window is None:
            raise BadInput(
                "ingest.window",
                f"`{map_file}` does not say what a window speaks for",
                help="give it a `window` with `scope`",
            )
        mapping = replace(mapping, window=replace(mapping.window, start=window[0], end=window[1]))
    return TableSource(mapping, urn)


def take_in(
    vault: Vault,
    source: str,
    paths: Sequence[Path],
    map_file: Path | None = None,
    *,
    window: tuple[int, int] | None = None,
    dry_run: bool = False,
    progress: Callable[[int], None] | None = None,
    keybook: KeyRegistry | None = None,
    appender: Appender | None = None,
    segments: bool = False,
) -> Ingested:
    """Ingest files into a vault.

    A caller with many ingests in a row may keep `keybook` and `appender` between them. With `segments`, or where the
    options say so, or where uses of the source stand in segments already, uses enter as segments.

    Raises:
        BadInput: the mapping is wrong, or none of the files can be read; `ingest.segments`, if the source or the form of
            a file cannot be taken in as segments.
    """
    reader = source_named(source, map_file, vault.settings.urn, window)
    find = vault.reader.find
    names = vault.keybook() if keybook is None else keybook
    given = DryRunAppender(find) if dry_run else appender
    with vault.appending() if given is None else nullcontext(given) as taking:
        bulk = bulk_rows(vault, reader, paths, names, None if dry_run else taking, wanted=segments)
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
            bulk=bulk,
        )
