"""Pages of a list by key: what comes after a row, never after a number of rows, so that nothing is missed while it grows."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

import msgspec

from kansa.errors import BadInput

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Paged(Generic[T]):
    """Rows of a list in order, how many there are in all, how many stand before them, and the key to go on after."""

    rows: Sequence[T]
    total: int
    before: int
    after: str | None

    @property
    def shown(self) -> tuple[int, int]:
        """The numbers of the first and the last row."""
        return (self.before + 1 if self.rows else 0), self.before + len(self.rows)


def paged(
    found: Sequence[T], key: Callable[[T], tuple[object, ...]], after: str | None, most: int
) -> Paged[T]:
    """Return the rows that come after a key, at most so many, in the order of their keys as texts.

    Raises:
        BadInput: `web.cursor`.
    """
    keyed = sorted(
        ((tuple(map(str, key(each))), n, each) for n, each in enumerate(found)), key=lambda each: each[:2]
    )
    start = _read(after) if after else None
    rest = keyed if start is None else [each for each in keyed if each[0] > start]
    shown = rest[:most]
    more = len(rest) > most
    return Paged(
        [each for _, _, each in shown],
        len(keyed),
        len(keyed) - len(rest),
        msgspec.json.encode(shown[-1][0]).decode() if more else None,
    )


def _read(cursor: str) -> tuple[str, ...]:
    try:
        return msgspec.json.decode(cursor, type=tuple[str, ...])
    except msgspec.DecodeError as error:
        raise BadInput(
            "web.cursor",
            f"`{cursor[:40]}` does not say after which row to go on",
            help="begin at the first page",
        ) from error
