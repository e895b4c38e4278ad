"""The analytic contract: which tables coherence reads, what stands in them, and how a directory of Parquet is opened.

A table `NAME` in a directory is one file `NAME.parquet`, several files `NAME-*.parquet` or `NAME.*.parquet`, or a
directory `NAME/` or `NAME.parquet/` of files at any depth, where folders called `column=value` add a text column (hive
partitions). Files and folders whose names begin with `.` or `_` are not data, as writers of Parquet agree.

Ids are text or integers, one of the two for all columns that share values. Instants are `timestamp[..., tz]` of any
unit and zone, read as the exact microsecond, or int64 microseconds since 1970 UTC; a timestamp without a zone names
no instant and is refused. Columns that are not named here are ignored.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import pyarrow as pa
import pyarrow.parquet as pq

from kansa.errors import BadInput, Problem

Kind = Literal["id", "instant", "weight", "known_by", "text"]
Form = Literal["text", "integer", "microseconds", "timestamp", "timestamp_ns", "nothing"]


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table; an optional one may be absent."""

    name: str
    kind: Kind
    required: bool = True


@dataclass(frozen=True, slots=True)
class Table:
    """One table of the contract; an optional one may be absent."""

    name: str
    columns: tuple[Column, ...]
    required: bool = True


def _ids(*names: str) -> tuple[Column, ...]:
    return tuple(Column(name, "id") for name in names)


def _instants(*names: str) -> tuple[Column, ...]:
    return tuple(Column(name, "instant") for name in names)


_VERSIONED = (
    *_instants("valid_from", "valid_to"),
    Column("recorded_at", "instant", required=False),
    Column("superseded_at", "instant", required=False),
    Column("known_by", "known_by", required=False),
)

TABLES = (
    Table(
        "use",
        (
            *_ids("use_id", "device_id", "tenant_id", "end_user_id", "path_id", "item_class", "site_id"),
            *_instants("start", "end"),
            Column("weight", "weight", required=False),
            Column("known_by", "known_by", required=False),
        ),
    ),
    Table("identity", (*_ids("tenant_id", "end_user_id"), *_VERSIONED)),
    Table("access", (*_ids("tenant_id", "end_user_id", "path_id"), *_VERSIONED)),
    Table("custody", (*_ids("device_id", "site_id"), *_VERSIONED)),
    Table("authorization", (*_ids("authorization_id", "end_user_id"), *_VERSIONED)),
    Table("authorization_item", _ids("authorization_id", "item_class")),
    Table("authorization_site", _ids("authorization_id", "site_id")),
    Table(
        "installed",
        (*_ids("device_id", "node_id", "site_id"), *_instants("valid_from", "valid_to")),
        required=False,
    ),
    Table(
        "window",
        (*_ids("scope_id"), *_instants("valid_from", "valid_to"), Column("source", "text", required=False)),
        required=False,
    ),
)

PART = Table(
    "part",
    (Column("part", "text"), Column("key", "text"), *_instants("valid_from", "valid_to")),
    required=False,
)
"""Evidence of the parts of a fact, as the registers have it; only the question why asks for it."""

CONTRACTS = (
    Table(
        "responsibility",
        (Column("duty", "text"), *_ids("party_id", "contract_id"), *_instants("valid_from", "valid_to")),
        required=False,
    ),
    Table("contract_party", _ids("contract_id", "party_id"), required=False),
    Table("supply", _ids("device_id", "contract_id"), required=False),
)
"""Who answers for what under which contract; only the question why asks for it."""

# A unit of use may be a device or a node, and a window's scope a site, a node or a device: they share values.
SHARED = {"node_id": "device_id", "scope_id": "device_id", "party_id": "tenant_id"}


@dataclass(frozen=True, slots=True)
class Opened:
    """A table that was found: its files and the form of each contract column that they have."""

    table: Table
    files: tuple[Path, ...]
    forms: Mapping[str, Form]
    partitioned: bool

    def has(self, column: str) -> bool:
        """Tell whether the files have this column."""
        return column in self.forms


def open_tables(directory: Path, tables: Iterable[Table] = TABLES) -> Mapping[str, Opened]:
    """Find every table of the contract and check it against the contract, without reading its rows.

    Raises:
        BadInput: with a problem for every missing table or column, every wrong type, every unreadable file, and
            every id column whose type differs between tables.
    """
    problems: list[Problem] = []
    if not directory.is_dir():
        raise BadInput(
            "tables.directory",
            f"`{directory}` is not a directory",
            help="give the directory that holds the tables",
        )
    opened = {}
    for table in tables:
        files = _files(directory, table.name, problems)
        if files:
            root = next(
                (folder for name in _folders(table.name) if (folder := directory / name).is_dir()), directory
            )
            forms = _forms(table, files, root, problems)
            partitioned = _are_partitions(table, files, root, problems)
            opened[table.name] = Opened(table, files, forms, partitioned)
        elif table.required:
            problems.append(
                Problem(
                    "tables.missing",
                    f"the table `{table.name}` is missing",
                    file=str(directory),
                    help=f"add `{table.name}.parquet` or a directory `{table.name}/`",
                )
            )
    problems += mixed_ids((name, one.forms) for name, one in opened.items())
    if problems:
        raise BadInput("tables.contract", f"the tables in `{directory}` cannot be read", problems=problems)
    return opened


