"""List what waits for somebody: steps of cases, flags by rule, gaps that evidence can still close, deadlines, silent sources.

Each is one item, however many records are behind it. An item is somebody's own if they have the role of its step and took
no earlier step of the same case; a step that they could not take is not put before them.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from kansa.application.cases import CaseStatus, Person
from kansa.application.overview.overview import Overview
from kansa.flags.lifecycle import Flag

Kind = Literal["case", "flag", "gap", "deadline", "source"]
_GRAVITY = {"high": 0, "medium": 1, "low": 2}


@dataclass(frozen=True, slots=True)
class CaseStep:
    """A step of a case that waits: which, for whom it is, who may take it, and since when."""

    status: CaseStatus
    step: str
    roles: tuple[str, ...]
    since: int
    mine: bool


@dataclass(frozen=True, slots=True)
class FlagsOfRule:
    """The open flags of one rule: one question, however many subjects it is asked of."""

    rule: str
    severity: str
    flags: tuple[Flag, ...]
    due: int
    since: int
    active: int


@dataclass(frozen=True, slots=True)
class Work:
    """Everything that waits, each kind the most urgent first."""

    cases: tuple[CaseStep, ...]
    flags: tuple[FlagsOfRule, ...]

    def mine(self) -> tuple[CaseStep, ...]:
        """Return the steps that wait for the person asked about."""
        return tuple(each for each in self.cases if each.mine)


def work_of(overview: Overview, person: Person | None) -> Work:
    """Return what waits, as one person sees it; None: somebody who reads only."""
    cases = sorted(steps_of(overview.cases, person), key=lambda each: (not each.mine, each.since))
    return Work(tuple(cases), flags_by_rule(overview.flags))


def flags_by_rule(flags: Iterable[Flag]) -> tuple[FlagsOfRule, ...]:
    """Return the open flags by rule: grave ones and those with active allocation first, then by due date."""
    found: defaultdict[str, list[Flag]] = defaultdict(list)
    for flag in flags:
        if flag.state == "open":
            found[flag.claim.rule].append(flag)
    groups = [
        FlagsOfRule(
            rule,
            min((each.claim.severity for each in own), key=lambda severity: _GRAVITY[severity]),
            tuple(sorted(own, key=lambda each: (not each.claim.active, each.due))),
            min(each.due for each in own),
            min(each.raised.recorded_at for each in own),
            sum(each.claim.active for each in own),
        )
        for rule, own in found.items()
    ]
    return tuple(
        sorted(groups, key=lambda each: (_GRAVITY[each.severity], not each.active, each.due, each.rule))
    )


def waits(status: CaseStatus) -> bool:
    """Tell whether somebody has still to act on a case."""
    return status.file.state != "decided"


def acted(status: CaseStatus, person: str) -> bool:
    """Tell whether somebody took a step of a case already."""
    return any(person in each.persons for each in status.file.taken)


def may_take(status: CaseStatus, person: Person | None) -> bool:
    """Tell whether somebody has the role of the step that waits and took no earlier one."""
    step = status.file.next_step
    if person is None or step is None or status.file.state in {"decided", "returned"}:
        return False
    return bool(set(person.roles) & set(step.roles)) and not acted(status, person.id)


def steps_of(cases: Iterable[CaseStatus], person: Person | None) -> Iterator[CaseStep]:
    """Yield the step of each case that waits, and whether a person may take it (None: nobody)."""
    for each in cases:
        if not waits(each):
            continue
        step = each.file.next_step
        last = each.file.acts[-1].noted if each.file.acts else each.file.opened
        if step is None or each.file.state in {"open", "returned"}:
            mine = person is not None and "account_manager" in person.roles
            yield CaseStep(each, "propose", ("account_manager",), last.recorded_at, mine)
        else:
            roles = tuple(role for role in (step.role, step.substitute) if role)
            yield CaseStep(each, step.step, roles, last.recorded_at, may_take(each, person))


def names_of(people: Mapping[str, Person], ids: Iterable[str]) -> tuple[Person, ...]:
    """Return the people behind ids, as far as they are enrolled."""
    return tuple(people[each] for each in ids if each in people)
