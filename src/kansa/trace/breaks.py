"""Look for what is missing between two links of a chain; each check says of how many, and where.

Authorized but never enabled; enabled but never authorized or approved; shipped, never received; received beyond what the
basis allows; received, never installed; installed or used, never received; sighted elsewhere; used without evidence of a
fact; used by nobody known; moved without a permit.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator

from kansa.intervals import Interval, covered
from kansa.records.kinds.custody import DeviceMoved, DeviceObserved
from kansa.records.kinds.handover import ShiftHandedOver, ShiftUnpermitted
from kansa.registers.rows import Use
from kansa.registers.spans import access, basis, custody, evidenced, inventory
from kansa.trace.evidence_as_of import EvidenceAsOf
from kansa.trace.reach import Reach
from kansa.trace.statement import Break, Check, entries_of
from kansa.trace.statements import together

Looked = tuple[int, list[Break]]
"""How many were looked at, and what was found missing."""


def received(reach: Reach, world: EvidenceAsOf) -> Looked:
    """Look for devices without a receipt that names contract, contract line and the basis of supply."""
    found = []
    for device in sorted(reach.devices):
        receipts = [each for each in _steps(device, world) if _is(each, "receiving")]
        if any(custody.begins_chain(each.noted) for each in receipts):
            continue
        subjects = {"device": device}
        if not receipts:
            found.append(Break(subjects=subjects, values={"reason": "never_received"}))
            continue
        last = receipts[-1]
        names = ("contract_id", "contract_line", "authorization_id")
        lacking = [name for name in names if getattr(last.claim, name, None) is None]
        values = {"reason": "receipt_incomplete", "lacking": lacking}
        found.append(Break(subjects=subjects, start=last.at, values=values, entries=(last.noted.index,)))
    return len(reach.devices), found


def arrived(reach: Reach, world: EvidenceAsOf) -> Looked:
    """Look for shipments and draws that no receipt followed."""
    count, found = 0, []
    for device in sorted(reach.devices):
        steps = _steps(device, world)
        arrivals = [each.at for each in steps if _is(each, "receiving")]
        for sent in (each for each in steps if _is(each, "shipping")):
            count += 1
            if not any(at >= sent.at for at in arrivals):
                subjects = {"device": device, "site": sent.claim.site_id}
                found.append(Break(subjects=subjects, start=sent.at, entries=(sent.noted.index,)))
        for authorization in basis.drawn_on(device, world.journal):
            draws = [
                d
                for d in basis.draws(authorization, world.journal)
                if d.device == device and d.at <= world.at
            ]
            for draw in draws:
                if not isinstance(draw.noted.claim, DeviceMoved):
                    count += 1
                    if not arrivals:
                        subjects = {"device": device, "authorization": authorization}
                        found.append(Break(subjects=subjects, start=draw.at, entries=(draw.noted.index,)))
    return count, found


def installed(reach: Reach, world: EvidenceAsOf) -> Looked:
    """Look for devices that were received, and neither installed nor sent on since."""
    count, found = 0, []
    for device in sorted(reach.devices):
        steps = _steps(device, world)
        receipts = [each for each in steps if _is(each, "receiving")]
        if not receipts:
            continue
        count += 1
        last = receipts[-1]
        done = any(
            _is(each, "installing", "shipping", "decommissioning") and each.at >= last.at for each in steps
        )
        stands = any(
            s.claim.node_id is not None and not s.span.meet(Interval(last.at, world.at + 1)).is_empty
            for s in inventory.standings(device, world.journal)
        )
        if not done and not stands:
            subjects = {"device": device, "site": last.claim.site_id}
            found.append(Break(subjects=subjects, start=last.at, entries=(last.noted.index,)))
    return count, found


def within_quantity(reach: Reach, world: EvidenceAsOf) -> Looked:
    """Look for devices drawn on a basis beyond its quantity; of the bases that state one."""
    count, found = 0, []
    for authorization in sorted(reach.authorizations):
        limits = [h.claim.quantity for h in basis.of_authorization(authorization, world.journal)]
        if all(limit is None for limit in limits):
            continue
        count += 1
        for device, (held, draw) in sorted(basis.overdraws(authorization, world.journal).items()):
            if draw.at <= world.at:
                found.append(
                    Break(
                        subjects={"authorization": authorization, "device": device},
                        start=draw.at,
                        values={"quantity": held.claim.quantity},
                        entries=entries_of((draw.noted, held.noted)),
                    )
                )
    return count, found


def sighted(reach: Reach, world: EvidenceAsOf) -> Looked:
    """Look for sightings of a device elsewhere than its chain of custody had it."""
    count, found = 0, []
    for device in sorted(reach.devices):
        held = custody.device_stretches(device, world.journal)
        for seen in (each for each in _steps(device, world) if isinstance(each.claim, DeviceObserved)):
            count += 1
            before = next(
                (
                    h
                    for h in held
                    if (h.span.start < seen.at and h.span.end in (None, seen.at)) or h.span.covers(seen.at)
                ),
                None,
            )
            if before is not None and before.site != seen.claim.site_id:
                subjects = {"device": device, "site": seen.claim.site_id, "custody": before.site}
                found.append(
                    Break(subjects=subjects, start=seen.at, entries=entries_of((*before.rests, seen.noted)))
                )
    return count, found


def enabled(reach: Reach, world: EvidenceAsOf) -> Looked:
    """Look for bases under which no path of the end user was ever open: authorized, but never enabled."""
    count, found = 0, []
    for end_user in sorted(reach.end_users):
        opened = [
            each.span
            for path in sorted({a.claim.path_id for a in access.approvals_of(end_user, world.journal)})
            for each in world.derive(evidenced.opened, path)
            if each.claim.end_user_id == end_user
        ]
        for held in world.derive(basis.bases, end_user):
            if held.span.start > world.at or held.claim.authorization_id not in reach.authorizations:
                continue
            count += 1
            until = held.span.meet(Interval(held.span.start, world.at + 1))
            if all(until.meet(span).is_empty for span in opened):
                subjects = {"authorization": held.claim.authorization_id, "end_user": end_user}
                found.append(
                    Break(
                        subjects=subjects,
                        start=held.span.start,
                        end=held.span.end,
                        entries=(held.noted.index,),
                    )
                )
    return count, found


def authorized(reach: Reach, world: EvidenceAsOf) -> Looked:
    """Look for stretches in which a path was open for an end user without any basis: enabled, but never authorized."""
    count, found = 0, []
    for path in sorted(reach.paths):
        for opened in world.derive(evidenced.opened, path):
            end_user = opened.claim.end_user_id
            if (
                end_user is None
                or (opened.claim.tenant_id, end_user) not in reach.served
                or opened.span.start >= world.at
            ):
                continue
            count += 1
            whole = opened.span.meet(Interval(opened.span.start, world.at))
            bases = [each.span for each in world.derive(evidenced.authorized, end_user)]
            for span in whole.minus(bases):
                subjects = {"path": path, "tenant": opened.claim.tenant_id, "end_user": end_user}
                found.append(
                    Break(subjects=subjects, start=span.start, end=span.end, entries=entries_of(opened.rests))
                )
    return count, found


def approved(reach: Reach, world: EvidenceAsOf) -> Looked:
    """Look for stretches in which a path was on and approved for nobody."""
    count, found = 0, list[Break]()
    for path in sorted(reach.paths):
        approvals = [a.span for a in access.approved(path, world.journal) if a.claim.end_user_id is not None]
        for held in access.enabled(path, world.journal):
            if held.span.start >= world.at:
                continue
            count += 1
            whole = held.span.meet(Interval(held.span.start, world.at))
            rests = entries_of(held.rests)
            found += [
                Break(subjects={"path": path}, start=span.start, end=span.end, entries=rests)
                for span in whole.minus(approvals)
            ]
    return count, found


def known(reach: Reach, _world: EvidenceAsOf) -> Looked:
    """Look for uses of which tenant, end user or path is not known."""
    found = []
    for group in together(reach.uses).values():
        use = group[0]
        lacking = [name for name in ("tenant", "end_user", "path") if getattr(use, f"{name}_id") is None]
        if lacking:
            found.append(_of_uses(group, use.start, use.end, {"lacking": lacking}))
    return len(reach.uses), found


def permitted(reach: Reach, world: EvidenceAsOf) -> Looked:
    """Look for moves without a permit of the gate, or with too few hand-overs; of those that were compared with it."""
    count, found = 0, []
    workloads = {use.workload_id for use in reach.uses}
    for tenant in sorted({tenant for tenant, _ in reach.served}):
        for noted, told in world.journal.of_kind(tenant, ShiftUnpermitted):
            if told.workload_id in workloads:
                count += 1
                subjects = {"workload": told.workload_id, "origin": told.from_site_id, "site": told.site_id}
                found.append(Break(subjects=subjects, values={"reason": "no_permit"}, entries=(noted.index,)))
        for noted, handed in world.journal.of_kind(tenant, ShiftHandedOver):
            if (tenant, handed.end_user_id) in reach.served:
                count += 1
                lacking = sorted({"origin", "target"} - set(handed.recorded))
                if lacking:
                    subjects = {"tenant": tenant, "site": handed.site_id}
                    values = {"reason": "not_handed_over", "lacking": lacking}
                    found.append(Break(subjects=subjects, values=values, entries=(noted.index,)))
    return count, found


def _evidenced(fact: str) -> Callable[[Reach, EvidenceAsOf], Looked]:
    """Return what looks for uses with stretches that lack evidence of a fact."""

    def look(reach: Reach, world: EvidenceAsOf) -> Looked:
        found: dict[tuple[object, ...], list[Use]] = defaultdict(list)
        missing: dict[str, list[Interval]] = {}
        for use in reach.uses:
            spans = world.gaps(use)[fact]
            if spans:
                missing[use.use_id] = spans
                key = (use.workload_id, use.start, use.end or 0, use.site_id, tuple(spans))
                found[key].append(use)
        return len(reach.uses), list(_gaps(found.values(), missing))

    return look


CHECKS: dict[str, Callable[[Reach, EvidenceAsOf], Looked]] = {
    "received_under_contract": received,
    "shipped_received": arrived,
    "received_within_quantity": within_quantity,
    "received_installed": installed,
    "sighted_in_custody": sighted,
    "authorized_enabled": enabled,
    "enabled_authorized": authorized,
    "enabled_approved": approved,
    "used_by_known": known,
    **{f"used_with_{fact}": _evidenced(fact) for fact in evidenced.FACTS},
    "moved_with_permit": permitted,
}
"""What is looked for, from procurement to access."""


def all_of(reach: Reach, world: EvidenceAsOf) -> Iterator[Check]:
    """Yield every check of a chain."""
    for code, look in CHECKS.items():
        count, found = look(reach, world)
        yield Check(code=code, of=count, breaks=tuple(found))


def _gaps(groups: Iterable[list[Use]], missing: dict[str, list[Interval]]) -> Iterator[Break]:
    for group in groups:
        spans = missing[group[0].use_id]
        time = sum(covered(missing[use.use_id]) * use.weight for use in group)
        yield _of_uses(
            group, spans[0].start, spans[-1].end, {"units": [u.device_id for u in group], "missing_us": time}
        )


def _of_uses(
    group: list[Use], start: int, end: int | None, values: dict[str, str | int | list[str]]
) -> Break:
    use = group[0]
    roles = ("workload", "tenant", "end_user", "path", "site")
    subjects = {role: getattr(use, f"{role}_id") for role in roles if getattr(use, f"{role}_id") is not None}
    entries = tuple(sorted({index for each in group for index in each.evidence}))
    return Break(subjects=subjects, start=start, end=end, values=values, entries=entries)


def _steps(device: str, world: EvidenceAsOf) -> list[custody.Moved]:
    return [each for each in custody.steps(device, world.journal) if each.at <= world.at]


def _is(moved: custody.Moved, *steps: str) -> bool:
    return isinstance(moved.claim, DeviceMoved) and moved.claim.step in steps