def may_be_blank(one: Opened) -> tuple[str, ...]:
    """Return the text id columns of a table in which some value may be empty or blank, by what its files say of themselves.

    A column whose values all begin with a visible ASCII character holds no blank id; most files say so, and need no
    look at their rows.
    """
    columns = [c.name for c in one.table.columns if c.kind == "id" and one.forms.get(c.name) == "text"]
    return tuple(name for name in columns if not all(_all_visible(path, name) for path in one.files))


def _all_visible(path: Path, column: str) -> bool:
    metadata = pq.read_metadata(path)
    names = [metadata.schema.column(place).path for place in range(metadata.num_columns)]
    if column not in names:
        return False  # the name of a folder
    place = names.index(column)
    return all(
        _begins_visibly(metadata.row_group(group).column(place)) for group in range(metadata.num_row_groups)
    )


def _begins_visibly(chunk: pq.ColumnChunkMetaData) -> bool:
    bounds = chunk.statistics if chunk.is_stats_set else None
    if bounds is None or not bounds.has_min_max:
        return False
    try:
        least, greatest = bounds.min, bounds.max
    except UnicodeDecodeError:
        return False
    return isinstance(least, str) and isinstance(greatest, str) and least >= "!" and greatest < "\x7f"


def mixed_ids(tables: Iterable[tuple[str, Mapping[str, Form]]]) -> list[Problem]:
    """Return a problem for every id that is text in one table and an integer in another, which would never match."""
    first: dict[str, tuple[str, Form]] = {}
    problems = []
    for name, forms in tables:
        for column, form in forms.items():
            if form not in ("text", "integer") or not _is_id(name, column):
                continue
            told, before = first.setdefault(SHARED.get(column, column), (f"{name}.{column}", form))
            if form != before:
                problems.append(
                    Problem(
                        "tables.id_type",
                        f"is {_WORDS[form]} but `{told}` is {_WORDS[before]}",
                        file=name,
                        field=column,
                        help="write the same id with the same type in all tables",
                    )
                )
    return problems


_ALL = (*TABLES, *CONTRACTS)
_WORDS: Mapping[Form, str] = {"text": "text", "integer": "an integer"}


def _is_id(table: str, column: str) -> bool:
    return any(c.name == column and c.kind == "id" for t in _ALL if t.name == table for c in t.columns)


def _files(directory: Path, name: str, problems: list[Problem]) -> tuple[Path, ...]:
    """Return the files of one table in order of name."""
    one = [path for path in (directory / f"{name}.parquet",) if path.is_file()]
    split = sorted(
        path for path in directory.glob("*.parquet") if path.is_file() and _is_piece(path.name, name)
    )
    folders = (directory / folder for folder in _folders(name))
    inside = [
        sorted(path for path in folder.glob("**/*.parquet") if path.is_file() and _is_data(path, folder))
        for folder in folders
    ]
    found = [files for files in (one, split, *inside) if files]
    if len(found) > 1:
        problems.append(
            Problem(
                "tables.ambiguous",
                f"the table `{name}` stands in {len(found)} places: `{found[0][0].name}` and `{found[1][0]}`",
                file=str(directory),
                help="keep one of them",
            )
        )
    return tuple(found[0]) if found else ()


def table_of(path: Path, directory: Path) -> str | None:
    """Return the table that a file at a place in the directory is part of, or would be; None where it is read by nobody."""
    if not path.is_relative_to(directory):
        return None
    first, *rest = path.relative_to(directory).parts
    for table in (*TABLES, PART, *CONTRACTS):
        if rest and first in _folders(table.name):
            return table.name
        if not rest and (first == f"{table.name}.parquet" or _is_piece(first, table.name)):
            return table.name
    return None


def _folders(name: str) -> tuple[str, str]:
    return name, f"{name}.parquet"


def _is_piece(file: str, name: str) -> bool:
    """Tell whether a file beside the others is one of several of a table; `part-00000.parquet` is a piece of anything."""
    several = file.startswith((f"{name}-", f"{name}.")) and file != f"{name}.parquet"
    return several and file.endswith(".parquet") and name != PART.name


def _is_data(path: Path, folder: Path) -> bool:
    return not any(name.startswith((".", "_")) for name in path.relative_to(folder).parts)


def _are_partitions(table: Table, files: tuple[Path, ...], root: Path, problems: list[Problem]) -> bool:
    """Tell whether folders add a column of the contract; then all files must lie in folders of the same kind."""
    added = [frozenset(_partitions(path, root)) for path in files]
    if not any(column.name in names for column in table.columns for names in added):
        return False
    problems += [
        Problem("tables.partitions", "lies in other folders than the rest of its table", file=str(path))
        for path, names in zip(files, added, strict=True)
        if names != added[0]
    ]
    return True


