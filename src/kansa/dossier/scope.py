"""Which entries answer a question: all of them, or those that the uses of one tenant or end user rest on.

Every record about its subjects, of whatever kind (changes, screenings, flags, decisions, hand-overs). Beside them, for a
tenant: its work, clearances and approvals; the verifications, changes and authorizations of its end users; the units
that its work held, with their inventory, custody and contracts; the sites and item classes; and the windows of the
sources that speak for those places; where its clearances are signed, who could sign, in which role and along which
route, without their names. Nothing about other tenants; of a basis that several share, its own record of it.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from kansa.ids import kind_of
from kansa.records import envelope
from kansa.records.journal import IndexedClaim, Journal, MemoryJournal, corrects, is_signed, note
from kansa.records.kinds import (
    access_path,
    authorization,
    case,
    custody,
    end_user,
    evidence,
    party,
    person,
    workload,
)


@dataclass(frozen=True, slots=True)
class Held:
    """Whom and what the rows of segments in a dossier concern, by kind of subject; nothing where it has no rows."""

    tenants: frozenset[str] = frozenset()
    end_users: frozenset[str] = frozenset()
    paths: frozenset[str] = frozenset()
    workloads: frozenset[str] = frozenset()
    units: frozenset[str] = frozenset()
    sites: frozenset[str] = frozenset()
    items: frozenset[str] = frozenset()


NO_ROWS = Held()


@dataclass(frozen=True, slots=True)
class Wanted:
    """The subjects whose evidence a dossier about a tenant, an end user or both needs.

    `others` are the tenants and end users of whom it says nothing.
    """

    tenant: str | None
    end_user: str | None
    tenants: frozenset[str]
    end_users: frozenset[str]
    paths: frozenset[str]
    workloads: frozenset[str]
    cases: frozenset[str]
    parties: frozenset[str]
    places: frozenset[str]
    devices: frozenset[str]
    supply: frozenset[str]
    bases: frozenset[str]
    items: frozenset[str]
    others: frozenset[str]

    @property
    def subjects(self) -> frozenset[str]:
        """Whose every record belongs to the dossier, of whatever kind."""
        return self.tenants | self.end_users | self.paths | self.workloads | self.cases | self.bases

    def serves(self, claim: Any) -> bool:
        """Tell whether a claim is about the tenant and the end user that are asked for."""
        of_tenant = self.tenant is None or claim.tenant_id == self.tenant
        return of_tenant and (self.end_user is None or claim.end_user_id in {None, self.end_user})


@dataclass(frozen=True, slots=True)
class Selection:
    """Entries by index, sorted: those to show, and of them those whose sealed values may be disclosed."""

    shown: tuple[int, ...]
    disclosed: frozenset[int]


def of_scope(
    tenant: str | None, end_user: str | None, entries: Iterable[tuple[int, bytes]], held: Held | None = None
) -> Selection:
    """Return the entries that a dossier about a tenant, an end user or both holds.

    A record that one of them corrects comes along, so that the reader sees what was known when, and so does a record
    that corrects one of them, which otherwise would seem to hold; if it was about somebody else, its sealed values stay
    sealed. The log's first entry comes along as well, since it says when the log began, unless it names another tenant.
    Where uses stand in segments (`held` says whom their rows concern) the entry of every segment comes along: it names
    nobody, and the list has no hole.
    """
    claims, unknown = _read(entries)
    journal = MemoryJournal()
    journal.add(claims)
    wanted = _wanted(tenant, end_user, claims, journal, held or NO_ROWS)
    chosen = _without_needless([n for n in claims if _belongs(n, wanted)], wanted)
    disclosed = frozenset(noted.index for noted in chosen)
    correcting = _correcting(disclosed, claims)
    corrected = {index for noted in (*chosen, *correcting) for index in _corrected(noted, journal)}
    signed = any(is_signed(noted.claim) for noted in chosen)
    people = {noted.index for noted in claims if signed and isinstance(noted.claim, _PEOPLE)}
    segments = {noted.index for noted in claims if isinstance(noted.claim, evidence.EvidenceSegment)}
    strange = {index for index, named in unknown.items() if _about_own(named, named, wanted)}
    if not disclosed and held in (None, NO_ROWS):
        return Selection((), disclosed)
    first = {n.index for n in claims if n.index == 0 and wanted.others.isdisjoint(_parties_in(n))}
    first |= {index for index, named in unknown.items() if index == 0 and wanted.others.isdisjoint(named)}
    shown = {*disclosed, *corrected, *(n.index for n in correcting), *people, *strange, *first}
    if held is not None:
        shown |= segments
    return Selection(tuple(sorted(shown)), disclosed)


def of_tenant(tenant: str, entries: Iterable[tuple[int, bytes]]) -> Selection:
    """Return the entries that a dossier about a tenant holds; see `of_scope`."""
    return of_scope(tenant, None, entries)


def _belongs(noted: IndexedClaim, wanted: Wanted) -> bool:
    rule = _RULES.get(type(noted.claim))
    if rule is not None:
        return rule(noted.claim, wanted)
    return _about_own(noted.about, _parties_in(noted), wanted)


def _about_own(about: Iterable[str], parties: Iterable[str], wanted: Wanted) -> bool:
    """Tell whether a record is about one of the dossier's subjects and names nobody of whom it says nothing."""
    return not wanted.subjects.isdisjoint(about) and wanted.others.isdisjoint(parties)


