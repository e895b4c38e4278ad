"""Merged areas of a sheet: what their first cell holds stands for all cells of its column below it."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

MAX_AREAS = 100_000
MAX_ROWS = 1_048_576
MAX_COLUMNS = 16_384

_REF = re.compile(r"\$?([A-Za-z]{1,3})\$?([0-9]{1,7})")


@dataclass(frozen=True, slots=True)
class Area:
    """Rows and columns from 1, both ends included."""

    top: int
    left: int
    bottom: int
    right: int


def place(ref: str) -> tuple[int, int]:
    """Row and column of a reference such as `B7`.

    Raises:
        ValueError: it is none, or lies outside of any sheet.
    """
    found = _REF.fullmatch(ref)
    if found is None:
        raise ValueError(f"`{ref[:20]}` is no cell")
    column = 0
    for letter in found[1].upper():
        column = 26 * column + ord(letter) - 64
    row = int(found[2])
    if not (1 <= row <= MAX_ROWS and column <= MAX_COLUMNS):
        raise ValueError(f"the cell `{ref[:20]}` lies outside of any sheet")
    return row, column


class Areas:
    """Takes the merged areas from a sheet's XML, and finds those that reach into a row."""

    def __init__(self) -> None:
        self._found: list[Area] = []
        self._waiting: list[Area] = []
        self._open: list[Area] = []

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        if name == "mergeCell":
            first, _, last = attributes.get("ref", "").partition(":")
            (top, left), (bottom, right) = place(first), place(last or first)
            self._found.append(Area(top, left, bottom, right))
            if len(self._found) > MAX_AREAS:
                raise ValueError(f"it has more than {MAX_AREAS:,} merged areas")

    def end(self, name: str) -> None: ...

    def text(self, text: str) -> None: ...

    def begin(self) -> None:
        """Go to the first row."""
        self._waiting = sorted(self._found, key=lambda area: -area.top)

    def reaching(self, row: int) -> Sequence[Area]:
        """Return the areas that have cells in a row; rows are asked for in order.

        Raises:
            ValueError: there are more than can lie beside each other.
        """
        while self._waiting and self._waiting[-1].top <= row:
            self._open.append(self._waiting.pop())
        if self._open:
            self._open = [area for area in self._open if area.bottom >= row]
        if len(self._open) > MAX_COLUMNS:
            raise ValueError("its merged areas overlap")
        return self._open
