"""The demo's evidence as the sheets in `evidence/`, and which of their rows a variant of the world has.

`case` says with which planted case a row comes: empty is always, `x` only with case x, `-x` only without it.
`recorded` says when the row was put on file. Neither column reaches the files that are written.
"""

import csv
import io
from collections.abc import Collection, Iterator
from importlib.resources import files

Sheet = list[dict[str, str]]


def sheet(name: str, without: Collection[str] = ()) -> Sheet:
    """Return the rows of a sheet in the world that lacks the cases in `without`, in order."""
    text = (files("kansa.demo") / "evidence" / f"{name}.csv").read_text(encoding="utf-8")
    return [row for row in csv.DictReader(io.StringIO(text)) if _belongs(row.get("case", ""), without)]


def mapping(name: str) -> str:
    """Return a mapping or options file as it is delivered."""
    return (files("kansa.demo") / "mappings" / f"{name}.yaml").read_text(encoding="utf-8")


def by_recorded(rows: Sheet) -> Iterator[tuple[str, Sheet]]:
    """Yield rows in groups of one `recorded` stamp, earliest first; the order within a group is the sheet's."""
    for stamp in sorted({row["recorded"] for row in rows}):
        yield stamp, [row for row in rows if row["recorded"] == stamp]


def as_csv(rows: Sheet) -> str:
    """Return rows as RFC 4180 text with a header."""
    stream = io.StringIO()
    writer = csv.DictWriter(stream, fieldnames=list(rows[0]), lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(rows)
    return stream.getvalue()


def delivered(row: dict[str, str]) -> dict[str, str]:
    """Return a row without the demo's own columns."""
    return {name: cell for name, cell in row.items() if name not in {"case", "recorded"}}


def _belongs(case: str, without: Collection[str]) -> bool:
    return case[1:] in without if case.startswith("-") else case not in without
