"""What stands about one subject at a time: the pieces that grounds are put together from.

Each is a pure function of the world and ids. What it says holds until something that it looked at changes, or until the
next instant at which time alone changes it; the world notes both. So a piece is made once and kept.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple

from kansa.clock import MAX_INSTANT, parse_instant
from kansa.facts import items, party, party_headquarters, path, screened, screening_current, site
from kansa.facts.answered_questions import answer
from kansa.facts.clearance import Decision, decisions, in_force, ruling, state
from kansa.facts.context import FactContext, FactValue, Value
from kansa.facts.licences import best_licence, conditions, kinds_in_force, state_of
from kansa.facts.screening_current import newest_editions
from kansa.records.journal import IndexedClaim
from kansa.records.kinds.authorization import NoticeReceived
from kansa.records.kinds.custody import SiteCommissioned
from kansa.records.kinds.flag import FlagAssigned, FlagRaised, FlagResolved
from kansa.records.kinds.party import EndUseStated, PartyDocumentFiled
from kansa.registers.spans import access, basis
from kansa.registers.spans.access import Approval
from kansa.registers.spans.basis import Basis
from kansa.registers.spans.verification import state_of as state_of_verification
from kansa.registers.spans.verification import verifications

JURISDICTIONS = frozenset({"US", "JP"})

Records = tuple[int, ...]
Piece = Callable[..., "Iterator[NamedFact]"]


class NamedFact(NamedTuple):
    """One fact with the records behind it; of `_age_s` and `_left_s` the instant that they count from."""

    name: str
    value: Value
    records: Records = ()


class Clearances(NamedTuple):
    """The decisions in force on a tenant and an end user, latest first."""

    forced: tuple[Decision, ...]

    def ruling(self, **asked: str | None) -> Decision | None:
        """Return the latest whose scope covers what is asked; if none does, the latest."""
        return ruling(self.forced, **asked) or next(iter(self.forced), None)

    def end_of(self, decision: Decision) -> int:
        """Return when a decision ends: an instant, the last there is where it does not."""
        return MAX_INSTANT if decision.end is None else decision.end


def of_party(world: FactContext, subject: str) -> Iterator[NamedFact]:
    """Yield a party as tenant or end user; the names are those behind `tenant.` and `end_user.`."""
    yield from _known("listed_on", screened.screening_listed(world, subject))
    if not screening_current.behind(world, subject):  # of a list that was not asked nobody knows the hits
        yield from _known("screening_hits_open", screened.screening_hits_open(world, subject))
    yield from _known("hq_groups", party_headquarters.hq_groups(world, subject))
    yield from _known("parent_groups", party_headquarters.parent_groups(world, subject))
    yield from _known("ownership_complete", party_headquarters.ownership_complete(world, subject))
    yield from _known("listed_owner_bp", party_headquarters.listed_owner_bp(world, subject))
    yield from _known("notices", party.notices(world, subject))
    yield from _known("risk_tier", party.risk_rated_user(world, subject))
    yield from _known("use_tier", party.risk_rated_use(world, subject))
    if (asked := screening_current.covering(world, subject)) is not None:
        noted, claim = asked
        yield NamedFact("screening_age_s", parse_instant(claim.valid_from), (noted.index,))
        yield NamedFact("lists_not_covered", frozenset(claim.not_covered), (noted.index,))


def of_notices(world: FactContext, item_class: str | None, site_id: str | None) -> Iterator[NamedFact]:
    """Yield the notices in force that name no party and reach the item, the site or its country, or everything.

    A notice about destinations reaches a site whose country is not known: it may be one of them.
    """
    country = site.country(world, site_id).value if site_id is not None else None
    found = [
        (noted, claim)
        for noted, claim in world.current(NoticeReceived.type, NoticeReceived)
        if not claim.party_ids
        and (not claim.item_classes or item_class in claim.item_classes)
        and (not claim.site_ids or site_id in claim.site_ids)
        and (not claim.destinations or (site_id is not None and country in {None, *claim.destinations}))
    ]
    kinds = frozenset[str](claim.notice for _, claim in found)
    yield NamedFact("notices", kinds, _indexes([noted for noted, _ in found]))


def of_pair(world: FactContext, tenant: str, end_user: str) -> Iterator[NamedFact]:
    """Yield a tenant and an end user together: state and changes."""
    now = state(world, tenant, end_user)
    yield NamedFact("tenant.status", now.name, now.records)
    yield NamedFact(
        "tenant.changed_since_clearance", frozenset(change.aspect for change in now.changed), now.records
    )


def of_flags(world: FactContext, *parties: str) -> Iterator[NamedFact]:
    """Yield the flags that are open on tenant, end user or anybody between them and the operator."""
    open_flags = _open_flags(world, *parties)
    for severity in ("high", "medium"):
        counted = [noted for noted, flag in open_flags if flag.severity == severity]
        yield NamedFact(f"tenant.flags_open_{severity}", len(counted), _indexes(counted))
    overdue = [noted for noted, flag in open_flags if world.reached(_due(world, flag))]
    yield NamedFact("tenant.flags_overdue", len(overdue), _indexes(overdue))


def clearances(world: FactContext, tenant: str, end_user: str) -> Clearances:
    """Return the decisions in force on them."""
    return Clearances(tuple(in_force(world, decisions(world, tenant, end_user))))


def of_end_user(world: FactContext, end_user: str) -> Iterator[NamedFact]:
    """Yield its verification, and what it says that the compute is for."""
    yield from _verification(world, end_user)
    stated = world.current(end_user, EndUseStated, end_user_id=end_user)
    if stated:
        purposes = frozenset[str](claim.purpose for _, claim in stated)
        yield NamedFact("purposes", purposes, _indexes([noted for noted, _ in stated]))
    filed = world.current(end_user, PartyDocumentFiled, party_id=end_user, document="catch_all_check")
    yield NamedFact("ship.jp_catch_all_checked", bool(filed), _indexes([noted for noted, _ in filed]))


def of_path(
    world: FactContext, path_id: str, tenant: str | None, end_user: str | None
) -> Iterator[NamedFact]:
    """Yield a path, as approved for this tenant and end user."""
    approvals = world.holding(access.approved(path_id, world))
    theirs = [a for a in approvals if (a.claim.tenant_id, a.claim.end_user_id) == (tenant, end_user)]
    yield NamedFact("path.approved", bool(theirs), _indexes([each.noted for each in theirs]))
    yield from _known("path.enabled", path.enabled(world, path_id))
    yield from _known("path.method", path.method(world, path_id))
    yield from _mediator(world, path_id, theirs)
    yield from _known("path.end_user_disclosed", path.end_user_disclosed(world, path_id))
    yield from _known("path.temporary", path.temporary(world, path_id))
    if approvals:
        whose = {(each.claim.tenant_id, each.claim.end_user_id) for each in approvals}
        records = _indexes([each.noted for each in approvals])
        yield NamedFact("path.belongs", any(t == tenant and e in {end_user, None} for t, e in whose), records)
    countries = [
        (each.noted, each.claim.permitted_countries)
        for each in theirs
        if isinstance(each.claim.permitted_countries, str)
    ]
    if countries:
        noted, listed = countries[-1]
        yield NamedFact("permitted_countries", frozenset(re.findall(r"[A-Z]{2}", listed)), (noted.index,))
    given = [each for each in access.temporary(path_id, world) if world.reached(each.span.start)]
    ended = bool(given) and not world.holding(given)
    on = path.enabled(world, path_id).value is True
    records = _indexes([each.noted for each in given])
    yield NamedFact("path.temporary_expired", ended and not on, records)
    if given:
        yield NamedFact("path.temporary_left_s", max(each.span.end or MAX_INSTANT for each in given), records)


def of_site(world: FactContext, site_id: str) -> Iterator[NamedFact]:
    """Yield a site: taken into service, in a hurry or not, and its country."""
    standing = site.state(world, site_id)
    yield NamedFact("site.accepted", standing.value == "commissioned", standing.records)
    taken = world.find(site_id, SiteCommissioned, site_id=site_id)
    hurried = bool(taken) and taken[-1][1].hurried
    yield NamedFact("site.hurried", hurried, _indexes([noted for noted, _ in taken[-1:]]))
    yield from _known("ship.destination_country", site.country(world, site_id))
    yield from _known("ship.destination_groups", site.country_groups(world, site_id))


def of_item(world: FactContext, item_class: str) -> Iterator[NamedFact]:
    """Yield an item class: whether it is an advanced computing item, and which jurisdictions control it."""
    yield NamedFact("item.class", item_class)
    yield from _known("item.controlled", items.in_scope(world, [item_class]))
    yield from _known("item.lower_level", items.at_lower_level(world, [item_class]))
    under = items.classified(world, item_class)
    records = _indexes([noted for noted, _ in under])
    yield NamedFact("item.unclassified", JURISDICTIONS - {claim.jurisdiction for _, claim in under}, records)
    applies = frozenset[str](claim.jurisdiction for _, claim in under if claim.result == "controlled")
    yield NamedFact("applies", applies, records)
    yield NamedFact("ship.jp_classified", any(claim.jurisdiction == "JP" for _, claim in under), records)


def of_basis(world: FactContext, end_user: str, item_class: str, site_id: str) -> Iterator[NamedFact]:
    """Yield the authorizations that name end user, item class and site, and what each jurisdiction that applies lacks."""
    under = items.classified(world, item_class)
    applies = {claim.jurisdiction for _, claim in under if claim.result == "controlled"}
    named = _bases(world, end_user, item_class, site_id)
    states = [(each, state_of(world, each)) for each in named]
    valid = [each for each, found in states if found.value == "valid"]
    records = tuple(sorted({r for _, found in states for r in found.records}))
    if len({claim.jurisdiction for _, claim in under}) == len(JURISDICTIONS):
        missing = applies - {each.claim.jurisdiction for each in valid}
        yield NamedFact("basis.missing", frozenset[str](missing), records)
    yield NamedFact("basis.exhausted", any(found.value == "exhausted" for _, found in states), records)
    if applies:
        ends = [each.span.end or MAX_INSTANT for each in named if each.claim.jurisdiction in applies]
        yield NamedFact("basis.left_s", min(ends, default=world.now), records)
    overdue = [n for each in valid for n in conditions(world, each.claim.authorization_id)[1]]
    yield NamedFact("basis.conditions_overdue", len(overdue), _indexes(overdue))
    yield from _us_basis(world, [each for each in valid if each.claim.jurisdiction == "US"])
    japanese = kinds_in_force(world, [each for each in valid if each.claim.jurisdiction == "JP"])
    yield from _known("basis.jp_kinds", japanese)
    for jurisdiction, name in (("US", "end_user.licence"), ("US", "ship.licence"), ("JP", "ship.jp_permit")):
        results = [claim.result for _, claim in under if claim.jurisdiction == jurisdiction]
        if results:
            found = best_licence(world, [each for each in named if each.claim.jurisdiction == jurisdiction])
            if found.value == "none" and "controlled" not in results:
                found = found._replace(value="not_needed")
            yield from _known(name, found)


def _bases(world: FactContext, end_user: str, item_class: str, site_id: str) -> list[Basis]:
    """Return the authorizations that name all three, have begun and were not replaced by an amendment."""
    return [
        each
        for each in basis.recorded(end_user, world)
        if each.covers(end_user, item_class, site_id) and world.reached(each.span.start)
        if basis.ended_by(each, world.now) != "superseded"
    ]


def _us_basis(world: FactContext, valid: list[Basis]) -> Iterator[NamedFact]:
    """Yield the kinds of US basis in force, and whether the conditions of an exception among them are on record as met."""
    yield from _known("basis.kinds", kinds_in_force(world, valid))
    met, overdue = [], []
    for each in valid:
        if each.claim.basis == "licence_exception":
            here = conditions(world, each.claim.authorization_id)
            met += here[0]
            overdue += here[1]
    in_order = bool(met) and not overdue
    yield NamedFact("basis.exception_conditions_met", in_order, _indexes([*met, *overdue]))


def of_lists(world: FactContext, *required: str) -> Iterator[NamedFact]:
    """Yield since when the newest edition of the list that is furthest behind stands, of the required ones or, if none, of all.

    A list that stands in several publications is as new as the newest of them. One that was never imported has no age:
    a screening does not cover it. An edition that does not say which lists it holds may hold any.
    """
    newest: dict[str, tuple[int, int]] = {}
    held: list[tuple[int, int]] = []
    for noted, claim in newest_editions(world).values():
        found = parse_instant(claim.valid_from), noted.index
        held += [] if claim.lists else [found]
        for named in claim.lists:
            newest[named.list] = max(found, newest.get(named.list, found))
    held += [found for name, found in newest.items() if not required or name in required]
    if held:
        records = tuple(sorted({index for _, index in held}))
        yield NamedFact("list.edition_age_s", min(since for since, _ in held), records)


def of_shift(world: FactContext, tenant: str, from_site: str, to_site: str) -> Iterator[NamedFact]:
    """Return of two sites whether the countries differ, and whether the tenant's contract lets the work leave its own."""
    here, there = site.country(world, from_site), site.country(world, to_site)
    if here.value is None or there.value is None:
        return
    records = (*here.records, *there.records)
    yield NamedFact("shift.boundary_differs", here.value != there.value, records)
    if here.value == there.value:
        yield NamedFact("shift.residency_permitted", True, records)  # noqa: FBT003 - the value itself
    else:
        yield from _known("shift.residency_permitted", answer(world, tenant, "shift.residency_permitted"))


