"""Why use is not evidenced: the reasons of an answer, longest first, with what would close each and who can."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from kansa.application.coherence import CoherenceAnswer
from kansa.clock import MICROSECONDS
from kansa.coherence.remedies import Closing, closings
from kansa.coherence.why import why
from kansa.registers.directory import Directory
from kansa.registers.use_columns import by_id


@dataclass(frozen=True, slots=True, order=True)
class Cause:
    """What is missing of which fact (`part` as in docs/tables.md), what would close it, and who can.

    `closable` is the code of the record that would, empty where nothing does; `who` the party that a record names, or
    empty, where only its `role` is known.
    """

    fact: str
    part: str
    closable: str
    role: str
    who: str


@dataclass(frozen=True, slots=True)
class Reason:
    """A cause with the accelerator time in microseconds that lacks evidence for it, and the uses it concerns.

    An instant may lack several parts: the times of several reasons may add up to more than the gaps.
    """

    cause: Cause
    micros: int
    uses: int
    tenants: tuple[str, ...]
    names: Mapping[str, str]

    def as_json(self) -> dict[str, Any]:
        """Return it as a stable JSON value."""
        cause = self.cause
        return {
            "fact": cause.fact,
            "part": cause.part,
            "gap_seconds": self.micros // MICROSECONDS,
            "uses": self.uses,
            "tenants": list(self.tenants),
            "closable": cause.closable or None,
            "role": cause.role,
            "who": cause.who or None,
            "who_names": dict(self.names),
        }


def closings_of(answer: CoherenceAnswer, directory: Directory) -> list[Closing]:
    """Return every stretch without evidence, with what is missing and what would close it."""
    return closings(why(answer.assessment.gaps, answer.tables), answer.tables, directory)


def reasons_of(
    answer: CoherenceAnswer, found: Collection[Closing], directory: Directory
) -> tuple[Reason, ...]:
    """Return the reasons, by accelerator time; equal times by cause."""
    uses = by_id(answer.tables.use, (each.use_id for each in found))
    micros: dict[Cause, int] = defaultdict(int)
    concerned: dict[Cause, set[str]] = defaultdict(set)
    for each in found:
        part = "site.unsaid" if each.part == "site" and each.detail is None else each.part
        cause = Cause(each.fact, part, each.closable or "", each.role, each.who or "")
        micros[cause] += (each.end - each.start) * uses[each.use_id].weight
        concerned[cause].add(each.use_id)
    return tuple(
        Reason(
            cause,
            micros[cause],
            len(concerned[cause]),
            _tenants(uses[use].tenant_id for use in concerned[cause]),
            directory.called(cause.who),
        )
        for cause in sorted(micros, key=lambda cause: (-micros[cause], cause))
    )


def _tenants(found: Iterable[str | None]) -> tuple[str, ...]:
    return tuple(sorted({tenant for tenant in found if tenant is not None}))
