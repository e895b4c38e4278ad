"""Slurm's short form of host names: `cs[1-3,7]`, `r[0-1]n[00-15]`, `gpu[a,b[1-2]],login1`.

Names come out in the order in which they are written; a range keeps the zeros of its lower bound.
"""

import re
from itertools import product

MAX_HOSTS = 65_536

_RANGE = re.compile(r"(\d+)-(\d+)")


def expand(text: str) -> list[str]:
    """Return the host names of a list.

    Raises:
        ValueError: brackets that do not match, an inverted range, an empty name, a name that stands twice, more than
            65,536 names.
    """
    scanner = _Scanner(text.strip())
    names = scanner.alternatives()
    if scanner.position != len(scanner.text):
        raise ValueError(f"`{text}` has a `]` without `[`")
    if not all(names):
        raise ValueError(f"`{text}` has an empty host name")
    if len(set(names)) < len(names):
        twice = next(name for at, name in enumerate(names) if name in names[:at])
        raise ValueError(f"`{text}` names `{twice}` twice")
    return names


class _Scanner:
    """Recursive descent over alternatives, separated by commas, each a row of literals and brackets."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.position = 0

    def alternatives(self, *, inside: bool = False) -> list[str]:
        names = self._alternative(inside=inside)
        while self._peek() == ",":
            self.position += 1
            names += self._alternative(inside=inside)
            _hold_limit(len(names), self.text)
        return names

    def _alternative(self, *, inside: bool) -> list[str]:
        literal = self._literal()
        if inside and (bounds := _RANGE.fullmatch(literal)) and self._peek() != "[":
            return self._range(bounds[1], bounds[2])
        names = [literal]
        while self._peek() == "[":
            group = self._group()
            _hold_limit(len(names) * len(group), self.text)
            rest = self._literal()
            names = [f"{before}{each}{rest}" for before, each in product(names, group)]
        return names

    def _group(self) -> list[str]:
        self.position += 1
        names = self.alternatives(inside=True)
        if self._peek() != "]":
            raise ValueError(f"`{self.text}` has a `[` without `]`")
        self.position += 1
        if not all(names):
            raise ValueError(f"`{self.text}` has empty brackets")
        return names

    def _range(self, low: str, high: str) -> list[str]:
        first, last = int(low), int(high)
        if first > last:
            raise ValueError(f"`{self.text}` has the inverted range `{low}-{high}`")
        _hold_limit(last - first + 1, self.text)
        return [str(number).zfill(len(low)) for number in range(first, last + 1)]

    def _literal(self) -> str:
        start = self.position
        while self._peek() not in {"", ",", "[", "]"}:
            self.position += 1
        return self.text[start : self.position].strip()

    def _peek(self) -> str:
        return self.text[self.position : self.position + 1]


def _hold_limit(count: int, text: str) -> None:
    if count > MAX_HOSTS:
        raise ValueError(f"`{text[:80]}` has more than {MAX_HOSTS:,} host names")
