"""The answers of coherence as files: Parquet in the columns of the analytic contract, or tables that people read.

What people read (CSV, XLSX, JSON) has names beside ids, facts in words, and times in the vault's zone with their offset.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from zoneinfo import ZoneInfo

import pyarrow as pa

from kansa.application.coherence import CoherenceAnswer
from kansa.clock import to_datetime
from kansa.coherence.facts import FACTS
from kansa.coherence.outputs import misplaced
from kansa.coherence.parquet_output import write_gaps, write_late, write_why
from kansa.coherence.remedies import Closing
from kansa.coherence.table_files import convert, suffix_problem, write_table
from kansa.errors import BadInput, Problem
from kansa.registers.directory import Directory
from kansa.registers.rows import Use
from kansa.registers.use_columns import by_id

PARQUET = ("", ".parquet")
_SUBJECTS = ("tenant", "end_user", "path", "device", "site")
_USE = ("use_id", "start", "end", *_SUBJECTS, "item_class")


class AnswerFiles:
    """Writes what was found of an answer, each to the file that was asked for."""

    def __init__(self, answer: CoherenceAnswer, directory: Directory, zone: str) -> None:
        self._answer = answer
        self._directory = directory
        self._zone = ZoneInfo(zone)

    def gaps(self, path: Path) -> None:
        """Write the gaps, with the facts that are missing."""
        rows = self._answer.assessment.gaps
        if path.suffix.lower() in PARQUET:
            write_gaps(rows, path)
            return
        self._write([(gap, {"missing": _facts(gap.missing)}) for gap in rows], ("missing",), path)

    def late(self, path: Path) -> None:
        """Write the stretches that were recorded late, or lie before the log began."""
        rows = self._answer.assessment.late
        if path.suffix.lower() in PARQUET:
            write_late(rows, path)
            return
        told = [(row, {"late": _facts(row.late), "before_log": _facts(row.before_log)}) for row in rows]
        self._write(told, ("late", "before_log"), path)

    def reasons(self, rows: Sequence[Closing], path: Path) -> None:
        """Write what is missing, what would close it and who can."""
        if path.suffix.lower() in PARQUET:
            write_why(rows, path)
            return
        names = ("fact", "part", "detail", "closable", "role")
        told = [
            (row, {**{name: getattr(row, name) for name in names}, "who": self._named(row.who)})
            for row in rows
        ]
        self._write(told, (*names, "who"), path)

    def _write(
        self, rows: Collection[tuple[Any, Mapping[str, Any]]], more: Sequence[str], path: Path
    ) -> None:
        uses = by_id(self._answer.tables.use, (row.use_id for row, _ in rows))
        told = [{**self._of_use(uses[row.use_id], row.start, row.end), **own} for row, own in rows]
        schema = pa.schema([(name, pa.string()) for name in (*_USE, *more)])
        write_table(pa.Table.from_pylist(told, schema=schema), path)

    def _of_use(self, use: Use, start: int, end: int) -> dict[str, str | None]:
        subjects = {name: self._named(getattr(use, f"{name}_id")) for name in _SUBJECTS}
        return {
            "use_id": use.use_id,
            "start": self._local(start),
            "end": self._local(end),
            **subjects,
            "item_class": use.item_class,
        }

    def _named(self, subject: str | None) -> str | None:
        """Return the names and the id: an id alone says nothing, a name alone may be another's."""
        if subject is None:
            return None
        called = self._directory.called(subject)
        names = " / ".join(
            dict.fromkeys(called[language] for language in ("ja", "en") if called.get(language))
        )
        return f"{names} ({subject})" if names else subject

    def _local(self, instant: int) -> str:
        return to_datetime(instant).astimezone(self._zone).isoformat()


def _facts(mask: int) -> str:
    return ", ".join(fact.name for fact in FACTS if mask & fact.bit)


def format_problems(places: Iterable[Path]) -> list[Problem]:
    """Return a problem for each place whose suffix names no format."""
    return [problem for path in places if (problem := suffix_problem(path)) is not None]


@contextmanager
def through_parquet(*places: Path | None) -> Iterator[tuple[Path | None, ...]]:
    """Yield where to write Parquet for each place, and put it there in the format of its suffix when the block ends well.

    Raises:
        BadInput: `coherence.question`, for suffixes that name no format; before the block.
    """
    asked = [place for place in places if place is not None]
    converted = {str(place): place for place in asked if place.suffix.lower() not in PARQUET}
    if problems := [*format_problems(asked), *misplaced(converted)]:
        raise BadInput("coherence.question", "the answers cannot be written", problems=problems)
    with TemporaryDirectory() as folder:
        parquet = tuple(
            place if place is None or place.suffix.lower() in PARQUET else Path(folder) / f"{number}.parquet"
            for number, place in enumerate(places)
        )
        yield parquet
        for written, place in zip(parquet, places, strict=True):
            if written is not None and place is not None and written != place:
                convert(written, place)
