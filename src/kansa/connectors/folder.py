"""A folder of mappings with their data files: which file goes with which, and in which order they are read.

The data of `NAME.yaml` are the files beside it whose names begin with `NAME.`, in order of name, and a folder `NAME`
with all that is in it. `NAME.yaml` says by `connector` who reads them; a mapping of a table and options of Slurm need
not. What refers to subjects of a system comes after all that introduce subjects there; tables come before systems'
own files that do not wait for each other.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from kansa.config_files import ProblemCollector, listing, load
from kansa.connectors.connector import Connector
from kansa.connectors.registry import connector_ids, connector_named
from kansa.errors import BadInput, Problem

TABLE = "table"
_KNOWN_BY_SHAPE = (TABLE, "slurm")
_YAML = frozenset({".yaml", ".yml"})
_TABLES = frozenset({".csv", ".tsv", ".txt", ".xlsx", ".parquet", ".jsonl", ".ndjson", ".json"})


@dataclass(frozen=True, slots=True)
class Step:
    """One mapping or options file with its data, read by a connector; in whose books keys stand that it introduces and needs."""

    map_file: Path
    reader: str
    paths: tuple[Path, ...]
    introduces: frozenset[str] = field(default_factory=frozenset)
    needs: frozenset[str] = field(default_factory=frozenset)


@dataclass(frozen=True, slots=True)
class FolderPlan:
    """What is read in a folder, in order; mappings without data; files that no mapping explains."""

    folder: Path
    steps: tuple[Step, ...]
    without_data: tuple[Path, ...]
    unexplained: tuple[Path, ...]


def plan(folder: Path) -> FolderPlan:
    """Return the plan of a folder.

    Notes (`.md`), hidden files and what an office program leaves behind are no data.

    Raises:
        BadInput: `ingest.folder`, with everything that is wrong with any of its mappings; none is there; two mappings
            wait for each other.
    """
    found = sorted(path for path in folder.iterdir() if path.is_file() and not _left_behind(path))
    maps = [path for path in found if path.suffix.lower() in _YAML]
    found += [path for each in maps for path in files_in(folder / each.stem)]
    data = _data(maps, [path for path in found if path.suffix.lower() not in _YAML])
    steps, problems = [], list(_ambiguous(data))
    for path in maps:
        try:
            steps.append(_step(path, tuple(data.get(path, ()))))
        except BadInput as error:
            problems += error.problems or [Problem(error.code, error.message, str(path), help=error.help)]
    if problems:
        raise BadInput("ingest.folder", f"the folder `{folder}` cannot be read as it is", problems=problems)
    if not maps:
        raise BadInput(
            "ingest.folder",
            f"`{folder}` holds no mapping",
            help="`kansa init --template FOLDER` writes some to fill in",
        )
    explained = {path for paths in data.values() for path in paths}
    rest = [path for path in found if path not in explained and path not in maps]
    return FolderPlan(
        folder,
        tuple(in_order([step for step in steps if step.paths])),
        tuple(step.map_file for step in steps if not step.paths),
        tuple(path for path in rest if path.suffix.lower() != ".md"),
    )


def in_order(steps: Sequence[Step]) -> list[Step]:
    """Return the steps so that what introduces keys of a system comes before what refers to them; else by name.

    Raises:
        BadInput: `ingest.order`, if some wait for each other.
    """
    waiting = sorted(steps, key=lambda step: (step.reader != TABLE, step.map_file.name))
    ordered: list[Step] = []
    while waiting:
        ready = next((step for step in waiting if not _awaited(step, waiting)), None)
        if ready is None:
            names = listing([step.map_file.name for step in waiting])
            raise BadInput(
                "ingest.order",
                f"{names} refer to what the others of them introduce",
                help="ingest them one by one, with `kansa ingest table FILE --map MAPPING`",
            )
        ordered.append(ready)
        waiting.remove(ready)
    return ordered


def _awaited(step: Step, waiting: Iterable[Step]) -> bool:
    """Tell whether another step that was not read yet introduces what this one needs."""
    return any(other is not step and other.introduces & step.needs for other in waiting)


def _left_behind(path: Path) -> bool:
    return path.name.startswith((".", "~$")) or path.name.endswith("~")


def files_in(folder: Path) -> list[Path]:
    """Return all files of a folder and of those in it, sorted; none if there is no such folder. Hidden ones are no data."""
    if not folder.is_dir():
        return []
    found = (path for path in folder.rglob("*") if path.is_file())
    return sorted(path for path in found if not _hidden(path.relative_to(folder)))


def _hidden(path: Path) -> bool:
    return any(part.startswith(".") for part in path.parts) or _left_behind(path)


def _data(maps: Sequence[Path], files: Iterable[Path]) -> dict[Path, list[Path]]:
    """Return the data files of each mapping; the longest name that fits decides."""
    found: dict[Path, list[Path]] = {}
    for path in files:
        fitting = [each for each in maps if _goes_with(path, each)]
        if fitting:
            found.setdefault(max(fitting, key=lambda each: len(each.stem)), []).append(path)
    return found


def _goes_with(path: Path, map_file: Path) -> bool:
    if path.parent == map_file.parent:
        return path.name.startswith(f"{map_file.stem}.")
    return path.is_relative_to(map_file.parent / map_file.stem)


def _ambiguous(data: dict[Path, list[Path]]) -> Iterable[Problem]:
    """Yield data that stand twice, in two formats: one would be taken for a correction of the other."""
    for paths in data.values():
        for path in paths:
            same = [
                other.name
                for other in paths
                if other.parent == path.parent and other.stem == path.stem and other.suffix.lower() in _TABLES
            ]
            if len(same) > 1 and path.name == same[0]:
                message = f"{listing(same)} are the same data in several formats"
                yield Problem("ingest.folder", message, str(path), help="keep one of them")


def _step(path: Path, paths: tuple[Path, ...]) -> Step:
    connector = reader_of(path)
    introduces, needs = connector.systems(path)
    return Step(path, connector.id, paths, introduces, needs)


def reader_of(path: Path) -> Connector:
    """Return the connector that a mapping or options file is for.

    Raises:
        BadInput: `ingest.folder`, if the file does not say it and is no mapping and no options for Slurm; what the file
            names is not installed; the file cannot be read.
    """
    top = load(path, ProblemCollector(str(path), "mapping"))
    stated = top.text("connector")
    if stated is not None:
        return connector_named(stated)
    for known in map(connector_named, _KNOWN_BY_SHAPE):
        if known.recognises(top.names):
            return known
    raise BadInput(
        "ingest.folder",
        f"`{path}` is neither a mapping nor options of a connector",
        help=f"say `connector`, one of {listing(connector_ids())}; a mapping has `kind`, `fields` and `natural_key`",
    )
