"""Find what somebody types: an id, a serial, the number of an entry, a name in either script, a rule.

Names are folded (full and half width, upper and lower case), so that what is typed means what is written. The index lies in
the memory of the process: an index of plain names on disk would undo what is sealed.
"""

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from kansa.application.overview.overview import Overview
from kansa.application.subjects.books import Named
from kansa.texts import Language

Kind = Literal["entry", "party", "device", "site", "path", "case", "rule"]
MOST = 8
"""How many are shown while somebody types."""


@dataclass(frozen=True, slots=True)
class Found:
    """Something that was meant: what it is, its id, and what it is called."""

    kind: Kind
    id: str
    named: Named | None = None
    text: str = ""


@dataclass(frozen=True, slots=True)
class _Row:
    found: Found
    texts: tuple[str, ...]


class Finder:
    """Finds in one overview; its rows are made when first asked for."""

    def __init__(self, overview: Overview) -> None:
        self._overview = overview

    def find(self, typed: str, language: Language, most: int = MOST) -> list[Found]:
        """Return what was meant, exact matches first, then what begins so, then what holds it; at most so many."""
        wanted = _folded(typed)
        if not wanted:
            return []
        ranked: list[tuple[int, int, Found]] = []
        number = wanted.removeprefix("#").replace(",", "")
        if number.isascii() and number.isdigit() and int(number) < self._overview.position:
            ranked.append((0 if typed.strip().startswith("#") else 2, -1, Found("entry", str(int(number)))))
        for n, row in enumerate(self._rows):
            rank = _rank(wanted, row.texts)
            if rank is not None:
                ranked.append((rank, n, row.found))
        ranked += [
            (3, len(self._rows) + n, Found("rule", rule, text=sentence))
            for n, (rule, sentence) in enumerate(self._rules(language))
            if wanted in _folded(f"{rule} {sentence}")
        ]
        return [found for _, _, found in sorted(ranked, key=lambda each: each[:2])[:most]]

    @cached_property
    def _rows(self) -> tuple[_Row, ...]:
        return tuple(self._made())

    def _made(self) -> Iterator[_Row]:
        overview = self._overview
        for party in overview.parties.parties:
            yield _row("party", party.named)
        for site in overview.sites.sites:
            yield _row("site", site.named)
        for path in overview.paths.paths:
            yield _row("path", path.named)
        for device in overview.devices.devices:
            yield _row("device", device.named)
        for case in overview.cases:
            parties = {case.file.case.tenant_id, case.file.case.end_user_id}
            texts = [
                case.file.case.case_id,
                *(name for id_ in parties for name in overview.named(id_).names.values()),
            ]
            named = overview.named(case.file.case.end_user_id)
            yield _Row(Found("case", case.file.case.case_id, named), tuple(map(_folded, texts)))

    def _rules(self, language: Language) -> list[tuple[str, str]]:
        return [(id_, rule.version.words.in_(language)) for id_, rule in self._overview.rules.items()]


def _row(kind: Kind, named: Named) -> _Row:
    texts = (named.id, *named.names.values(), *named.keys, *named.numbers)
    return _Row(Found(kind, named.id, named), tuple(dict.fromkeys(map(_folded, texts))))


def _rank(wanted: str, texts: tuple[str, ...]) -> int | None:
    ranks = [
        0 if text == wanted or text.removeprefix("gpu-") == wanted else 1 if text.startswith(wanted) else 2
        for text in texts
        if wanted in text
    ]
    return min(ranks, default=None)


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold().strip()
