"""What the lists of subjects are read from: the registers, the claims about single subjects, and names."""

import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

from kansa.clock import format_instant
from kansa.facts.context import FactContext
from kansa.intervals import OPEN_END, Interval
from kansa.registers.directory import Directory
from kansa.registers.snapshot import Evidence
from kansa.vault.vault import Vault

Holding = Literal["in_force", "ended", "not_begun", "none"]


class Held(NamedTuple):
    """Whether something holds now, and the end (of what holds or held last) or the begin (of what comes); None: open."""

    state: Holding
    instant: int | None

    def as_json(self) -> dict[str, str | None]:
        """Return it as a stable JSON value."""
        return {
            "state": self.state,
            "at": format_instant(self.instant) if self.instant is not None else None,
        }


@dataclass(frozen=True, slots=True)
class Named:
    """A subject: its id, its names by language, the keys that sources use for it, and the numbers on it."""

    id: str
    names: Mapping[str, str]
    keys: tuple[str, ...]
    numbers: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """Return it as a stable JSON value."""
        return {
            "id": self.id,
            "names": dict(self.names),
            "keys": list(self.keys),
            **({"numbers": list(self.numbers)} if self.numbers else {}),
        }

    def called(self, text: str) -> bool:
        """Tell whether a text stands in the id, a name, a key or a number, however it is written."""
        wanted = _folded(text)
        return any(
            wanted in _folded(each) for each in (self.id, *self.names.values(), *self.keys, *self.numbers)
        )


@dataclass(frozen=True, slots=True)
class Books:
    """A vault at one position and one time."""

    world: FactContext
    evidence: Evidence
    directory: Directory

    def named(self, subject: str) -> Named:
        """Return what a subject is called."""
        names = self.directory.names.get(subject, {})
        return Named(
            subject,
            {language: names[language] for language in ("ja", "en") if names.get(language)},
            tuple(self.directory.keys_of.get(subject, ())),
            tuple(self.directory.numbers.get(subject, ())),
        )

    def current(self, table: str) -> list[Any]:
        """Return the rows of a register that are not superseded and valid now."""
        return [
            row
            for row in self.evidence.rows(table)
            if self.world.covers(Interval(row.valid_from, row.valid_to))
        ]

    def held(self, spans: Iterable[Interval]) -> Held:
        """Return whether any of some spans covers now."""
        found = [span for span in spans if not span.is_empty]
        now = self.world.now
        covering = [span.end if span.end is not None else OPEN_END for span in found if span.covers(now)]
        if covering:
            return Held("in_force", None if max(covering) == OPEN_END else max(covering))
        if ended := [span.end for span in found if span.end is not None and span.end <= now]:
            return Held("ended", max(ended))
        return Held("not_begun", min(span.start for span in found)) if found else Held("none", None)


@contextmanager
def opened(vault: Vault) -> Iterator[Books]:
    """Yield the books of a vault as they stand now."""
    directory = vault.directory()
    with vault.evidence() as evidence:
        world = FactContext(evidence.journal, vault.clock.now(), withheld=evidence.withheld)
        yield Books(world, evidence, directory)


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()
