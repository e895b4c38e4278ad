"""Taking files into a vault."""

from collections.abc import Callable, Sequence
from contextlib import nullcontext
from pathlib import Path

from kansa.application.bulk_ingest import bulk_rows
from kansa.connectors.base import Source
from kansa.connectors.connector import Setup
from kansa.connectors.dry_run import DryRunAppender
from kansa.connectors.folder import TABLE, files_in
from kansa.connectors.ingest import Ingested, ingest
from kansa.connectors.key_registry import KeyRegistry
from kansa.connectors.registry import connector_named
from kansa.errors import BadInput
from kansa.ledger.ports import Appender
from kansa.vault.vault import Vault


def source_named(
    name: str, map_file: Path | None, urn: str, window: tuple[int, int] | None = None, *, now: int
) -> Source:
    """Return the reader of a system, as its mapping or option file sets it up.

    `window` takes the place of the bounds that the file gives; `now` is the instant of the ingest.

    Raises:
        BadInput: no such connector is installed; the file cannot be read, or says something that cannot be, everything
            wrong listed; a table without a mapping; a window for a table whose mapping does not say what it speaks for.
    """
    connector = connector_named(name)
    if connector.needs_options and map_file is None and name != TABLE:
        raise BadInput(
            "ingest.map",
            f"`{name}` needs an options file",
            help=f"give it with --map; `kansa schema {name}` says what is in it",
        )
    return connector.make(Setup(urn, map_file, window, now))


def expanded(paths: Sequence[Path]) -> list[Path]:
    """Return the files, those of a folder in its place, sorted."""
    return [file for path in paths for file in (files_in(path) if path.is_dir() else [path])]


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
    reader = source_named(source, map_file, vault.settings.urn, window, now=vault.clock.now())
    return take_in_source(
        vault,
        reader,
        expanded(paths),
        dry_run=dry_run,
        progress=progress,
        keybook=keybook,
        appender=appender,
        segments=segments,
    )


def take_in_source(
    vault: Vault,
    reader: Source,
    paths: Sequence[Path],
    *,
    dry_run: bool = False,
    progress: Callable[[int], None] | None = None,
    keybook: KeyRegistry | None = None,
    appender: Appender | None = None,
    segments: bool = False,
) -> Ingested:
    """Ingest files with a reader that is set up already.

    Raises:
        BadInput: as `take_in`.
    """
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
