"""A folder of mappings with their data files: which file goes with which, and in which order they are read.

The data of `NAME.yaml` are the files beside it whose names begin with `NAME.`, in order of name. A mapping that refers
to subjects of a system comes after all that introduce subjects there; Slurm's accounting comes after tables that do
not wait for it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from kansa.config_files import ProblemCollector, listing, load
from kansa.connectors.slurm.options import SlurmOptions, read_options
from kansa.connectors.table.mapping import Field, Mapping, Object, Subject, read_mapping
from kansa.errors import BadInput, Problem

Reader = Literal["table", "slurm"]

_TABLE = frozenset({"kind", "fields", "natural_key"})
_SLURM = frozenset(
    {"cluster", "systems", "site", "sites", "item_classes", "gres", "accounted_from", "window"}
)
_YAML = frozenset({".yaml", ".yml"})


@dataclass(frozen=True, slots=True)
class Step:
    """One mapping or options file with its data; `introduces` and `needs` are systems in whose books keys stand."""

    map_file: Path
    reader: Reader
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
    waiting = sorted(steps, key=lambda step: (step.reader == "slurm", step.map_file.name))
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


def _data(maps: Sequence[Path], files: Iterable[Path]) -> dict[Path, list[Path]]:
    """Return the data files of each mapping; the longest name that fits decides."""
    found: dict[Path, list[Path]] = {}
    for path in files:
        fitting = [each for each in maps if path.name.startswith(f"{each.stem}.")]
        if fitting:
            found.setdefault(max(fitting, key=lambda each: len(each.stem)), []).append(path)
    return found


def _ambiguous(data: dict[Path, list[Path]]) -> Iterable[Problem]:
    """Yield data that stand twice, in two formats: one would be taken for a correction of the other."""
    for paths in data.values():
        for path in paths:
            same = [other.name for other in paths if other.stem == path.stem]
            if len(same) > 1 and path.name == same[0]:
                message = f"{listing(same)} are the same data in several formats"
                yield Problem("ingest.folder", message, str(path), help="keep one of them")


def _step(path: Path, paths: tuple[Path, ...]) -> Step:
    sink = ProblemCollector(str(path), "mapping")
    names = load(path, sink).names
    if names & _TABLE:
        mapping = read_mapping(path)
        introduces, needs = _systems(mapping)
        return Step(path, "table", paths, introduces, needs - introduces)
    if names & _SLURM:
        return Step(path, "slurm", paths, needs=_slurm_needs(read_options(path)))
    raise BadInput(
        "ingest.folder",
        f"`{path}` is neither a mapping nor options for Slurm",
        help=f"a mapping has {listing(sorted(_TABLE))}; options have `cluster`",
    )


def _systems(mapping: Mapping) -> tuple[frozenset[str], frozenset[str]]:
    subjects = [each for field_ in mapping.fields.values() for each in _subjects(field_)]
    introduced = {each.system for each in subjects if not each.existing}
    introduced |= {further.system for further in mapping.introduce}
    needed = {each.system for each in subjects if each.existing}
    needed |= {part.system for part in mapping.window.scope} if mapping.window is not None else set()
    return frozenset(introduced), frozenset(needed)


def _subjects(field_: Field) -> Iterable[Subject]:
    if isinstance(field_, Subject):
        yield field_
    elif isinstance(field_, Object):
        for inner in field_.fields.values():
            yield from _subjects(inner)


def _slurm_needs(options: SlurmOptions) -> frozenset[str]:
    sites = {rule.system for rule in options.sites}
    return frozenset({options.node_system, options.accounts_of(options.cluster or ""), *sites})
