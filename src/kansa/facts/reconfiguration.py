"""A reconfiguration: a site commissioned, a workload shifted, a path switched on for a time.

The subject is `<subject id>@<index of its record>`.
"""

from collections.abc import Callable

from kansa.clock import DAY, HOUR
from kansa.facts.context import FactContext, FactValue, Indicators, Value, known, unknown
from kansa.facts.reconfiguration_record import KINDS, end_users, record_of, when
from kansa.records.journal import PEOPLE
from kansa.records.kinds.access_path import ConfigurationTemporary
from kansa.records.kinds.custody import SiteCommissioned
from kansa.records.kinds.person import PersonEnrolled
from kansa.records.kinds.workload import WorkloadShifted
from kansa.registers.spans.access import approved
from kansa.registers.spans.verification import changes, verified

_CHECKS = {"custody", "path", "identity", "authorization", "security"}


def kind(world: FactContext, subject: str) -> FactValue:
    """Return what changed."""
    noted = record_of(world, subject)
    return known(KINDS[type(noted.claim)], [noted])


def hurried(world: FactContext, subject: str) -> FactValue:
    """Return whether its record says so, or it took effect before it was approved."""
    noted = record_of(world, subject)
    if isinstance(noted.claim, SiteCommissioned):
        return known(noted.claim.hurried, [noted])
    lead = lead_h(world, subject)
    return FactValue(lead.value < 0, lead.records) if isinstance(lead.value, int) else lead


def lead_h(world: FactContext, subject: str) -> FactValue:
    """Return whole hours from the path's approval to the change; negative where the change came first."""
    noted = record_of(world, subject)
    if not isinstance(noted.claim, ConfigurationTemporary):
        return unknown("not_told", [noted])
    approvals = [a for a in approved(noted.claim.path_id, world) if world.reached(a.span.start)]
    if not approvals:
        return unknown(rests=[noted])
    return known((when(noted) - approvals[0].span.start) // HOUR, [noted, approvals[0].noted])


def checks_missing(world: FactContext, subject: str) -> FactValue:
    """Return the checks that were deferred when it took effect; one that the catalogue does not name is `other`."""
    noted = record_of(world, subject)
    if not isinstance(noted.claim, SiteCommissioned):
        return unknown("not_told", [noted])
    named = (check if check in _CHECKS else "other" for check in noted.claim.deferred)
    return known(frozenset(named), [noted])


def approver_known(world: FactContext, subject: str) -> FactValue:
    """Return whether who approved it is an enrolled person, by id or by name."""
    noted = record_of(world, subject)
    claim = noted.claim
    if not isinstance(claim, ConfigurationTemporary | SiteCommissioned):
        return unknown("not_told", [noted])
    if not isinstance(claim.approver, str):
        return unknown("erased") if world.is_withheld(noted) else known(False, [noted])  # noqa: FBT003 - the value
    people = world.find(PEOPLE, PersonEnrolled)
    named = [
        each
        for each, person in people
        if claim.approver == person.person_id
        or (isinstance(person.person_names, dict) and claim.approver in person.person_names.values())
    ]
    return known(bool(named), [noted, *named])


def reason_given(world: FactContext, subject: str) -> FactValue:
    """Return whether its reason, or the cause of the shift, is on file."""
    noted = record_of(world, subject)
    claim = noted.claim
    given = claim.cause if isinstance(claim, WorkloadShifted) else getattr(claim, "reason", None)
    if not isinstance(given, str) and world.is_withheld(noted):
        return unknown("erased", [noted])
    return known(isinstance(given, str), [noted])


def verified_again(world: FactContext, subject: str) -> FactValue:
    """Return whether each end user whose workload was shifted was verified after it; unknown for other kinds."""
    noted = record_of(world, subject)
    users = end_users(world, noted)
    if not users:
        return unknown(rests=[noted])
    after = {
        user: [
            each.noted
            for each in verified(user, world)
            if each.span.start >= when(noted) and world.reached(each.span.start)
        ]
        for user in users
    }
    return known(all(after.values()), [noted, *(each for found in after.values() for each in found)])


def end_user_changed(world: FactContext, subject: str) -> FactValue:
    """Return whether an end user of it changed within a day of it."""
    noted = record_of(world, subject)
    changed = [
        each
        for user in end_users(world, noted)
        for each, claim in changes(user, world)
        if (since := world.since(claim)) is not None and abs(since - when(noted)) <= DAY
    ]
    return known(bool(changed), [noted, *changed])


def flags_before(world: FactContext, subject: str) -> FactValue:
    """Return how many flag rules were true of what it touches just before it took effect."""
    return _indicated(world, subject, lambda found: sum(found.before))


def flags_after(world: FactContext, subject: str) -> FactValue:
    """Return how many were when it had."""
    return _indicated(world, subject, lambda found: sum(found.after))


def risk_rose(world: FactContext, subject: str) -> FactValue:
    """Return whether more, or graver, were true after it than before; unknown where more could not be assessed."""
    return _indicated(world, subject, lambda found: found.risk_rose)


def _indicated(world: FactContext, subject: str, told: Callable[[Indicators], Value | None]) -> FactValue:
    noted = record_of(world, subject)
    if world.around is None:
        return unknown("not_told", [noted])
    value = told(world.around(world, subject))
    return known(value, [noted]) if value is not None else unknown("incomplete", [noted])