def _forms(table: Table, files: tuple[Path, ...], root: Path, problems: list[Problem]) -> Mapping[str, Form]:
    """Return the form of each contract column, after checking every file; problems name the file and the column."""
    told: dict[str, dict[Path, Form]] = {column.name: {} for column in table.columns}
    read = []
    for path in files:
        try:
            schema = pq.read_schema(path)
        except (OSError, pa.ArrowException) as error:
            problems.append(
                Problem("tables.unreadable", f"is not Parquet: {_first_line(error)}", file=str(path))
            )
            continue
        read.append(path)
        problems += _doubled(table, schema, path)
        for column in table.columns:
            form = _form(column, schema, _partitions(path, root), path, problems)
            if form is not None:
                told[column.name][path] = form
    for column in table.columns:
        problems += _differences(column, told[column.name], read)
    # A column that holds nothing in one file takes its form from the others.
    return {name: min(forms.values(), key=_is_nothing) for name, forms in told.items() if forms}


def _doubled(table: Table, schema: pa.Schema, path: Path) -> Iterator[Problem]:
    """Yield a problem for every column of the contract that the file has twice: engines know no difference of case."""
    for column in table.columns:
        same = [name for name in schema.names if name.lower() == column.name]
        if len(same) > 1 and column.name in same:
            other = next((name for name in same if name != column.name), column.name)
            message = f"stands beside `{other}`, and nobody can say which is meant"
            yield Problem(
                "tables.column_twice", message, file=str(path), field=column.name, help="rename one"
            )


def _is_nothing(form: Form) -> bool:
    return form == "nothing"


def _differences(column: Column, forms: Mapping[Path, Form], files: Iterable[Path]) -> Iterator[Problem]:
    """Yield a problem for every file whose column has another form than the first, or lacks what another file has."""
    said = [(path, form) for path, form in forms.items() if form != "nothing"]
    for path, form in said[1:]:
        if form != said[0][1]:
            message = f"has {form}, but `{said[0][0].name}` has {said[0][1]}"
            yield Problem(
                "tables.type_differs",
                message,
                file=str(path),
                field=column.name,
                help="write one form everywhere",
            )
    if forms and not column.required:
        for path in files:
            if path not in forms:
                message = "is in other files of the table and not in this one"
                yield Problem("tables.column_differs", message, file=str(path), field=column.name)


def _partitions(path: Path, root: Path) -> Mapping[str, str]:
    """Return the columns that the folders between the table's root and the file add."""
    parts = path.relative_to(root).parts[:-1] if path.is_relative_to(root) else ()
    return dict(part.split("=", 1) for part in parts if "=" in part)


def _form(
    column: Column, schema: pa.Schema, folders: Mapping[str, str], path: Path, problems: list[Problem]
) -> Form | None:
    if column.name in folders and column.kind == "id":
        return "text"
    if column.name not in schema.names or column.name in folders:
        if column.required or column.name in folders:
            message = "is missing" if column.name not in folders else "cannot be the name of a folder"
            problems.append(
                Problem(
                    "tables.column",
                    message,
                    file=str(path),
                    field=column.name,
                    help=f"add it as {_WANTED[column.kind]}",
                )
            )
        return None
    found = schema.field(schema.names.index(column.name)).type
    form = next((form for form, fits in _FITS[column.kind] if fits(found)), None)
    if form is None:
        problems.append(
            Problem(
                "tables.type",
                f"is `{found}`",
                file=str(path),
                field=column.name,
                help=f"write it as {_WANTED[column.kind]}",
            )
        )
    return form


def _is_text(kind: pa.DataType) -> bool:
    value = kind.value_type if pa.types.is_dictionary(kind) else kind
    return bool(
        pa.types.is_string(value) or pa.types.is_large_string(value) or pa.types.is_string_view(value)
    )


def _is_integer(kind: pa.DataType) -> bool:
    return bool(pa.types.is_integer(kind)) and kind != pa.uint64()


def _is_stamp(kind: pa.DataType) -> bool:
    return bool(pa.types.is_timestamp(kind)) and kind.tz is not None


_FITS: Mapping[Kind, tuple[tuple[Form, Callable[[pa.DataType], bool]], ...]] = {
    "id": (("text", _is_text), ("integer", _is_integer), ("nothing", pa.types.is_null)),
    "instant": (
        ("timestamp_ns", lambda kind: _is_stamp(kind) and kind.unit == "ns"),
        ("timestamp", _is_stamp),
        ("microseconds", pa.types.is_int64),
        ("nothing", pa.types.is_null),
    ),
    "weight": (("integer", _is_integer), ("nothing", pa.types.is_null)),
    "known_by": (("text", _is_text), ("nothing", pa.types.is_null)),
    "text": (("text", _is_text), ("nothing", pa.types.is_null)),
}

_WANTED: Mapping[Kind, str] = {
    "id": "text or an integer of at most 64 bits",
    "instant": "a timestamp with a zone, or int64 microseconds since 1970-01-01T00:00:00Z",
    "weight": "a whole number of accelerators",
    "known_by": "text",
    "text": "text",
}


def _first_line(error: Exception) -> str:
    return str(error).partition("\n")[0].rstrip(".")
