"""What stands about one subject at a time: the pieces that grounds are put together from.

Each is a pure function of the world and ids. What it says holds until something that it looked at changes, or until the
next instant at which time alone changes it; the world notes both. So a piece is made once and kept.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from kansa.cases.state import Decision, decisions, in_force, ruling, state
from kansa.clock import MAX_INSTANT, parse_instant
from kansa.records.kinds.access_path import AccessPathApproved, ConfigurationTemporary
from kansa.records.kinds.authorization import (
    AuthorizationAmended,
    AuthorizationRecorded,
    ConditionMet,
)
from kansa.records.kinds.custody import SiteCommissioned
from kansa.records.kinds.end_user import EndUserVerified, VerificationWithdrawn
from kansa.records.kinds.flag import FlagAssigned, FlagRaised, FlagResolved
from kansa.records.kinds.party import EndUseStated, PartyDocumentFiled
from kansa.records.kinds.screening import ListImported, PartyScreened
from kansa.registers.journal import Noted
from kansa.registers.span import validity
from kansa.rules.facts import items, party, party_headquarters, path, screened, site
from kansa.rules.facts.answers import answer
from kansa.rules.facts.licences import WORST_FIRST, state_of
from kansa.rules.facts.world import Known, Value, World

JURISDICTIONS = frozenset({"US", "JP"})

Records = tuple[int, ...]
Piece = Callable[..., "Iterator[Said]"]


class Said(NamedTuple):
    """One fact with the records behind it; of `_age_s` and `_left_s` the instant that they count from."""

    name: str
    value: Value
    records: Records = ()


class Clearances(NamedTuple):
    """The decisions in force on a tenant and an end user, latest first."""

    forced: tuple[Decision, ...]

    def ruling(self, **asked: str | None) -> Decision | None:
        """The latest whose scope covers what is asked; if none does, the latest."""
        return ruling(self.forced, **asked) or next(iter(self.forced), None)

    def end_of(self, decision: Decision) -> int:
        """When a decision ends: an instant, the last there is where it does not."""
        return MAX_INSTANT if decision.end is None else decision.end


def of_party(world: World, subject: str) -> Iterator[Said]:
    """A party as tenant or end user; the names are those behind `tenant.` and `end_user.`."""
    yield from _known("listed_on", screened.screening_listed(world, subject))
    yield from _known("screening_hits_open", screened.screening_hits_open(world, subject))
    yield from _known("hq_groups", party_headquarters.hq_groups(world, subject))
    yield from _known("parent_groups", party_headquarters.parent_groups(world, subject))
    yield from _known("ownership_complete", party_headquarters.ownership_complete(world, subject))
    yield from _known("listed_owner_bp", party_headquarters.listed_owner_bp(world, subject))
    yield from _known("notices", party.notices(world, subject))
    yield from _known("risk_tier", party.risk_rated_user(world, subject))
    yield from _known("use_tier", party.risk_rated_use(world, subject))
    if found := world.find(subject, PartyScreened, party_id=subject):
        noted, claim = found[-1]
        yield Said("screening_age_s", parse_instant(claim.valid_from), (noted.index,))
        yield Said("lists_not_covered", frozenset(claim.not_covered), (noted.index,))


def of_pair(world: World, tenant: str, end_user: str) -> Iterator[Said]:
    """A tenant and an end user together: state, changes, flags."""
    now = state(world, tenant, end_user)
    yield Said("tenant.status", now.name, now.records)
    yield Said(
        "tenant.changed_since_clearance", frozenset(change.aspect for change in now.changed), now.records
    )
    open_flags = _open_flags(world, tenant, end_user)
    for severity in ("high", "medium"):
        counted = [noted for noted, flag in open_flags if flag.severity == severity]
        yield Said(f"tenant.flags_open_{severity}", len(counted), _indexes(counted))
    overdue = [noted for noted, flag in open_flags if world.reached(_due(world, flag))]
    yield Said("tenant.flags_overdue", len(overdue), _indexes(overdue))


def clearances(world: World, tenant: str, end_user: str) -> Clearances:
    """The decisions in force on them."""
    return Clearances(tuple(in_force(world, decisions(world, tenant, end_user))))


def of_end_user(world: World, end_user: str) -> Iterator[Said]:
    """Its verification, and what it says that the compute is for."""
    verified = world.find(end_user, EndUserVerified, end_user_id=end_user)
    withdrawn = world.find(end_user, VerificationWithdrawn, end_user_id=end_user)
    lasting = [(n, c) for n, c in verified if not any(w.index > n.index for w, _ in withdrawn)]
    current = [(n, c) for n, c in lasting if not world.ended(c)]
    rests = _indexes([noted for noted, _ in (*(current or verified)[-1:], *withdrawn[-1:])])
    if current:
        end = max(validity(claim).end or MAX_INSTANT for _, claim in current)
        yield Said("end_user.verification", "current", rests)
        yield Said("end_user.verification_left_s", end, rests)
    elif verified:
        yield Said("end_user.verification", "expired" if lasting else "withdrawn", rests)
        yield Said("end_user.verification_left_s", world.now, rests)
    else:
        yield Said("end_user.verification", "none")
    stated = world.current(end_user, EndUseStated, end_user_id=end_user)
    if stated:
        purposes = frozenset[str](claim.purpose for _, claim in stated)
        yield Said("purposes", purposes, _indexes([noted for noted, _ in stated]))
    filed = world.current(end_user, PartyDocumentFiled, party_id=end_user, document="catch_all_check")
    yield Said("ship.jp_catch_all_checked", bool(filed), _indexes([noted for noted, _ in filed]))


def of_path(world: World, path_id: str, tenant: str | None, end_user: str | None) -> Iterator[Said]:
    """A path, as approved for this tenant and end user."""
    approvals = world.current(path_id, AccessPathApproved, path_id=path_id)
    theirs = [(n, c) for n, c in approvals if (c.tenant_id, c.end_user_id) == (tenant, end_user)]
    yield Said("path.approved", bool(theirs), _indexes([noted for noted, _ in theirs]))
    yield from _known("path.enabled", path.enabled(world, path_id))
    yield from _known("path.method", path.method(world, path_id))
    yield from _known("path.mediator_known", path.mediator_known(world, path_id))
    yield from _known("path.end_user_disclosed", path.end_user_disclosed(world, path_id))
    yield from _known("path.temporary", path.temporary(world, path_id))
    if approvals:
        whose = {(claim.tenant_id, claim.end_user_id) for _, claim in approvals}
        records = _indexes([noted for noted, _ in approvals])
        yield Said("path.belongs", any(t == tenant and e in {end_user, None} for t, e in whose), records)
    countries = [(n, c.permitted_countries) for n, c in theirs if isinstance(c.permitted_countries, str)]
    if countries:
        noted, listed = countries[-1]
        yield Said("permitted_countries", frozenset(re.findall(r"[A-Z]{2}", listed)), (noted.index,))
    given = world.find(path_id, ConfigurationTemporary, path_id=path_id)
    ended = bool(given) and all(world.ended(claim) for _, claim in given)
    on = path.enabled(world, path_id).value is True
    records = _indexes([noted for noted, _ in given])
    yield Said("path.temporary_expired", ended and not on, records)
    if given:
        yield Said(
            "path.temporary_left_s", max(validity(claim).end or MAX_INSTANT for _, claim in given), records
        )


def of_site(world: World, site_id: str) -> Iterator[Said]:
    """A site: taken into service, in a hurry or not, and its country."""
    standing = site.state(world, site_id)
    yield Said("site.accepted", standing.value == "commissioned", standing.records)
    taken = world.find(site_id, SiteCommissioned, site_id=site_id)
    hurried = bool(taken) and taken[-1][1].hurried
    yield Said("site.hurried", hurried, _indexes([noted for noted, _ in taken[-1:]]))
    yield from _known("country", site.country(world, site_id))


def of_item(world: World, item_class: str) -> Iterator[Said]:
    """An item class: whether it is an advanced computing item, and which jurisdictions control it."""
    yield Said("item.class", item_class)
    yield from _known("item.controlled", items.in_scope(world, [item_class]))
    under = items.classified(world, item_class)
    records = _indexes([noted for noted, _ in under])
    yield Said("item.unclassified", JURISDICTIONS - {claim.jurisdiction for _, claim in under}, records)
    applies = frozenset[str](claim.jurisdiction for _, claim in under if claim.result == "controlled")
    yield Said("applies", applies, records)
    yield Said("ship.jp_classified", any(claim.jurisdiction == "JP" for _, claim in under), records)


def of_basis(world: World, end_user: str, item_class: str, site_id: str) -> Iterator[Said]:
    """The authorizations that name end user, item class and site, and what each jurisdiction that applies lacks."""
    under = items.classified(world, item_class)
    applies = {claim.jurisdiction for _, claim in under if claim.result == "controlled"}
    named = [
        (noted, claim)
        for noted, claim in world.find(end_user, AuthorizationRecorded)
        if end_user in claim.end_user_ids and item_class in claim.item_classes and site_id in claim.site_ids
        if not _replaced(world, claim)
    ]
    states = {claim.authorization_id: state_of(world, claim.authorization_id) for _, claim in named}
    valid = [(n, c) for n, c in named if states[c.authorization_id].value == "valid"]
    records = tuple(sorted({r for found in states.values() for r in found.records}))
    if len({claim.jurisdiction for _, claim in under}) == len(JURISDICTIONS):
        missing = applies - {claim.jurisdiction for _, claim in valid}
        yield Said("basis.missing", frozenset[str](missing), records)
    exhausted = any(found.value == "exhausted" for found in states.values())
    yield Said("basis.exhausted", exhausted, records)
    if applies:
        ends = [validity(claim).end or MAX_INSTANT for _, claim in named if claim.jurisdiction in applies]
        yield Said("basis.left_s", min(ends, default=world.now), records)
    overdue = [noted for _, claim in valid for noted in _overdue(world, claim.authorization_id)]
    yield Said("basis.conditions_overdue", len(overdue), _indexes(overdue))
    for jurisdiction, name in (("US", "end_user.licence"), ("US", "ship.licence"), ("JP", "ship.jp_permit")):
        if any(claim.jurisdiction == jurisdiction for _, claim in under):
            found = [states[c.authorization_id].value for _, c in named if c.jurisdiction == jurisdiction]
            yield Said(name, _licence(found, needed=jurisdiction in applies), records)


def of_lists(world: World) -> Iterator[Said]:
    """The imported editions: since when the publication that is furthest behind stands."""
    newest = {
        claim.publication: (noted, claim) for noted, claim in world.find(ListImported.type, ListImported)
    }
    if newest:
        oldest = min(parse_instant(claim.valid_from) for _, claim in newest.values())
        yield Said("list.edition_age_s", oldest, _indexes([noted for noted, _ in newest.values()]))


def of_shift(world: World, tenant: str, from_site: str, to_site: str) -> Iterator[Said]:
    """Two sites: whether the countries differ, and whether the tenant's contract lets the work leave its own."""
    here, there = site.country(world, from_site), site.country(world, to_site)
    if here.value is None or there.value is None:
        return
    records = (*here.records, *there.records)
    yield Said("shift.boundary_differs", here.value != there.value, records)
    if here.value == there.value:
        yield Said("shift.residency_permitted", True, records)  # noqa: FBT003 - the value itself
    else:
        yield from _known("shift.residency_permitted", answer(world, tenant, "shift.residency_permitted"))


