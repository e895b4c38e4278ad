"""How many entries an answer says that it would have in all: a page of a search is not the list.

Whoever asks the API of a list gets fifty entries and the number of all; saved, they look like the list. All pages
given together are the list.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from kansa.errors import BadInput, Problem

_TOTALS = frozenset(
    [
        "total",
        "count",
        "hits",
        "value",
        "found",
        "matches",
        "totalcount",
        "totalresults",
        "totalrecords",
        "totalhits",
        "totalitems",
        "totalelements",
        "numfound",
        "recordcount",
        "entrycount",
        "resultcount",
        "numberofrecords",
    ]
)
_AROUND = frozenset(
    ["meta", "metadata", "pagination", "paging", "page", "hits", "total", "summary", "header"]
)
_MORE = frozenset(["next", "nextpage", "nexturl", "nextcursor", "nextoffset", "hasmore", "hasnext", "more"])


class Stated:
    """What the documents of one edition say of its size."""

    def __init__(self) -> None:
        self._most = 0
        self._in = ""
        self._goes_on: dict[str, int] = {}

    def read(self, file: str, answer: Mapping[str, Any], entries: int) -> None:
        """Note what a document, which holds so many entries, says of the whole."""
        for name, value in _said(answer):
            if (
                name in _TOTALS
                and isinstance(value, int)
                and not isinstance(value, bool)
                and value > self._most
            ):
                self._most, self._in = value, file
            if name in _MORE and value:
                self._goes_on[file] = entries

    def hold_against(self, rows: int) -> None:
        """Refuse what is not the whole.

        Raises:
            BadInput: `list.partial`, with every document that says that there is more.
        """
        problems = []
        if self._most > rows:
            problems.append(Problem("list.partial", f"holds {rows} of {self._most} entries", file=self._in))
        elif not self._most:
            problems += [
                Problem("list.partial", f"holds {entries} entries and says that more follow", file=file)
                for file, entries in self._goes_on.items()
            ]
        if problems:
            raise BadInput(
                "list.partial",
                "the file says itself that it is a part of the list",
                problems=problems,
                help="take the whole file as its publisher gives it, or give all pages of the answer together",
            )


def _said(answer: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Yield the members beside the entries, and those of what is about the answer itself, by name without case and `_`."""
    for key, value in answer.items():
        name = key.casefold().replace("_", "").replace("-", "")
        if isinstance(value, Mapping):
            if name in _AROUND:
                yield from _said(value)
        elif not isinstance(value, list):
            yield name, value
