"""Where rows go that did not become records: JSON Lines, one file an ingest, nothing overwritten.

A line has `file`, `line` and `row`, the row's first problem as `field`, `code`, `message`, `help`, and every problem
under `problems`. What is too long in a row is cut, says so where it was cut, and the line has `"cut": true`.
"""

import json
import os
import re
from collections.abc import Collection, Iterator
from dataclasses import asdict
from itertools import islice
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TextIO

from kansa.clock import format_instant
from kansa.connectors.table.cells import TOO_LONG, Unreadable
from kansa.errors import KansaError, Problem

MAX_SHOWN = 2_000
"""Characters of a text that are kept of a row."""

MAX_ITEMS = 200
MAX_DEPTH = 8
MAX_PROBLEMS = 100


class QuarantineFile:
    """Opened with its first row, so that an ingest without bad rows leaves no file."""

    def __init__(self, directory: Path | None, source: str, now: int) -> None:
        self._directory = directory
        self._stem = re.sub(r"[^a-z0-9.-]+", "-", f"{source[-150:]}-{format_instant(now)}".lower())
        self._stream: TextIO | None = None
        self.path: Path | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._stream is not None:
            self._stream.close()

    def put(self, problems: tuple[Problem, ...], row: Any) -> None:
        """Write one row; without a directory nothing is kept.

        Raises:
            KansaError: `ingest.quarantine`: the file cannot be written, as on a full disk.
        """
        if self._directory is None:
            return
        cut = Cut()
        told = [cut.of(asdict(problem)) for problem in problems[:MAX_PROBLEMS]]
        line = {**told[0], "problems": told, "row": cut.of(row)}
        if cut.was or len(problems) > MAX_PROBLEMS:
            line["cut"] = True
        try:
            stream = self._stream or self._open(self._directory)
            stream.write(json.dumps(line, ensure_ascii=True, default=str) + "\n")
            stream.flush()
        except OSError as error:
            raise KansaError(
                "ingest.quarantine",
                f"the quarantine file in `{self._directory}` cannot be written: {error.strerror}",
                help="what was recorded stays; ingest the same files again once there is room",
            ) from error

    def _open(self, directory: Path) -> TextIO:
        directory.mkdir(parents=True, exist_ok=True, mode=0o700)
        number = 0
        while self._stream is None:
            number += 1
            self.path = directory / f"{self._stem}{f'.{number}' if number > 1 else ''}.jsonl"
            try:
                self.path.touch(0o600, exist_ok=False)
                self._stream = self.path.open("a", encoding="utf-8")
            except FileExistsError:
                continue
        return self._stream


class Cut:
    """Shortens values for people to look at; `was` says whether anything was cut."""

    def __init__(self) -> None:
        self.was = False

    def of(self, value: Any, depth: int = 0) -> Any:
        """Return the value, with texts, lists and depth up to their limits; what was cut off is counted in its place."""
        if isinstance(value, str):
            return self._text(value)
        if isinstance(value, dict | list | tuple):
            if depth >= MAX_DEPTH:
                self.was = True
                return "… (cut: nested more deeply)"
            return self._object(value, depth) if isinstance(value, dict) else self._list(value, depth)
        if value is None or isinstance(value, bool | float):
            return value
        if isinstance(value, int):
            return value if abs(value) < _LARGEST else self._text("…" * (MAX_SHOWN + 1))
        self.was = self.was or (isinstance(value, Unreadable) and value.code == TOO_LONG)
        return self._text(str(value))

    def _text(self, text: str) -> str:
        if len(text) <= MAX_SHOWN:
            return text
        self.was = True
        return f"{text[:MAX_SHOWN]}… (cut: {len(text):,} characters)"

    def _object(self, value: dict[Any, Any], depth: int) -> dict[str, Any]:
        kept = {
            self._text(str(name)): self.of(item, depth + 1) for name, item in islice(value.items(), MAX_ITEMS)
        }
        if len(value) > MAX_ITEMS:
            self.was = True
            kept["…"] = f"(cut: {len(value):,} fields)"
        return kept

    def _list(self, value: list[Any] | tuple[Any, ...], depth: int) -> list[Any]:
        kept = [self.of(item, depth + 1) for item in value[:MAX_ITEMS]]
        if len(value) > MAX_ITEMS:
            self.was = True
            kept.append(f"… (cut: {len(value):,} items)")
        return kept


_LARGEST = 10**1_000


LEAST_WITHIN = 6
"""A text at least so long is looked for inside cells too; a shorter one must be a whole cell, as a code is."""
_PLACE = ("file", "line", "field", "code")


def expunge(directory: Path, texts: Collection[str], subject: str) -> dict[Path, int]:
    """Take the rows that contain one of the texts out of every quarantine file; returns how many, by file.

    Of such a row stay its place and the code of what was wrong, and `erased` with the subject on whose account.
    Each file is replaced whole.
    """
    wanted = {text.strip() for text in texts if text.strip()}
    done = {}
    for path in sorted(directory.glob("*.jsonl")) if wanted else ():
        lines = path.read_text("utf-8").splitlines()
        kept = [_without(line, wanted, subject) for line in lines]
        count = sum(new != old for new, old in zip(kept, lines, strict=True))
        if count:
            _replace(path, "".join(f"{line}\n" for line in kept))
            done[path] = count
    return done


def _without(line: str, wanted: Collection[str], subject: str) -> str:
    try:
        told = json.loads(line)
    except ValueError:
        told = {"row": line}
    if not any(_names(cell, wanted) for cell in _cells(told)):
        return line
    place = {name: told[name] for name in _PLACE if told.get(name) is not None}
    return json.dumps({**place, "erased": subject}, ensure_ascii=True)


def _names(cell: str, wanted: Collection[str]) -> bool:
    return cell.strip() in wanted or any(len(text) >= LEAST_WITHIN and text in cell for text in wanted)


def _cells(told: Any) -> Iterator[str]:
    """Yield every text in what a line tells but where the row stood."""
    if isinstance(told, dict):
        for name, value in told.items():
            if name not in _PLACE:
                yield from _cells(value)
    elif isinstance(told, list):
        for value in told:
            yield from _cells(value)
    elif told is not None:
        yield str(told)


def _replace(path: Path, text: str) -> None:
    draft = path.with_suffix(".new")
    with os.fdopen(
        os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8"
    ) as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
