"""Which entries answer a question: all of them, or those that one tenant's uses rest on.

For a tenant: its work, clearances and approvals; the verifications, changes and authorizations of its end users; the units
that its work held, with their inventory, custody and contracts; the sites and item classes; and the windows of the
sources that speak for those places; where its clearances are signed, who could sign, in which role and along which
route, without their names. Nothing about other tenants.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from kansa.records import envelope
from kansa.records.kinds import access_path, authorization, case, custody, end_user, party, person, workload
from kansa.registers.journal import Journal, MemoryJournal, Noted, corrects, is_signed, note


@dataclass(frozen=True, slots=True)
class Wanted:
    """The subjects whose evidence a tenant's dossier needs."""

    tenant: str
    end_users: frozenset[str]
    paths: frozenset[str]
    parties: frozenset[str]
    places: frozenset[str]
    devices: frozenset[str]
    supply: frozenset[str]
    bases: frozenset[str]
    items: frozenset[str]


@dataclass(frozen=True, slots=True)
class Selection:
    """Entries by index, sorted: those to show, and of them those whose sealed values may be disclosed."""

    shown: tuple[int, ...]
    disclosed: frozenset[int]


def of_tenant(tenant: str, entries: Iterable[tuple[int, bytes]]) -> Selection:
    """The entries that a dossier about a tenant holds.

    A record that one of them corrects comes along, so that the reader sees what was known when, and so does a record
    that corrects one of them, which otherwise would seem to hold; if it was about somebody else, its sealed values stay
    sealed.
    """
    claims = list(_noted(entries))
    journal = MemoryJournal()
    journal.add(claims)
    wanted = _wanted(tenant, claims, journal)
    chosen = [n for n in claims if (rule := _RULES.get(type(n.claim))) is not None and rule(n.claim, wanted)]
    disclosed = frozenset(noted.index for noted in chosen)
    correcting = _correcting(disclosed, claims)
    corrected = {index for noted in (*chosen, *correcting) for index in _corrected(noted, journal)}
    signed = any(is_signed(noted.claim) for noted in chosen)
    people = {noted.index for noted in claims if signed and isinstance(noted.claim, _PEOPLE)}
    return Selection(
        tuple(sorted({*disclosed, *corrected, *(n.index for n in correcting), *people})), disclosed
    )


def _corrected(noted: Noted, journal: Journal) -> Iterator[int]:
    for index in corrects(noted.claim):
        yield index
        if (earlier := journal.at(index)) is not None:
            yield from _corrected(earlier, journal)


def _correcting(shown: Iterable[int], claims: Iterable[Noted]) -> list[Noted]:
    """What corrects a shown record, or corrects what does."""
    reached, found = set(shown), []
    for noted in claims:
        if not reached.isdisjoint(corrects(noted.claim)):
            reached.add(noted.index)
            found.append(noted)
    return found


def _noted(entries: Iterable[tuple[int, bytes]]) -> Iterator[Noted]:
    roots: dict[int, int] = {}
    for index, entry in entries:
        noted = note(index, envelope.decode(entry), roots)
        if noted is not None:
            yield noted


