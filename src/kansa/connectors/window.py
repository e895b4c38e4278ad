"""Follows a window's bounds and scope over the rows of an ingest."""

from collections.abc import Mapping
from typing import Any

from kansa.connectors.base import Names, Window
from kansa.connectors.table import cells
from kansa.connectors.table.mapping import Column, WindowRule


class Span:
    """The window that a rule gives for the rows seen so far."""

    def __init__(self, rule: WindowRule) -> None:
        self.rule = rule
        self._starts = [rule.start] if isinstance(rule.start, int) else []
        self._ends = [rule.end] if isinstance(rule.end, int) else []
        self._keys = {(part.system, part.key): None for part in rule.scope if part.key is not None}

    def follow(self, row: Mapping[str, Any]) -> None:
        """Take a row into account; a bound's empty cell changes nothing.

        Raises:
            CellFault: a bound's cell cannot be read.
        """
        for bound, seen, choose in ((self.rule.start, self._starts, min), (self.rule.end, self._ends, max)):
            if isinstance(bound, Column) and not cells.is_empty(row.get(bound.column)):
                instant = cells.instant(row[bound.column], bound.reading)
                seen[:] = [choose([*seen, instant])]
        for part in self.rule.scope:
            if part.column is not None and not cells.is_empty(row.get(part.column)):
                self._keys[part.system, cells.key_of(row[part.column])] = None

    def window(self, names: Names) -> Window | None:
        """Return the window, for those of its scope that are known; None without bounds or scope."""
        found = (names.find(system, key) for system, key in self._keys)
        scope = sorted({subject for subject in found if subject is not None})
        if not (scope and self._starts and self._ends and self._starts[0] < self._ends[0]):
            return None
        seen = [bound.column for bound in (self.rule.start, self.rule.end) if isinstance(bound, Column)]
        return Window(
            self._starts[0],
            self._ends[0],
            tuple(scope),
            f"earliest and latest {' and '.join(dict.fromkeys(seen))} in the rows" if seen else None,
        )
