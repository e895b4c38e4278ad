"""Tables under a mapping, as a connector."""

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from kansa.config_files.models import ConfigModel
from kansa.connectors.base import Source
from kansa.connectors.connector import Connector, Setup, Systems
from kansa.connectors.table.mapping import Field, Object, Subject, read_mapping
from kansa.connectors.table.source import TableSource
from kansa.errors import BadInput
from kansa.texts import Words

_MAPPING = frozenset({"kind", "fields", "natural_key"})


def _make(setup: Setup) -> Source:
    if setup.options is None:
        raise BadInput(
            "ingest.map", "a table needs a mapping", help="give it with --map, see docs/sources/table.md"
        )
    mapping = read_mapping(setup.options)
    if setup.window is not None:
        if mapping.window is None:
            raise BadInput(
                "ingest.window",
                f"`{setup.options}` does not say what a window speaks for",
                help="give it a `window` with `scope`",
            )
        start, end = setup.window
        mapping = replace(mapping, window=replace(mapping.window, start=start, end=end))
    return TableSource(mapping, setup.urn)


def _systems(path: Path) -> tuple[Systems, Systems]:
    mapping = read_mapping(path)
    subjects = [each for field_ in mapping.fields.values() for each in _subjects(field_)]
    introduced = {each.system for each in subjects if not each.existing}
    introduced |= {further.system for further in mapping.introduce}
    needed = {each.system for each in subjects if each.existing}
    needed |= {part.system for part in mapping.window.scope} if mapping.window is not None else set()
    return frozenset(introduced), frozenset(needed - introduced)


def _subjects(field_: Field) -> Iterable[Subject]:
    if isinstance(field_, Subject):
        yield field_
    elif isinstance(field_, Object):
        for inner in field_.fields.values():
            yield from _subjects(inner)


def _options() -> type[ConfigModel]:
    from kansa.connectors.table.mapping_file import MappingFile  # noqa: PLC0415 - models take long to load

    return MappingFile


CONNECTOR = Connector(
    id="table",
    title=Words("Tables under a mapping", "マッピングで読む表"),
    reads=Words(
        "CSV, TSV, XLSX, Parquet and JSON Lines, by a mapping file",
        "CSV・TSV・XLSX・Parquet・JSON Lines（マッピングファイルによる）",
    ),
    kinds=(),
    fields=(),
    natural_key=Words("the columns that the mapping names", "マッピングが示す列"),
    make=_make,
    options=_options,
    needs_options=True,
    recognises=lambda names: bool(names & _MAPPING),
    systems=_systems,
)