def _wanted(tenant: str, claims: Iterable[Noted], journal: Journal) -> Wanted:
    own = [noted.claim for noted in claims if tenant in noted.about]
    work = [claim for claim in own if isinstance(claim, workload.WorkloadPlaced | workload.WorkloadShifted)]
    placed = [claim for claim in work if isinstance(claim, workload.WorkloadPlaced)]
    approved = [c for c in own if isinstance(c, access_path.AccessPathApproved) and c.tenant_id == tenant]
    cleared = [c for c in own if isinstance(c, case.CaseDecided) and c.tenant_id == tenant]
    units = {unit for claim in work for unit in claim.units}
    devices = {unit for unit in units if unit.startswith("dev_")}
    about_units = [noted.claim for unit in units for noted in journal.mentioning(unit)]
    devices |= {claim.device_id for claim in about_units if isinstance(claim, custody.DeviceIdentified)}
    moves = [noted.claim for device in sorted(devices) for noted in journal.mentioning(device)]
    receipts = [claim for claim in moves if isinstance(claim, custody.DeviceMoved)]
    contracts = _ids(claim.contract_id for claim in receipts)
    end_users = _ids(
        [
            *(c.end_user_id for c in placed),
            *(c.end_user_id for c in approved),
            *(c.end_user_id for c in cleared),
        ]
    )
    suppliers = {p for c in contracts for noted in journal.mentioning(c) for p in _parties(noted)}
    sites = _ids(getattr(claim, "site_id", None) for claim in (*work, *moves))
    classes = {claim.item_class for claim in moves if isinstance(claim, custody.DeviceIdentified)}
    supply = contracts | _ids(claim.authorization_id for claim in receipts)
    recorded = [noted.claim for user in end_users for noted in journal.mentioning(user)]
    return Wanted(
        tenant=tenant,
        end_users=end_users,
        paths=_ids([*(claim.path_id for claim in placed), *(claim.path_id for claim in approved)]),
        parties=end_users | {tenant} | _ids(claim.mediator_id for claim in approved) | suppliers,
        places=sites | units | devices,
        devices=frozenset(devices),
        supply=supply,
        bases=supply
        | {c.authorization_id for c in recorded if isinstance(c, authorization.AuthorizationRecorded)},
        items=_ids(claim.item_class for claim in work) | classes,
    )


def _parties(noted: Noted) -> list[str]:
    return noted.claim.party_ids if isinstance(noted.claim, custody.ContractRecorded) else []


def _ids(found: Iterable[str | None]) -> frozenset[str]:
    return frozenset(each for each in found if each is not None)


Rule = Callable[[Any, Wanted], bool]

_PEOPLE = (
    person.PersonEnrolled,
    person.KeyRotated,
    person.KeyRevoked,
    person.RoleGranted,
    person.RoleRevoked,
    case.RouteAdopted,
)


def _of_basis(claim: Any, wanted: Wanted) -> bool:
    """A basis of its end users or of its supply, and whatever ends one, even where that names them no longer."""
    return claim.authorization_id in wanted.bases or getattr(claim, "supersedes", None) in wanted.bases


def _of_change(claim: end_user.EndUserChanged, wanted: Wanted) -> bool:
    return claim.end_user_id in wanted.end_users and claim.tenant_id in {None, wanted.tenant}


_RULES: Mapping[type, Rule] = MappingProxyType(
    {
        workload.WorkloadPlaced: lambda claim, wanted: claim.tenant_id == wanted.tenant,
        workload.WorkloadShifted: lambda claim, wanted: claim.tenant_id == wanted.tenant,
        workload.WorkloadEnded: lambda claim, wanted: claim.tenant_id == wanted.tenant,
        workload.SourceReported: lambda claim, wanted: not wanted.places.isdisjoint(claim.scope),
        party.PartyRegistered: lambda claim, wanted: claim.party_id in wanted.parties,
        party.EndUseStated: lambda claim, wanted: claim.end_user_id in wanted.end_users,
        case.CaseOpened: lambda claim, wanted: claim.tenant_id == wanted.tenant,
        case.CaseProposed: lambda claim, wanted: claim.tenant_id == wanted.tenant,
        case.CaseReviewed: lambda claim, wanted: claim.tenant_id == wanted.tenant,
        case.CaseDecided: lambda claim, wanted: claim.tenant_id == wanted.tenant,
        end_user.EndUserVerified: lambda claim, wanted: claim.end_user_id in wanted.end_users,
        end_user.VerificationWithdrawn: lambda claim, wanted: claim.end_user_id in wanted.end_users,
        end_user.EndUserChanged: _of_change,
        access_path.AccessPathApproved: lambda claim, wanted: claim.tenant_id == wanted.tenant,
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