def _known(name: str, found: FactValue) -> Iterator[NamedFact]:
    if found.value is not None:
        yield NamedFact(name, found.value, found.records)


def _indexes(noted: Iterable[IndexedClaim]) -> Records:
    return tuple(sorted({each.index for each in noted}))


def _open_flags(world: FactContext, *parties: str) -> list[tuple[IndexedClaim, FlagRaised]]:
    """Return the flags raised on any of the parties and not resolved since, as they were last raised."""
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


def _due(world: FactContext, flag: FlagRaised) -> int:
    assigned = world.find(flag.flag_id, FlagAssigned, flag_id=flag.flag_id)
    return parse_instant(assigned[-1][1].due if assigned else flag.due)


def _verification(world: FactContext, end_user: str) -> Iterator[NamedFact]:
    """Yield the state of its verification: of one that holds, else of the one that began last."""
    begun = [each for each in verifications(end_user, world) if world.reached(each.whole.start)]
    if not begun:
        yield NamedFact("end_user.verification", "none")
        return
    current = world.holding(begun)
    last = max(current or begun, key=lambda each: (each.whole.start, each.noted.index))
    rests = _indexes(last.rests)
    yield NamedFact("end_user.verification", state_of_verification(last, world.now), rests)
    end = max(each.span.end or MAX_INSTANT for each in current) if current else world.now
    yield NamedFact("end_user.verification_left_s", end, rests)


def _mediator(world: FactContext, path_id: str, theirs: Sequence[Approval]) -> Iterator[NamedFact]:
    """Yield whether a path as approved for them is mediated by a known party; as last approved, where it is not for them."""
    if not theirs:
        yield from _known("path.mediator_known", path.mediator_known(world, path_id))
        return
    held = [(each, world.holding(access.mediated(each.claim, world))) for each in theirs]
    rests = [each.noted for each in theirs] + [n for _, by in held for each in by for n in each.rests]
    yield NamedFact("path.mediator_known", any(by for _, by in held), _indexes(rests))
