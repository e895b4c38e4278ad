"""Where rows go that did not become records: JSON Lines, one file an ingest, nothing overwritten.

A line has `source`, `file`, `line` and `row`, the row's first problem as `field`, `code`, `message`, `help`, and every
problem under `problems`. What is too long in a row is cut, says so where it was cut, and the line has `"cut": true`.

A row's identity is the digest of its source and content. `closed.log` beside the files says which rows were mended: by a
record of the same content, by reading the same file again without the row being refused, or, where rows are edited as in
a table, by a record at the same place.
"""

import hashlib
import json
import os
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import asdict, dataclass
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
        self._source = source
        self.put_now: set[str] = set()
        self._stem = _stem(f"{source[-150:]}-{format_instant(now)}")
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
        line = {"source": self._source, **told[0], "problems": told, "row": cut.of(row)}
        self.put_now.add(row_id(self._source, line["row"]))
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


CLOSED = "closed.log"


def _stem(text: str) -> str:
    return re.sub(r"[^a-z0-9.-]+", "-", text.lower())


def row_id(source: str, shown: Any) -> str:
    """Return the identity of a row of a source, of its content as the quarantine file shows it: 12 hexadecimal digits."""
    content = json.dumps([source, shown], sort_keys=True, ensure_ascii=True, default=str)
    return hashlib.sha256(content.encode()).hexdigest()[:12]


@dataclass(slots=True)
class Row:
    """A quarantined row: its lines' latest, how often it was read so, how many of these times are closed."""

    id: str
    source: str
    told: dict[str, Any]
    kept_in: Path
    times: int = 0
    closed: int = 0

    @property
    def is_open(self) -> bool:
        """Tell whether it was read again since it was last mended."""
        return self.times > self.closed


def rows_in(directory: Path, source: str | None = None) -> dict[str, Row]:
    """Return all quarantined rows of a source, or of all, by identity, in the order in which they were first read."""
    found: dict[str, Row] = {}
    named = "*.jsonl" if source is None else f"{_stem(source[-150:])}-*.jsonl"
    files = sorted(directory.glob(named), key=lambda each: (each.stat().st_mtime_ns, each.name))
    for path in files:
        for told in _told(path):
            name = told.get("source")
            if "row" not in told or not isinstance(name, str) or source not in (None, name):
                continue
            row = found.setdefault(
                row_id(name, told["row"]), Row(row_id(name, told["row"]), name, told, path)
            )
            row.told, row.kept_in, row.times = told, path, row.times + 1
    for told in _told(directory / CLOSED):
        if (closed := found.get(str(told.get("closed")))) is not None:
            closed.closed = int(told.get("times", 0))
    return found


def _told(path: Path) -> Iterator[dict[str, Any]]:
    """Yield the lines of a file that are JSON objects; none if there is no file."""
    try:
        text = path.read_text("utf-8")
    except (FileNotFoundError, NotADirectoryError):
        return
    for line in text.splitlines():
        try:
            told = json.loads(line)
        except ValueError:
            continue  # cut short by a crash: the row is read again with its file
        if isinstance(told, dict):
            yield told


class Mending:
    """Closes the quarantined rows of a source that an ingest mends. `edited`: rows are edited in place, as in a table."""

    def __init__(self, directory: Path | None, source: str, *, edited: bool) -> None:
        self._directory, self._source, self._edited = directory, source, edited
        rows = {} if directory is None else rows_in(directory, source)
        self._open = {each.id: each for each in rows.values() if each.is_open}
        self._read = {} if directory is None or not self._open else self._digests(directory)
        self._mended: set[str] = set()

    @property
    def is_waiting(self) -> bool:
        """Tell whether any row of the source is open."""
        return bool(self._open)

    def recorded(self, file: str, line: int, row: Any) -> None:
        """Take note of a row that is in the ledger."""
        if not self._open:
            return
        identity = row_id(self._source, Cut().of(row))
        if identity in self._open:
            self._mended.add(identity)
        if self._edited:
            self._mended |= {
                each.id
                for each in self._open.values()
                if (each.told.get("file"), each.told.get("line")) == (file, line)
            }

    def settle(self, digests: Mapping[str, str], refused: Collection[str]) -> int:
        """Close what was mended; `digests` are those of the files that were read, `refused` what was quarantined now."""
        if self._directory is None:
            return 0
        again = {
            each.id
            for each in self._open.values()
            if (file := each.told.get("file")) in digests
            and self._read.get((each.kept_in.name, str(file))) == digests[str(file)]
        }
        mended = sorted((self._mended | again) - set(refused))
        lines: list[dict[str, Any]] = [{"closed": each, "times": self._open[each].times} for each in mended]
        if refused and digests:
            lines.append({"read": dict(digests), "source": self._source, "rows": sorted(refused)})
        if lines:
            with os.fdopen(
                os.open(self._directory / CLOSED, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600),
                "a",
                encoding="utf-8",
            ) as file:
                file.writelines(json.dumps(each) + "\n" for each in lines)
        return len(mended)

    def _digests(self, directory: Path) -> dict[tuple[str, str], str]:
        """Return the digest of each file that gave quarantined rows, by quarantine file and file."""
        by_row: dict[str, dict[str, str]] = {}
        for told in _told(directory / CLOSED):
            if told.get("source") == self._source and isinstance(told.get("read"), dict):
                by_row |= dict.fromkeys(map(str, told.get("rows", ())), told["read"])
        return {
            (each.kept_in.name, file): digest
            for each in self._open.values()
            for file, digest in by_row.get(each.id, {}).items()
        }


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
