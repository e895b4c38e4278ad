"""Where rows go that did not become records: JSON Lines, one file an ingest, nothing overwritten.

A line has `file`, `line` and `row`, the row's first problem as `field`, `code`, `message`, `help`, and every problem
under `problems`.
"""

import json
import re
from dataclasses import asdict
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TextIO

from kansa.clock import format_instant
from kansa.errors import KansaError, Problem


class QuarantineFile:
    """Opened with its first row, so that an ingest without bad rows leaves no file."""

    def __init__(self, directory: Path | None, source: str, now: int) -> None:
        self._directory = directory
        self._stem = re.sub(r"[^a-z0-9.-]+", "-", f"{source}-{format_instant(now)}".lower())
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
        first = asdict(problems[0])
        line = {**first, "problems": [asdict(problem) for problem in problems], "row": row}
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
        directory.mkdir(parents=True, exist_ok=True)
        number = 0
        while self._stream is None:
            number += 1
            self.path = directory / f"{self._stem}{f'.{number}' if number > 1 else ''}.jsonl"
            try:
                self._stream = self.path.open("x", encoding="utf-8")
            except FileExistsError:
                continue
        return self._stream