def _parties_in(noted: IndexedClaim) -> set[str]:
    """Return every party that a claim names in an open field."""
    values = (getattr(noted.claim, name) for name in noted.claim.__struct_fields__)
    texts = (each for value in values for each in (value if isinstance(value, list) else [value]))
    return {text for text in (*texts, *noted.about) if isinstance(text, str) and kind_of(text) == "party"}


def _without_needless(chosen: list[IndexedClaim], wanted: Wanted) -> list[IndexedClaim]:
    """Without records of a shared basis that name only others: each end user of one has a record of its own.

    What ends a basis stays, even where it names them no longer, unless a record of the same moment names them as well.
    """
    own = {_ending(n) for n in chosen if isinstance(n.claim, _BASIS) and _names_own(n.claim, wanted)}
    return [
        n
        for n in chosen
        if not isinstance(n.claim, _BASIS)
        or _names_own(n.claim, wanted)
        or wanted.others.isdisjoint(n.claim.end_user_ids)
        or (_ends_own(n.claim, wanted) and _ending(n) not in own)
    ]


def _names_own(claim: Any, wanted: Wanted) -> bool:
    return not wanted.end_users.isdisjoint(claim.end_user_ids)


def _ends_own(claim: Any, wanted: Wanted) -> bool:
    if isinstance(claim, authorization.AuthorizationAmended):
        return claim.supersedes in wanted.bases
    return isinstance(claim, authorization.AuthorizationRevoked)


def _ending(noted: IndexedClaim) -> tuple[str, str, str]:
    claim: Any = noted.claim
    return claim.type, claim.authorization_id, claim.valid_from


def _corrected(noted: IndexedClaim, journal: Journal) -> Iterator[int]:
    for index in corrects(noted.claim):
        yield index
        if (earlier := journal.at(index)) is not None:
            yield from _corrected(earlier, journal)


def _correcting(shown: Iterable[int], claims: Iterable[IndexedClaim]) -> list[IndexedClaim]:
    """Return what corrects a shown record, or corrects what does."""
    reached, found = set(shown), []
    for noted in claims:
        if not reached.isdisjoint(corrects(noted.claim)):
            reached.add(noted.index)
            found.append(noted)
    return found


def _read(entries: Iterable[tuple[int, bytes]]) -> tuple[list[IndexedClaim], dict[int, tuple[str, ...]]]:
    """Return the claims, and whom the records are about that say nothing to us, by index."""
    roots: dict[int, int] = {}
    claims: list[IndexedClaim] = []
    unknown: dict[int, tuple[str, ...]] = {}
    for index, entry in entries:
        record = envelope.decode(entry)
        noted = note(index, record, roots)
        if noted is not None:
            claims.append(noted)
        else:
            unknown[index] = record.about
    return claims, unknown