def _known(name: str, found: Known) -> Iterator[Said]:
    if found.value is not None:
        yield Said(name, found.value, found.records)


def _indexes(noted: Iterable[Noted]) -> Records:
    return tuple(sorted({each.index for each in noted}))


def _open_flags(world: World, *parties: str) -> list[tuple[Noted, FlagRaised]]:
    """The flags raised on any of the parties and not resolved since, as they were last raised."""
    raised = {
        claim.flag_id: (noted, claim)
        for party_id in dict.fromkeys(parties)
        for noted, claim in world.find(party_id, FlagRaised)
        if not claim.of_flags
    }
    closed = {
        claim.flag_id: noted.index
        for party_id in dict.fromkeys(parties)
        for noted, claim in world.find(party_id, FlagResolved)
    }
    return [(noted, claim) for noted, claim in raised.values() if closed.get(claim.flag_id, -1) < noted.index]


def _due(world: World, flag: FlagRaised) -> int:
    assigned = world.find(flag.flag_id, FlagAssigned, flag_id=flag.flag_id)
    return parse_instant(assigned[-1][1].due if assigned else flag.due)


def _replaced(world: World, claim: AuthorizationRecorded) -> bool:
    amended = world.find(claim.authorization_id, AuthorizationAmended, supersedes=claim.authorization_id)
    return bool(amended)


def _overdue(world: World, authorization: str) -> list[Noted]:
    """The latest records that a condition was met, where it should have been met again by now."""
    met = world.find(authorization, ConditionMet, authorization_id=authorization)
    latest = {claim.condition: (noted, claim) for noted, claim in met}
    return [noted for noted, claim in latest.values() if world.ended(claim)]


def _licence(states: list[Value | None], *, needed: bool) -> str:
    if "valid" in states or not needed:
        return "valid" if "valid" in states else "not_needed"
    return next((each for each in reversed(WORST_FIRST) if each in states), "none")
