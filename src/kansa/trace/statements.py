"""Say what the evidence says of each link of a chain; one function a link, each in the words of its records."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping

from msgspec import UNSET, UnsetType

from kansa.clock import parse_instant
from kansa.intervals import covered
from kansa.records.journal import IndexedClaim
from kansa.records.kinds.authorization import ConditionMet
from kansa.records.kinds.custody import ContractRecorded, DeviceMoved
from kansa.records.kinds.handover import ShiftHandedOver, ShiftUnpermitted
from kansa.records.kinds.operation import ResponsibilityAllocated
from kansa.records.kinds.signed import Signed
from kansa.records.validity import validity
from kansa.registers.rows import Use
from kansa.registers.spans import access, basis, clearance, custody, inventory, verification
from kansa.registers.tables.line import weakest
from kansa.trace.evidence_as_of import EvidenceAsOf
from kansa.trace.reach import Reach
from kansa.trace.statement import Stage, Statement, Value, entries_of


def contracts(reach: Reach, world: EvidenceAsOf) -> Iterator[Statement]:
    """Yield who has signed each contract, and who answers for what under it."""
    for contract in sorted(reach.contracts):
        for noted in world.journal.mentioning(contract):
            claim = noted.claim
            if isinstance(claim, ContractRecorded) and claim.contract_id == contract:
                values = {"parties": sorted(claim.party_ids), "number": _kept(claim.number)}
                yield _stretch("contract", "contract.recorded", noted, {"contract": contract}, values)
            elif isinstance(claim, ResponsibilityAllocated) and claim.contract_id == contract:
                subjects = {"contract": contract, "party": claim.party_id}
                yield _stretch("contract", "responsibility.allocated", noted, subjects, {"duty": claim.duty})


def authorizations(reach: Reach, world: EvidenceAsOf) -> Iterator[Statement]:
    """Yield each basis while it is in force, the conditions met, and the draws of the chain's devices."""
    for authorization in sorted(reach.authorizations):
        for held in basis.of_authorization(authorization, world.journal):
            yield basis_of(held, world.at)
        for noted, met in world.journal.of_kind(authorization, ConditionMet):
            yield _stretch(
                "authorization",
                "condition.met",
                noted,
                {"authorization": authorization},
                {"condition": met.condition, "met_by": _kept(met.met_by)},
            )
        drawn = [d for d in basis.draws(authorization, world.journal) if d.device in reach.devices]
        for draw in drawn:
            if not isinstance(draw.noted.claim, DeviceMoved):  # a receipt says so itself
                subjects = {"authorization": authorization, "device": draw.device}
                yield _event("authorization", "authorization.drawn", draw.noted, subjects)


def devices(reach: Reach, world: EvidenceAsOf) -> Iterator[Statement]:
    """Yield receipts, steps, sightings, stretches of custody and places in the inventory of each device."""
    for device in sorted(reach.devices):
        for moved in custody.steps(device, world.journal):
            yield _moved(device, moved)
        for held in custody.device_stretches(device, world.journal):
            yield Statement(
                stage="custody",
                what="custody.held",
                start=held.span.start,
                end=held.span.end,
                lasting=True,
                subjects={"device": device, "site": held.site},
                known_by=weakest(noted.claim for noted in held.rests),
                entries=entries_of(held.rests),
            )
        for standing in inventory.standings(device, world.journal):
            yield _standing(device, standing)


def parties(reach: Reach, world: EvidenceAsOf) -> Iterator[Statement]:
    """Yield each verification of the end users, and each decision on a tenant and an end user."""
    for end_user in sorted(reach.end_users):
        for each in verification.verifications(end_user, world.journal):
            yield verified(end_user, each, world.at)
        tenants = {tenant for tenant, served in reach.served if served == end_user}
        for decision in clearance.decisions(end_user, world.journal):
            if decision.claim.tenant_id in tenants:
                yield decided(decision)


def paths(reach: Reach, world: EvidenceAsOf) -> Iterator[Statement]:
    """Yield the approvals of each path and the stretches in which it was on."""
    for path in sorted(reach.paths):
        for approval in access.approved(path, world.journal):
            yield approved(approval)
        for held in access.enabled(path, world.journal):
            yield enabled(path, held)


def uses(reach: Reach, world: EvidenceAsOf) -> Iterator[Statement]:
    """Yield the uses, those of one workload at one place and time together, with what is missing of each fact."""
    for group in together(reach.uses).values():
        yield use_of(group, world)


