"""Show how far a case is along its route: each step with what it is called, who may take it, and who took it when."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Literal

from kansa.application.cases import Person
from kansa.cases.case_file import CaseFile
from kansa.cases.routes import RoutePack, read_routes
from kansa.records.kinds.case import CaseDecided, CaseProposed, CaseReviewed
from kansa.texts import Words

Progress = Literal["done", "now", "ahead"]


@dataclass(frozen=True, slots=True)
class RouteStep:
    """A step: `by` are those who took it, `at` when the last did, `entries` their records."""

    words: Words
    roles: tuple[Words, ...]
    quorum: int
    progress: Progress
    by: tuple[Person, ...]
    at: int | None
    entries: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Act:
    """What somebody said in a case, and what it is worth (`presentation.cases.GROUNDS`)."""

    index: int
    at: int
    who: Person | None
    said: str
    proposes: bool
    until: str | None
    reasons: str | None
    ground: str


def route_of(found: CaseFile, people: Mapping[str, Person]) -> tuple[RouteStep, ...]:
    """Return the steps of a case's route in order; none before a proposal."""
    shown = []
    for n, step in enumerate(found.steps):
        taken = found.taken[n] if n < len(found.taken) else None
        waits = found.next_step is not None and n == len(found.taken) and not found.returned
        shown.append(
            RouteStep(
                _called(found, step.step),
                tuple(role_words(role) for role in (step.role, step.substitute) if role),
                step.quorum,
                "done" if taken is not None else "now" if waits else "ahead",
                tuple(people[each] for each in sorted(taken.persons) if each in people) if taken else (),
                max((each.recorded_at for each in taken.rests), default=None) if taken else None,
                tuple(each.index for each in taken.rests) if taken else (),
            )
        )
    return tuple(shown)


def acts_of(found: CaseFile, people: Mapping[str, Person]) -> tuple[Act, ...]:
    """Return what was said in a case, in order."""
    shown = []
    for noted, ground in found.acts:
        claim = noted.claim
        if isinstance(claim, CaseProposed | CaseReviewed | CaseDecided):
            said = claim.outcome if isinstance(claim, CaseReviewed) else claim.decision
            shown.append(
                Act(
                    noted.index,
                    noted.recorded_at,
                    people.get(claim.signer_id or ""),
                    said,
                    isinstance(claim, CaseProposed),
                    claim.valid_to,
                    claim.reasons if isinstance(claim.reasons, str) else None,
                    ground if isinstance(ground, str) else ground.value,
                )
            )
    return tuple(shown)


def step_words(found: CaseFile) -> Words | None:
    """Return what the step that waits is called; None if none does."""
    return None if found.next_step is None else _called(found, found.next_step.step)


def role_words(role: str) -> Words:
    """Return what the shipped pack calls a role; the role itself where it has none."""
    return _pack().roles.get(role) or _OWN.get(role) or Words(role, role)


_OWN = {"administrator": Words("administrator", "管理者")}


@cache
def _pack() -> RoutePack:
    return read_routes()


def _called(found: CaseFile, step: str) -> Words:
    name = found.route.name if found.route is not None else None
    words = [
        n.words for route in _pack().routes if route.id == name for n in route.steps if n.step.step == step
    ]
    return words[0] if words else Words(step, step)
