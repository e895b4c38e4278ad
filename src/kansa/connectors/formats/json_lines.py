"""JSON Lines: one object a line; decimals stay exact, a name that stands twice is refused."""

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from kansa.connectors.formats.lines import Line, lines
from kansa.connectors.formats.nested import flattened
from kansa.connectors.formats.opened import opened
from kansa.connectors.formats.rows import FormatRow, TableRow, bad_row
from kansa.errors import BadInput


def rows(path: Path, *, encoding: str, needed: Sequence[str]) -> Iterator[FormatRow]:
    """Yield the rows of a file.

    Raises:
        BadInput: it has lines and none of them is a JSON object.
    """
    read, first_bad = 0, None
    with opened(path) as stream:
        for line in lines(stream, encoding):
            if not line.text.strip():
                continue
            row = _row(line, needed, str(path))
            if isinstance(row, TableRow):
                read += 1
            elif read == 0 and first_bad is None:
                first_bad = row
            yield row
    if read == 0 and first_bad is not None:
        raise BadInput(
            "table.not_json_lines",
            f"no line of `{path}` is a JSON object",
            problems=first_bad.problems,
            help="JSON Lines has one object a line; say `format` if the file is something else",
        )


def _row(line: Line, needed: Sequence[str], file: str) -> FormatRow:
    raw = line.text.rstrip("\r\n")
    if line.fault:
        return bad_row("table.unreadable", f"the row cannot be read: {line.fault}", file, line.number, raw)
    try:
        value = parse(raw)
    except (ValueError, RecursionError) as error:
        return bad_row("table.not_json", f"the line is not JSON: {error}", file, line.number, raw)
    if not isinstance(value, dict):
        return bad_row("table.not_json", "the line is not a JSON object", file, line.number, raw)
    return TableRow(line.number, flattened(value, needed), raw)


def parse(text: str) -> Any:
    """Return a JSON value, strictly.

    Raises:
        ValueError: not JSON, a name twice in one object, NaN or Infinity.
    """
    return json.loads(
        text, parse_float=decimal_of, parse_constant=refuse_constant, object_pairs_hook=unique_object
    )


def decimal_of(text: str) -> Decimal:
    """Return a JSON number with a fraction or exponent, exactly; raises ValueError where there is none."""
    try:
        return Decimal(text)
    except InvalidOperation as error:
        raise ValueError(f"`{text[:80]}` is outside the numbers that can be read") from error


def unique_object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return an object of pairs; raises ValueError if a name stands twice."""
    found = dict(pairs)
    if len(found) != len(pairs):
        twice = next(name for name, count in Counter(name for name, _ in pairs).items() if count > 1)
        raise ValueError(f"`{twice[:80]}` stands twice")
    return found


def refuse_constant(name: str) -> Any:
    """Raise ValueError: NaN and Infinity are no JSON."""
    raise ValueError(f"`{name}` is no JSON number")
