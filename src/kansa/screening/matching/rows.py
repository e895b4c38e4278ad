"""A long list that is kept with an index: what is asked of it is unpickled when it is asked for, and then held."""

import pickle
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Generic, TypeVar, overload

ItemT = TypeVar("ItemT")
TOGETHER = 4
"""Items that are pickled together: one by one the names of their classes take most of the room."""


class Rows(Sequence[ItemT], Generic[ItemT]):
    """Items by number. Equal to the list that it was made of, before it was kept and after; the same item each time."""

    def __init__(self, items: Iterable[ItemT]) -> None:
        self._items: list[ItemT | None] = list(items)
        self._parts: list[bytes] = []

    def __len__(self) -> int:
        return len(self._items)

    @overload
    def __getitem__(self, number: int) -> ItemT: ...
    @overload
    def __getitem__(self, number: slice) -> list[ItemT]: ...
    def __getitem__(self, number: int | slice) -> ItemT | list[ItemT]:
        if isinstance(number, slice):
            return [self[each] for each in range(*number.indices(len(self._items)))]
        item = self._items[number]
        if item is None:
            at = number if number >= 0 else number + len(self._items)
            self._load(at // TOGETHER)
            item = self._items[number]
        return item  # type: ignore[return-value] # no item is None

    def __iter__(self) -> Iterator[ItemT]:
        return (self[number] for number in range(len(self._items)))

    def load(self) -> None:
        """Have all items at hand, for whoever forks and then asks for many."""
        for part in range(len(self._parts)):
            self._load(part)

    def __getstate__(self) -> dict[str, Any]:
        items = list(self)
        parts = [pickle.dumps(items[at : at + TOGETHER], protocol=5) for at in range(0, len(items), TOGETHER)]
        return {"parts": parts, "items": len(items)}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self._parts = state["parts"]
        self._items = [None] * state["items"]

    def _load(self, part: int) -> None:
        found = pickle.loads(self._parts[part])  # noqa: S301 - part of an index that was checked
        for number, item in enumerate(found, part * TOGETHER):
            if self._items[number] is None:
                self._items[number] = item
