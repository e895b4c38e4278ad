"""Uses from rows of segments, in plain Python: what the engine reads from the files, for who has only the rows.

A row stands unless another corrects it or it says that it is gone; a later placement of the same workload ends the
earlier one; class and weight come from the inventory at the start where the source did not say them. `evidence.uses`
says the same in SQL, and tests hold the two equal.
"""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

from kansa.evidence.use_row import UseRow
from kansa.registers.rows import Installed, Use


class ShownRows(NamedTuple):
    """Consecutive rows of one subject in a segment: its number, its entry's index, the row of the file that the first one is."""

    number: int
    entry: int
    subject: str
    first: int
    rows: Sequence[UseRow]


class Version(NamedTuple):
    """One row with the place where it stands."""

    shown: ShownRows
    at: int
    row: UseRow


def standing(shown: Iterable[ShownRows]) -> list[Version]:
    """Return the rows that nothing replaces: those that no row corrects and that do not say that they are gone."""
    listed = list(shown)
    replaced = {
        (row.workload, row.start, row.corrects)
        for each in listed
        for row in each.rows
        if row.corrects is not None
    }
    return [
        Version(each, at, row)
        for each in listed
        for at, row in enumerate(each.rows)
        if not row.withdrawn and not (replaced and (row.workload, row.start, each.number) in replaced)
    ]


def uses(versions: Sequence[Version], installed: Iterable[Installed]) -> list[Use]:
    """Return the uses that follow from the rows that stand, ordered by id.

    The id is `s`, the number of the segment, the row of its file, and which of its units, as in the vault.
    """
    ends, inventory = _ends(versions), _Inventory(installed)
    found = []
    for shown, at, row in versions:
        start, end = row.start, row.end
        if (later := ends.get((row.workload, start))) is not None:
            end = later if end is None else min(end, later)
        place, tenant, evidence = (
            f"s{shown.number}.{shown.first + at}.",
            shown.subject or None,
            (shown.entry,),
        )
        for ordinal, unit in enumerate(row.units):
            item, weight = row.item_class, row.accelerators
            if item is None or weight is None:
                present, only = inventory.at(unit, start)
                item = only if item is None else item
                weight = max(present, 1) if weight is None else weight
            found.append(
                Use(
                    f"{place}{ordinal}", unit, tenant, row.end_user, row.path, item, row.site, start, end,
                    row.workload, weight, row.known_by, evidence,
                )
            )  # fmt: skip
    return sorted(found)


def _ends(versions: Sequence[Version]) -> Mapping[tuple[str, int], int]:
    """Return when placements of a workload are followed by another one."""
    if len({each.row.workload for each in versions}) == len(versions):
        return {}
    starts: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for shown, _, row in versions:
        starts[row.workload].append((row.start, shown.number))
    return {
        (workload, start): later
        for workload, each in starts.items()
        if len(each) > 1
        for (start, _), (later, _) in pairwise(sorted(each))
    }


class _Inventory:
    """How many devices a unit is at an instant, and of which class if it is one."""

    def __init__(self, installed: Iterable[Installed]) -> None:
        self._rows: dict[str, list[Installed]] = defaultdict(list)
        for row in installed:
            self._rows[row.device_id].append(row)
            if row.node_id is not None:
                self._rows[row.node_id].append(row)
        self._steps: dict[str, tuple[list[int], list[tuple[int, str | None]]]] = {}

    def at(self, unit: str, instant: int) -> tuple[int, str | None]:
        steps = self._steps.get(unit)
        if steps is None:
            steps = self._steps[unit] = self._of(unit)
        place = bisect_right(steps[0], instant)
        return steps[1][place - 1] if place else (0, None)

    def _of(self, unit: str) -> tuple[list[int], list[tuple[int, str | None]]]:
        rows = self._rows.get(unit, [])
        bounds = {row.valid_from for row in rows} | {row.valid_to for row in rows if row.valid_to is not None}
        instants = sorted(bounds)
        return instants, [_present(rows, instant) for instant in instants]


def _present(rows: Sequence[Installed], instant: int) -> tuple[int, str | None]:
    there = [
        row for row in rows if row.valid_from <= instant and (row.valid_to is None or instant < row.valid_to)
    ]
    classes = {row.item_class for row in there} - {None}
    return len(there), classes.pop() if len(classes) == 1 else None
