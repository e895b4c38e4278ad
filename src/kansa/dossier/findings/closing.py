"""The gaps as people work on them: what is missing, for how long, what would close it and who can.

Gaps of one tenant and end user that lack the same part, for the same cause, are joined where they touch.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import cast

from kansa.coherence.why import Parts, Spans, Why
from kansa.dossier.findings.naming import maybe_named, named
from kansa.dossier.findings.stretches import joined
from kansa.dossier.render.view import Fact, GapRow, Named, Part
from kansa.registers.directory import Directory, Path
from kansa.registers.rows import Tables, Use

BY_FACT: Mapping[str, str] = MappingProxyType(
    {
        "identity": "operator_compliance",
        "access": "operator_compliance",
        "custody": "site_operations",
        "authorization": "export_control",
    }
)
BY_PART: Mapping[str, str] = MappingProxyType(
    {"path": "site_operations", "enablement": "site_operations", "provenance": "supplier"}
)
"""Who keeps the record, where it is not who answers for the fact: sessions and switches, and receipts of supply."""
STANDING = frozenset(
    {"verification", "clearance", "approval", "enablement", "mediator", "basis", "jurisdiction"}
)
"""Parts that are granted for a time: once one has lapsed, a later grant does not reach back."""
NOT_NAMED = frozenset({"site", "item"})
"""Parts of an authorization in force that says for what it holds: an amendment holds from its own date on."""


def gap_rows(reasons: Iterable[Why], tables: Tables, directory: Directory) -> tuple[GapRow, ...]:
    """One row a joined stretch, the longest device time first."""
    uses = {use.use_id: use for use in tables.use}
    parts = Parts(tables)
    groups: dict[tuple[str | None, str | None, str, str], list[Why]] = defaultdict(list)
    for reason in reasons:
        use = uses[reason.use_id]
        groups[use.tenant_id, use.end_user_id, reason.fact, _cause(use, reason, directory)].append(reason)
    rows = [
        _row(stretch, touching, uses, parts, directory)
        for group in groups.values()
        for stretch, touching in joined(group, lambda reason: (reason.start, reason.end))
    ]
    return tuple(sorted(rows, key=lambda row: (-row.device_time, row.start, row.fact, row.cause)))


def _row(
    stretch: tuple[int, int],
    reasons: Sequence[Why],
    uses: Mapping[str, Use],
    parts: Parts,
    directory: Directory,
) -> GapRow:
    first = reasons[0]
    use = uses[first.use_id]
    concerned = [uses[reason.use_id] for reason in reasons]
    ended, begins = _evidence_around(stretch, reasons, uses, parts)
    role, responsible = _responsible(use, first, directory)
    sites = sorted({each.site_id for each in concerned if each.site_id is not None})
    return GapRow(
        tenant=maybe_named(use.tenant_id, directory),
        end_user=maybe_named(use.end_user_id, directory),
        fact=cast("Fact", first.fact),
        part=cast("Part", first.part),
        cause=_cause(use, first, directory),
        start=stretch[0],
        end=stretch[1],
        units=len({each.device_id for each in concerned}),
        device_time=sum((r.end - r.start) * uses[r.use_id].weight for r in reasons),
        sites=tuple(named(site, directory) for site in sites),
        detail=tuple(named(each, directory) for each in _in_detail(first)),
        evidence_ended=ended,
        evidence_begins=begins,
        responsible_role=role,
        responsible=responsible,
        closable=_closable(first, ended),
    )


def _cause(use: Use, reason: Why, directory: Directory) -> str:
    """Equal for what one record closes, whichever facts lack it and whose uses they are."""
    tenant, end_user = use.tenant_id or "", use.end_user_id or ""
    path, site = use.path_id or "", use.site_id or ""
    approved = _approved(use, directory)
    about = {
        "end_user": (tenant,),
        "verification": (end_user,),
        "clearance": (tenant, end_user),
        "path": (tenant, end_user),
        "approval": (tenant, end_user, path),
        "enablement": (path,),
        "mediator": (approved.mediator_id or "",) if approved else (tenant, end_user, path),
        "inventory": (use.device_id,),
        "provenance": (),
        "chain": (site,),
        "elsewhere": (site,),
        "classification": (use.item_class or "",),
    }.get(reason.part, (end_user,))
    return " ".join(each for each in (reason.part, *about, reason.detail or "") if each)


def _closable(reason: Why, ended: int | None) -> bool:
    """Whether a record of what held then can still come; a custody record can, however late it is found."""
    if reason.fact == "authorization" and reason.part in NOT_NAMED:
        return reason.detail is None  # the use says no site: the basis may name it
    return reason.part not in STANDING or ended is None


def _evidence_around(
    stretch: tuple[int, int], reasons: Sequence[Why], uses: Mapping[str, Use], parts: Parts
) -> tuple[int | None, int | None]:
    """When the missing part last held before the stretch, and when it first holds again after it.

    Nothing is said of units of which one had the evidence for longer than another.
    """
    start, end = stretch
    around = {
        (
            max((last for _, last in spans if last <= start), default=None),
            min((first for first, _ in spans if first >= end), default=None),
        )
        for use, reason in {
            (use.device_id, reason.detail): (use, reason)
            for reason in reasons
            for use in [uses[reason.use_id]]
        }.values()
        for spans in _evidence(use, reason, start, parts)
    }
    return around.pop() if len(around) == 1 else (None, None)


def _evidence(use: Use, reason: Why, instant: int, parts: Parts) -> Sequence[Spans]:
    """When the part that a reason misses holds at other times: once for a standing part, for custody once a device."""
    who = f"{use.tenant_id} {use.end_user_id}"
    keys = {
        "verification": use.end_user_id or "",
        "clearance": who,
        "approval": f"{who} {use.path_id}",
        "mediator": f"{who} {use.path_id}",
        "enablement": use.path_id or "",
    }
    if reason.part in keys:
        return [parts.spans(reason.part, keys[reason.part])]
    if reason.part == "provenance":
        return [parts.spans("provenance", device) for device in (reason.detail or "").split()]
    if reason.part == "chain":
        return [spans for spans in _stays(use, instant, parts) if not _covers(spans, instant)]
    if reason.fact != "authorization":
        return []
    bases = parts.bases.get(use.end_user_id or "", ())
    sought = {
        "basis": bases,
        "jurisdiction": [basis for basis in bases if basis.jurisdiction == reason.detail],
        "item": [basis for basis in bases if basis.item_class == use.item_class],
        "site": [
            basis for basis in bases if (basis.item_class, basis.site_id) == (use.item_class, use.site_id)
        ],
    }
    return [[(basis.start, basis.end) for basis in sought.get(reason.part, ())]]


def _stays(use: Use, instant: int, parts: Parts) -> Iterable[Spans]:
    """When each accelerator of a unit was in custody at the use's site."""
    for device, _, first, last in parts.members.get(use.device_id, ()):
        if first <= instant < last:
            yield [(low, high) for site, low, high in parts.custody.get(device, ()) if site == use.site_id]


