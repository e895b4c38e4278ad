"""Columns of a row: what each may hold, so that its canonical bytes need no escaping and its numbers have a range.

Without ranges two integer columns could be swapped by whoever writes the file, and every proof would still hold.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Literal

SUBJECT = re.compile(r"[a-z]{3}_[a-z2-7]{26}")
PLAIN = re.compile(r"[ !#-\[\]-~]{1,200}")
"""Printable ASCII without `"` and backslash: written between quotes as it stands."""

Kind = Literal["subject", "subjects", "instant", "integer", "text", "flag"]


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a row schema.

    `prefixes` limits the kinds of subject; `low` and `high` bound integers, both included; `values` is the fixed
    vocabulary of a text. An instant (microseconds since 1970, UTC) lies inside the hull that the entry states.
    """

    name: str
    kind: Kind
    required: bool = False
    prefixes: tuple[str, ...] = ()
    low: int = 0
    high: int = 0
    values: frozenset[str] = frozenset()

    def fault(self, value: Any, hull: tuple[int, int]) -> str | None:
        """Return what is wrong with a value, or None; `hull` is the half-open interval of the entry's instants."""
        if value is None:
            return "is missing" if self.required else None
        return _CHECKS[self.kind](self, value, hull)


def _subject(column: Column, value: Any, _: tuple[int, int]) -> str | None:
    if type(value) is not str or not SUBJECT.fullmatch(value):
        return "is no subject id"
    return None if value[:3] in column.prefixes else f"is none of {', '.join(column.prefixes)}"


def _subjects(column: Column, value: Any, hull: tuple[int, int]) -> str | None:
    if type(value) is not list or not value:
        return "is no list of subject ids"
    if any(_subject(column, each, hull) is not None for each in value):
        return "holds what is no subject id of its kind"
    return None if _increasing(value) else "is not in strictly increasing order"


def _instant(_: Column, value: Any, hull: tuple[int, int]) -> str | None:
    if type(value) is not int:
        return "is no instant"
    return None if hull[0] <= value < hull[1] else "lies outside the interval that the entry states"


def _integer(column: Column, value: Any, _: tuple[int, int]) -> str | None:
    if type(value) is not int:
        return "is no integer"
    return None if column.low <= value <= column.high else f"is not within {column.low} to {column.high}"


def _text(column: Column, value: Any, _: tuple[int, int]) -> str | None:
    if type(value) is not str or not PLAIN.fullmatch(value):
        return "is no plain text"
    return None if not column.values or value in column.values else "is not in its vocabulary"


def _flag(_: Column, value: Any, __: tuple[int, int]) -> str | None:
    return None if type(value) is bool else "is neither true nor false"


def _increasing(values: Sequence[str]) -> bool:
    return all(a < b for a, b in pairwise(values))


_CHECKS: dict[Kind, Callable[[Column, Any, tuple[int, int]], str | None]] = {
    "subject": _subject,
    "subjects": _subjects,
    "instant": _instant,
    "integer": _integer,
    "text": _text,
    "flag": _flag,
}