def handovers(reach: Reach, world: EvidenceAsOf) -> Iterator[Statement]:
    """Yield what followed permitted shifts of the tenants' end users, and moves without a permit of the chain's workloads."""
    workloads = {use.workload_id for use in reach.uses}
    for tenant in sorted({tenant for tenant, _ in reach.served}):
        for noted in world.journal.mentioning(tenant):
            claim = noted.claim
            if isinstance(claim, ShiftUnpermitted) and claim.workload_id in workloads:
                subjects = _named(workload=claim.workload_id, origin=claim.from_site_id, site=claim.site_id)
                yield _event("handover", "shift.unpermitted", noted, subjects)
            elif isinstance(claim, ShiftHandedOver) and (tenant, claim.end_user_id) in reach.served:
                subjects = _named(
                    tenant=tenant, end_user=claim.end_user_id, origin=claim.from_site_id, site=claim.site_id
                )
                values: dict[str, Value] = {"recorded": claim.recorded, "decision": claim.decision.index}
                yield _event("handover", "shift.handed_over", noted, subjects, values)


LINKS: tuple[Callable[[Reach, EvidenceAsOf], Iterator[Statement]], ...] = (
    contracts,
    authorizations,
    devices,
    parties,
    paths,
    uses,
    handovers,
)


def all_of(reach: Reach, world: EvidenceAsOf) -> Iterator[Statement]:
    """Yield what is said of every link up to the instant; what had not begun by then is left out."""
    return (said for link in LINKS for said in link(reach, world) if said.start <= world.at)


def verified(end_user: str, each: verification.Verification, now: int) -> Statement:
    """Return what a verification says, and what it is at an instant."""
    claim = each.noted.claim
    state = "not_begun" if each.whole.start > now else verification.state_of(each, now)
    return Statement(
        stage="identity",
        what="end_user.verified",
        start=each.whole.start,
        end=each.span.end,
        lasting=True,
        subjects={"end_user": end_user},
        values={"state": state, "method": _sealed(claim, "method"), "verifier": _sealed(claim, "verifier")},
        known_by=claim.known_by,
        entries=entries_of(each.rests),
    )


def decided(decision: clearance.Decision) -> Statement:
    """Return what people decided on a tenant and an end user, who they are, and whether it counts."""
    claim, (ground, rests) = decision.claim, decision.standing
    signers = [
        n.claim.signer_id for n in rests if isinstance(n.claim, Signed) and n.claim.signer_id is not None
    ]
    whole = validity(claim)
    ends = [span.end for span in decision.spans]
    return Statement(
        stage="identity",
        what="case.decided",
        start=whole.start,
        end=whole.end if not ends or None in ends else max(end for end in ends if end is not None),
        lasting=True,
        subjects={"tenant": claim.tenant_id, "end_user": claim.end_user_id},
        values={
            "decision": claim.decision,
            "ground": ground,
            "case": claim.case_id,
            "signed_by": list(dict.fromkeys(signers)) or None,
            "decided_by": _kept(claim.decided_by),
            **{
                name: sorted(limit)
                for name, limit in zip(
                    ("item_classes", "sites", "paths"), clearance.scope(claim), strict=True
                )
                if limit is not None
            },
            "ended_by_change": len(decision.changes) or None,
        },
        known_by=claim.known_by,
        entries=entries_of((*rests, *decision.changes)),
    )


def approved(approval: access.Approval) -> Statement:
    """Return what an approval of a path says: for whom, by which method, through whom, from where."""
    claim = approval.claim
    return Statement(
        stage="access",
        what="access_path.approved",
        start=approval.span.start,
        end=approval.span.end,
        lasting=True,
        subjects=_named(
            path=claim.path_id, tenant=claim.tenant_id, end_user=claim.end_user_id, mediator=claim.mediator_id
        ),
        values={
            "method": claim.method,
            "endpoint": _kept(claim.endpoint),
            "permitted_countries": _kept(claim.permitted_countries),
            "approved_by": _kept(claim.approved_by),
        },
        known_by=claim.known_by,
        entries=(approval.noted.index,),
    )


def enabled(path: str, held: access.Held) -> Statement:
    """Return that a path was on; a temporary configuration says its reason and who approved it."""
    first = held.rests[0].claim
    return Statement(
        stage="access",
        what=first.type.removeprefix("kansa.").removesuffix(".v0"),
        start=held.span.start,
        end=held.span.end,
        lasting=True,
        subjects={"path": path},
        values={"reason": _sealed(first, "reason"), "approver": _sealed(first, "approver")},
        known_by=weakest(noted.claim for noted in held.rests),
        entries=entries_of(held.rests),
    )


def together(found: Iterable[Use]) -> Mapping[tuple[object, ...], list[Use]]:
    """Return uses that differ in their unit only, under what they share."""
    groups: dict[tuple[object, ...], list[Use]] = {}
    for use in found:
        shared = (
            use.start,
            use.end or 0,
            use.workload_id,
            use.tenant_id,
            use.end_user_id,
            use.path_id,
            use.site_id,
            use.item_class,
        )
        groups.setdefault(shared, []).append(use)
    return groups