def _wanted(
    tenant: str | None, user: str | None, claims: Iterable[IndexedClaim], journal: Journal, held: Held
) -> Wanted:
    scope = {tenant, user} - {None}
    own = [noted.claim for noted in claims if not scope.isdisjoint(noted.about)]

    def told(*kinds: type[Any]) -> list[Any]:
        return [
            claim
            for claim in own
            if isinstance(claim, kinds)
            and (tenant is None or claim.tenant_id == tenant)
            and (user is None or claim.end_user_id in {None, user})
        ]

    placed = told(workload.WorkloadPlaced)
    workloads = {claim.workload_id for claim in placed} | held.workloads
    shifted = [n.claim for w in sorted(workloads) for n in journal.mentioning(w)]
    work = [*placed, *(claim for claim in shifted if isinstance(claim, workload.WorkloadShifted))]
    approved = told(access_path.AccessPathApproved)
    cases = told(case.CaseOpened, case.CaseProposed, case.CaseReviewed, case.CaseDecided)
    units = {unit for claim in work for unit in claim.units} | held.units
    devices = {unit for unit in units if unit.startswith("dev_")}
    about_units = [noted.claim for unit in units for noted in journal.mentioning(unit)]
    devices |= {claim.device_id for claim in about_units if isinstance(claim, custody.DeviceIdentified)}
    moves = [noted.claim for device in sorted(devices) for noted in journal.mentioning(device)]
    receipts = [claim for claim in moves if isinstance(claim, custody.DeviceMoved)]
    contracts = _ids(claim.contract_id for claim in receipts)
    served = [*placed, *approved, *cases]
    end_users = _ids([user]) if user else _ids(claim.end_user_id for claim in served) | held.end_users
    tenants = _ids([tenant]) if tenant else _ids(claim.tenant_id for claim in served) | held.tenants
    suppliers = {p for c in contracts for noted in journal.mentioning(c) for p in _parties(noted)}
    sites = _ids(getattr(claim, "site_id", None) for claim in (*work, *moves)) | held.sites
    classes = {claim.item_class for claim in moves if isinstance(claim, custody.DeviceIdentified)}
    supply = contracts | _ids(claim.authorization_id for claim in receipts)
    recorded = [noted.claim for user in end_users for noted in journal.mentioning(user)]
    behind = _behind(tenants | end_users, tenants, journal)
    mediators = _ids(claim.mediator_id for claim in approved)
    parties = end_users | tenants | mediators | suppliers | behind
    return Wanted(
        tenant=tenant,
        end_user=user,
        tenants=tenants,
        end_users=end_users,
        paths=_ids([*(claim.path_id for claim in placed), *(claim.path_id for claim in approved)])
        | held.paths,
        workloads=frozenset(workloads),
        cases=_ids(getattr(claim, "case_id", None) for claim in cases),
        parties=parties,
        places=sites | units | devices,
        devices=frozenset(devices),
        supply=supply,
        bases=supply
        | {c.authorization_id for c in recorded if isinstance(c, authorization.AuthorizationRecorded)},
        items=_ids(claim.item_class for claim in work) | classes | held.items,
        others=_served(claims) - parties,
    )


def _behind(parties: frozenset[str], tenants: frozenset[str], journal: Journal) -> frozenset[str]:
    """Return the owners and ultimate parents of parties, theirs included, and whom a change of them brought in."""
    found: set[str] = set()
    waiting = sorted(parties)
    while waiting:
        each = waiting.pop()
        claims = [noted.claim for noted in journal.mentioning(each)]
        own = [claim for claim in claims if getattr(claim, "party_id", None) == each]
        changed = [
            claim
            for claim in claims
            if isinstance(claim, end_user.EndUserChanged)
            and claim.end_user_id == each
            and claim.tenant_id in {None, *tenants}
        ]
        named = _ids(
            getattr(claim, name, None)
            for claim in (*own, *changed)
            for name in ("owner_id", "ultimate_parent_id", "other_id")
        )
        waiting += sorted(named - found)
        found |= named
    return frozenset(found)


