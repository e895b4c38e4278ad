"""Where answers go: files that appear whole or not at all, all or none, and never in the place of what was read.

Durability: a file is written beside its place, flushed to the disk and renamed; whoever reads the place sees the old
file or the whole new one.
"""

import os
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from kansa.coherence.tables import table_of
from kansa.errors import Problem


def misplaced(outputs: Mapping[str, Path], read: Path | None = None) -> list[Problem]:
    """Return a problem for every output that nothing can be written to, that has another's place, or that is or would be a table.

    Args:
        outputs: places by what goes there.
        read: the directory of tables that is read.
    """
    problems = []
    first: dict[Path, str] = {}
    for name, path in outputs.items():
        if (why := _unwritable(path)) is not None:
            problems.append(Problem("coherence.output", why, file=str(path)))
            continue
        place = path.resolve()
        if (other := first.setdefault(place, name)) != name:
            message = f"`{other}` and `{name}` would be the same file"
            problems.append(Problem("coherence.output", message, file=str(path)))
        if read is not None and (table := table_of(place, read.resolve())) is not None:
            message, advice = f"would be read as the table `{table}`", "give another name or directory"
            problems.append(Problem("coherence.output", message, file=str(path), help=advice))
    return problems


def _unwritable(path: Path) -> str | None:
    if path.is_dir():
        return "is a directory"
    if not path.parent.is_dir():
        return f"`{path.parent}` is not a directory"
    try:
        partial = _beside(path)
        partial.touch()
        partial.unlink()
    except OSError as error:
        return f"cannot be written: {error.strerror}"
    return None


@contextmanager
def appearing(*paths: Path) -> Iterator[tuple[Path, ...]]:
    """Yield partial files to write; when the block ends well they are flushed and take their places, else they are removed."""
    partial = {path: _beside(path) for path in paths}
    try:
        yield tuple(partial.values())
        for written in partial.values():
            _flush(written)
        for path, written in partial.items():
            written.replace(path)
    finally:
        for written in partial.values():
            with suppress(FileNotFoundError):
                written.unlink()


def _beside(path: Path) -> Path:
    return path.with_name(f".{path.name}.{secrets.token_hex(4)}.partial")


def _flush(path: Path) -> None:
    with path.open("rb") as written:
        os.fsync(written.fileno())