def use_of(group: list[Use], world: EvidenceAsOf) -> Statement:
    """Return that a workload held units, and for how long evidence of each fact is missing (unit-microseconds)."""
    first = group[0]
    missing: Counter[str] = Counter()
    for use in group:
        for fact, spans in world.gaps(use).items():
            missing[fact] += covered(spans) * use.weight
    return Statement(
        stage="use",
        what="use.held",
        start=first.start,
        end=first.end,
        lasting=True,
        subjects=_named(
            workload=first.workload_id,
            tenant=first.tenant_id,
            end_user=first.end_user_id,
            path=first.path_id,
            site=first.site_id,
        ),
        values={
            "units": sorted(use.device_id for use in group),
            "accelerators": sum(use.weight for use in group),
            "item_class": first.item_class,
            "missing_us": {fact: time for fact, time in missing.items() if time} or None,
        },
        known_by=_weakest_of(group),
        entries=tuple(sorted({index for use in group for index in use.evidence})),
    )


def basis_of(held: basis.Basis, now: int) -> Statement:
    """Return what a basis says: which kind under whose law, for whom, what and where, and what ended it by an instant."""
    claim = held.claim
    return Statement(
        stage="authorization",
        what="authorization.recorded",
        start=held.span.start,
        end=held.span.end,
        lasting=True,
        subjects={"authorization": claim.authorization_id},
        values={
            "basis": claim.basis,
            "jurisdiction": claim.jurisdiction,
            "end_users": sorted(claim.end_user_ids),
            "item_classes": sorted(claim.item_classes),
            "sites": sorted(claim.site_ids),
            "quantity": claim.quantity,
            "number": _kept(claim.number),
            "determined_by": _kept(claim.determined_by),
            "ended": basis.ended_by(held, now),
        },
        known_by=weakest(noted.claim for noted in held.rests),
        entries=entries_of(held.rests),
    )


def _moved(device: str, moved: custody.Moved) -> Statement:
    claim = moved.claim
    subjects: dict[str, str] = {"device": device, "site": claim.site_id}
    if not isinstance(claim, DeviceMoved):
        return _event("custody", "device.observed", moved.noted, subjects, {"means": _kept(claim.means)})
    subjects |= _named(contract=claim.contract_id, authorization=claim.authorization_id)
    values = {"contract_line": claim.contract_line, "document": _kept(claim.document)}
    stage: Stage = "supply" if claim.step == "receiving" else "custody"
    return _event(stage, f"device.{claim.step}", moved.noted, subjects, values)


def _standing(device: str, standing: inventory.Standing) -> Statement:
    claim = standing.claim
    return Statement(
        stage="inventory",
        what="device.identified",
        start=standing.span.start,
        end=standing.span.end,
        lasting=True,
        subjects=_named(device=device, node=claim.node_id, site=claim.site_id),
        values={
            "item_class": claim.item_class,
            **{
                name: _sealed(claim, name)
                for name in ("board_serial", "gpu_uuid", "attestation_id", "asset_tag")
            },
        },
        known_by=claim.known_by,
        entries=(standing.noted.index,),
    )


def _stretch(
    stage: Stage, what: str, noted: IndexedClaim, subjects: Mapping[str, str], values: Mapping[str, Value]
) -> Statement:
    start, end = validity(noted.claim)
    return Statement(
        stage=stage,
        what=what,
        start=start,
        end=end,
        lasting=True,
        subjects=subjects,
        values=values,
        known_by=noted.claim.known_by,
        entries=(noted.index,),
    )


def _event(
    stage: Stage,
    what: str,
    noted: IndexedClaim,
    subjects: Mapping[str, str],
    values: Mapping[str, Value] | None = None,
) -> Statement:
    return Statement(
        stage=stage,
        what=what,
        start=parse_instant(noted.claim.valid_from),
        subjects=subjects,
        values=values or {},
        known_by=noted.claim.known_by,
        entries=(noted.index,),
    )


def _named(**subjects: str | None) -> dict[str, str]:
    return {role: id_ for role, id_ in subjects.items() if id_ is not None}


def _kept(value: str | UnsetType) -> str | None:
    """Return a sealed value, None where it is withheld or erased or was not given."""
    return None if value is UNSET or isinstance(value, UnsetType) else value


def _sealed(claim: object, field: str) -> str | None:
    return _kept(getattr(claim, field, UNSET))


def _weakest_of(group: Iterable[Use]) -> str:
    order = ("inferred", "declared", "documented", "measured", "attested")
    return min((use.known_by for use in group), key=order.index)