def _served(claims: Iterable[IndexedClaim]) -> frozenset[str]:
    """Everybody whom the operator serves: tenants and end users by any record."""
    named = (
        value
        for noted in claims
        for name in ("tenant_id", "end_user_id", "end_user_ids")
        for value in _each(getattr(noted.claim, name, None))
    )
    tenants = (
        noted.claim.party_id
        for noted in claims
        if isinstance(noted.claim, party.PartyRegistered) and "tenant" in noted.claim.roles
    )
    return frozenset((*named, *tenants))


def _each(value: Any) -> list[str]:
    return value if isinstance(value, list) else [value] if isinstance(value, str) else []


def _parties(noted: IndexedClaim) -> list[str]:
    return noted.claim.party_ids if isinstance(noted.claim, custody.ContractRecorded) else []


def _ids(found: Iterable[str | None]) -> frozenset[str]:
    return frozenset(each for each in found if each is not None)


Rule = Callable[[Any, Wanted], bool]

_BASIS = (authorization.AuthorizationRecorded, authorization.AuthorizationRevoked)
_PEOPLE = (
    person.PersonEnrolled,
    person.KeyRotated,
    person.KeyRevoked,
    person.RoleGranted,
    person.RoleRevoked,
    case.RouteAdopted,
)


def _of_basis(claim: Any, wanted: Wanted) -> bool:
    """Return a basis of its end users or of its supply, and whatever ends one, even where that names them no longer."""
    return claim.authorization_id in wanted.bases or getattr(claim, "supersedes", None) in wanted.bases


def _of_change(claim: end_user.EndUserChanged, wanted: Wanted) -> bool:
    return claim.end_user_id in wanted.end_users and claim.tenant_id in {None, *wanted.tenants}


def _of_work(claim: Any, wanted: Wanted) -> bool:
    if claim.workload_id in wanted.workloads:
        return True
    return wanted.end_user is None and claim.tenant_id == wanted.tenant


def _served_here(claim: Any, wanted: Wanted) -> bool:
    return wanted.serves(claim)


_RULES: Mapping[type, Rule] = MappingProxyType(
    {
        workload.WorkloadPlaced: _of_work,
        workload.WorkloadShifted: _of_work,
        workload.WorkloadEnded: _of_work,
        workload.SourceReported: lambda claim, wanted: not wanted.places.isdisjoint(claim.scope),
        party.PartyRegistered: lambda claim, wanted: claim.party_id in wanted.parties,
        party.EndUseStated: lambda claim, wanted: claim.end_user_id in wanted.end_users,
        case.CaseOpened: _served_here,
        case.CaseProposed: _served_here,
        case.CaseReviewed: _served_here,
        case.CaseDecided: _served_here,
        end_user.EndUserVerified: lambda claim, wanted: claim.end_user_id in wanted.end_users,
        end_user.VerificationWithdrawn: lambda claim, wanted: claim.end_user_id in wanted.end_users,
        end_user.EndUserChanged: _of_change,
        access_path.AccessPathApproved: _served_here,
        access_path.AccessPathEnabled: lambda claim, wanted: claim.path_id in wanted.paths,
        access_path.AccessPathDisabled: lambda claim, wanted: claim.path_id in wanted.paths,
        access_path.ConfigurationTemporary: lambda claim, wanted: claim.path_id in wanted.paths,
        custody.SiteRegistered: lambda claim, wanted: claim.site_id in wanted.places,
        custody.ContractRecorded: lambda claim, wanted: claim.contract_id in wanted.supply,
        custody.ItemClassified: lambda claim, wanted: claim.item_class in wanted.items,
        custody.DeviceIdentified: lambda claim, wanted: claim.device_id in wanted.devices,
        custody.DeviceMoved: lambda claim, wanted: claim.device_id in wanted.devices,
        custody.DeviceObserved: lambda claim, wanted: claim.device_id in wanted.devices,
        authorization.AuthorizationRecorded: _of_basis,
        authorization.AuthorizationAmended: _of_basis,
        authorization.AuthorizationRevoked: _of_basis,
    }
)
