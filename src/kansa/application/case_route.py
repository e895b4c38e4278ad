"""Show how far a case is along its route: each step with what it is called, who may take it, and who took it when."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Literal

from kansa.application.cases import Person
from kansa.cases.case_file import CaseFile
from kansa.cases.routes import RoutePack, read_routes
from kansa.people.approval import COUNTS
from kansa.records.journal import IndexedClaim
from kansa.records.kinds.case import CaseDecided, CaseProposed, CaseReviewed, Step
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
    shown: list[RouteStep] = []
    before: frozenset[str] = frozenset()
    rested: frozenset[int] = frozenset()
    for n, step in enumerate(found.steps):
        taken = found.taken[n] if n < len(found.taken) else None
        persons = taken.persons - before if taken is not None else frozenset()
        own = tuple(each for each in taken.rests if each.index not in rested) if taken is not None else ()
        before |= persons
        rested |= {each.index for each in own}
        if taken is None and n == len(found.steps) - 1 and (last := _decided(found, people)) is not None:
            shown.append(_step(found, step, "done", *last))
            continue
        waits = found.next_step is not None and n == len(found.taken) and not found.returned
        progress: Progress = "done" if taken is not None else "now" if waits else "ahead"
        shown.append(_step(found, step, progress, _known(people, persons), own))
    return tuple(shown)


def _step(
    found: CaseFile, step: Step, progress: Progress, by: tuple[Person, ...], own: tuple[IndexedClaim, ...]
) -> RouteStep:
    return RouteStep(
        _called(found, step.step),
        tuple(role_words(role) for role in (step.role, step.substitute) if role),
        step.quorum,
        progress,
        by,
        max((each.recorded_at for each in own), default=None),
        tuple(each.index for each in own),
    )


def _decided(
    found: CaseFile, people: Mapping[str, Person]
) -> tuple[tuple[Person, ...], tuple[IndexedClaim, ...]] | None:
    """Return who took the last step, and in which records; None while nobody did."""
    counting = [(noted, claim) for noted, claim, ground in found.decisions if ground in COUNTS]
    if found.state != "decided" or not counting:
        return None
    persons = [claim.signer_id for _, claim in counting if claim.signer_id is not None]
    return _known(people, persons), tuple(noted for noted, _ in counting)


def _known(people: Mapping[str, Person], persons: Iterable[str]) -> tuple[Person, ...]:
    return tuple(people[each] for each in sorted(persons) if each in people)


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
