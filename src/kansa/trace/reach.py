"""Find what a subject is joined to along the chain, both ways: contract, basis, device, site, path, use, end user."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from kansa.records.journal import Journal
from kansa.records.kinds.custody import DeviceIdentified, DeviceMoved
from kansa.registers.rows import Use
from kansa.registers.spans.access import Approval, approvals_of, approvals_under, approved
from kansa.registers.spans.basis import bases, drawn_on, drawn_under, draws, of_authorization, recorded
from kansa.registers.spans.custody import steps
from kansa.registers.spans.inventory import nodes_of, standings
from kansa.trace.evidence_as_of import EvidenceAsOf


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """The subjects of a chain, and the uses on it; `served` are tenants with the end users that they serve."""

    contracts: frozenset[str]
    authorizations: frozenset[str]
    devices: frozenset[str]
    sites: frozenset[str]
    paths: frozenset[str]
    served: frozenset[tuple[str, str]]
    uses: tuple[Use, ...]

    @property
    def end_users(self) -> frozenset[str]:
        """The end users of the chain."""
        return frozenset(end_user for _, end_user in self.served)


def _device(device: str, world: EvidenceAsOf) -> Reach:
    return _along(world, devices={device}, uses=_uses_of({device}, world))


def _contract(contract: str, world: EvidenceAsOf) -> Reach:
    devices = _supplied(contract, world.journal)
    return _along(world, devices=devices, uses=_uses_of(devices, world), contracts={contract})


def _authorization(authorization: str, world: EvidenceAsOf) -> Reach:
    """Return the devices drawn on a basis, the end users named on it with their paths, and the uses that it covers."""
    held = of_authorization(authorization, world.journal)
    devices = {draw.device for draw in draws(authorization, world.journal)}
    named = {party for basis in held for party in basis.claim.end_user_ids}
    covered = [
        use
        for use in world.uses
        if use.end_user_id in named
        and any(basis.covers(use.end_user_id, use.item_class, use.site_id) for basis in held)
    ]
    approvals = [each for party in sorted(named) for each in approvals_of(party, world.journal)]
    return _along(
        world,
        devices=devices,
        uses=[*covered, *_uses_of(devices, world)],
        authorizations={authorization},
        approvals=approvals,
    )


def _tenant(tenant: str, world: EvidenceAsOf) -> Reach:
    uses = [use for use in world.uses if use.tenant_id == tenant]
    return _along(world, uses=uses, approvals=approvals_under(tenant, world.journal))


def _end_user(end_user: str, world: EvidenceAsOf) -> Reach:
    """Return what an end user reached, through whichever tenant, with every basis that names it."""
    uses = [use for use in world.uses if use.end_user_id == end_user]
    named = {basis.claim.authorization_id for basis in recorded(end_user, world.journal)}
    return _along(world, uses=uses, authorizations=named, approvals=approvals_of(end_user, world.journal))


def _path(path: str, world: EvidenceAsOf) -> Reach:
    uses = [use for use in world.uses if use.path_id == path]
    return _along(world, uses=uses, paths={path}, approvals=approved(path, world.journal))


def _site(site: str, world: EvidenceAsOf) -> Reach:
    said = (noted.claim for noted in world.journal.mentioning(site))
    devices = {claim.device_id for claim in said if isinstance(claim, DeviceIdentified | DeviceMoved)}
    return _along(
        world, devices=devices, uses=[use for use in world.uses if use.site_id == site], sites={site}
    )


def _workload(workload: str, world: EvidenceAsOf) -> Reach:
    return _along(world, uses=[use for use in world.uses if use.workload_id == workload])


REACHES: Mapping[str, Callable[[str, EvidenceAsOf], Reach]] = MappingProxyType(
    {
        "device": _device,
        "tenant": _tenant,
        "end-user": _end_user,
        "contract": _contract,
        "authorization": _authorization,
        "path": _path,
        "site": _site,
        "workload": _workload,
    }
)
"""What can be traced, and how its chain is found."""


def _along(
    world: EvidenceAsOf,
    *,
    uses: Iterable[Use],
    devices: Iterable[str] = (),
    contracts: Iterable[str] = (),
    authorizations: Iterable[str] = (),
    sites: Iterable[str] = (),
    paths: Iterable[str] = (),
    approvals: Iterable[Approval] = (),
) -> Reach:
    """Return what is given with all that it is joined to: supply upward of the devices, parties downward of the uses."""
    journal = world.journal
    unique = tuple(sorted(dict.fromkeys(uses), key=lambda use: (use.start, use.workload_id, use.use_id)))
    held = {*devices, *(device for use in unique for device in world.devices_of(use))}
    given = [each.claim for each in approvals]
    moved = [each.claim for device in held for each in steps(device, journal)]
    return Reach(
        contracts=frozenset({*contracts, *(c for device in held for c in _contracts_of(device, journal))}),
        authorizations=frozenset(
            {
                *authorizations,
                *(a for device in held for a in drawn_on(device, journal)),
                *_covering(unique, world),
            }
        ),
        devices=frozenset(held),
        sites=frozenset(
            {
                *sites,
                *(claim.site_id for claim in moved),
                *(
                    s.claim.site_id
                    for d in held
                    for s in standings(d, journal)
                    if s.claim.site_id is not None
                ),
                *(use.site_id for use in unique if use.site_id is not None),
            }
        ),
        paths=frozenset(
            {*paths, *(c.path_id for c in given), *(u.path_id for u in unique if u.path_id is not None)}
        ),
        served=frozenset(
            {
                *((c.tenant_id, c.end_user_id) for c in given if c.end_user_id is not None),
                *(
                    (use.tenant_id, use.end_user_id)
                    for use in unique
                    if use.tenant_id is not None and use.end_user_id is not None
                ),
            }
        ),
        uses=unique,
    )


def _covering(uses: Iterable[Use], world: EvidenceAsOf) -> set[str]:
    """Return the bases that name the end user, the item and the site of a use and were in force during it."""
    asked = {(use.end_user_id, use.item_class, use.site_id, world.span(use)) for use in uses}
    return {
        basis.claim.authorization_id
        for end_user, item, site, span in asked
        if end_user is not None
        for basis in world.derive(bases, end_user)
        if basis.covers(end_user, item, site) and not basis.span.meet(span).is_empty
    }


def _uses_of(devices: set[str], world: EvidenceAsOf) -> list[Use]:
    """Return the uses that held any of some devices, themselves or within a node."""
    units = devices | {node for device in devices for node in nodes_of(device, world.journal)}
    return [
        use for use in world.uses if use.device_id in units and not devices.isdisjoint(world.devices_of(use))
    ]


def _supplied(contract: str, journal: Journal) -> set[str]:
    received = {n.claim.device_id for n in journal.mentioning(contract) if isinstance(n.claim, DeviceMoved)}
    return received | {draw.device for draw in drawn_under(contract, journal)}


def _contracts_of(device: str, journal: Journal) -> set[str]:
    moved = (each.claim for each in steps(device, journal))
    return {c.contract_id for c in moved if isinstance(c, DeviceMoved) and c.contract_id is not None}