def _covers(spans: Spans, instant: int) -> bool:
    return any(start <= instant < end for start, end in spans)


def _responsible(use: Use, reason: Why, directory: Directory) -> tuple[str, Named | None]:
    """Who keeps the record or must ask for it, by role, and by name where a record says the name."""
    approved = _approved(use, directory)
    if reason.part in ("end_user", "mediator") and approved and approved.mediator_id:
        return "mediator", named(approved.mediator_id, directory)
    if reason.part == "end_user" and use.tenant_id is not None:
        return "tenant", named(use.tenant_id, directory)
    if reason.part == "site" and use.site_id is None:
        return "site_operations", None
    return BY_PART.get(reason.part, BY_FACT[reason.fact]), None


def _approved(use: Use, directory: Directory) -> Path | None:
    """The latest approval of the use's path for its tenant, and for its end user if there is such."""
    paths = [path for path in directory.paths.get(use.path_id or "", ()) if path.tenant_id == use.tenant_id]
    own = [path for path in paths if path.end_user_id == use.end_user_id]
    return next(reversed(own or paths), None)


def _in_detail(reason: Why) -> list[str]:
    """The subjects that a reason names; an item class may hold blanks and is one."""
    if reason.detail is None:
        return []
    return [reason.detail] if reason.part in ("item", "classification") else reason.detail.split()
