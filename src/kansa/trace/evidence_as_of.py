"""All evidence as of an instant, as a trace reads it."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, TypeVar, cast

from kansa.intervals import Interval
from kansa.records.journal import Journal
from kansa.registers.rows import Use
from kansa.registers.spans import evidenced
from kansa.registers.spans.inventory import members

_SpansT = TypeVar("_SpansT")


@dataclass(frozen=True)
class EvidenceAsOf:
    """A journal, the uses, and the instant `at` up to which both are read; spans are derived once a subject.

    What still ran is judged up to `horizon`, up to which sources have reported; never beyond `at`.
    """

    journal: Journal
    all_uses: Sequence[Use]
    at: int
    horizon: int
    _derived: dict[tuple[Any, str], Any] = field(default_factory=dict, repr=False, compare=False)

    @cached_property
    def uses(self) -> tuple[Use, ...]:
        """The uses that had begun."""
        return tuple(use for use in self.all_uses if use.start < self.at)

    def derive(self, spans: Callable[[str, Journal], _SpansT], subject: str, /) -> _SpansT:
        """Return the spans of a subject."""
        known = (spans, subject)
        if known not in self._derived:
            self._derived[known] = spans(subject, self.journal)
        return cast("_SpansT", self._derived[known])

    def span(self, use: Use) -> Interval:
        """Return when a use held its unit, up to `at`; what still ran, up to the horizon."""
        return Interval(use.start, max(use.start, self.horizon) if use.end is None else min(use.end, self.at))

    def gaps(self, use: Use) -> dict[str, list[Interval]]:
        """Return what of a use lies outside the spans of each fact, by fact, in order."""
        return evidenced.gaps(use, self.span(use).end or self.at, self.derive)

    def devices_of(self, use: Use) -> Iterator[str]:
        """Yield the devices that a use held: its unit, or whatever stood in the node meanwhile."""
        if not use.device_id.startswith("nod_"):
            yield use.device_id
            return
        whole = self.span(use)
        for standing in self.derive(members, use.device_id):
            if not standing.span.meet(whole).is_empty:
                yield standing.claim.device_id
