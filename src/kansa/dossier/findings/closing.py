"""The gaps as people work on them: what is missing, for how long, what would close it and who can.

Gaps of one tenant and end user that lack the same part are joined where they touch.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import cast

from kansa.coherence.why import Parts, Why
from kansa.dossier.findings.naming import maybe_named, named
from kansa.dossier.findings.stretches import union
from kansa.dossier.render.view import Fact, GapRow, Named, Part
from kansa.registers.directory import Directory
from kansa.registers.rows import Tables, Use

ROLES: Mapping[str, str] = MappingProxyType(
    {
        "identity": "operator_compliance",
        "access": "operator_compliance",
        "custody": "site_operations",
        "authorization": "export_control",
    }
)
NEVER_LATER = frozenset({"site", "item"})
"""Parts that a new determination gives only from its date on."""


def gap_rows(reasons: Iterable[Why], tables: Tables, directory: Directory) -> tuple[GapRow, ...]:
    """One row a joined stretch, the longest device time first."""
    uses = {use.use_id: use for use in tables.use}
    parts = Parts(tables)
    groups: dict[tuple[str | None, str | None, str, str, str | None], list[Why]] = defaultdict(list)
    for reason in reasons:
        use = uses[reason.use_id]
        groups[use.tenant_id, use.end_user_id, reason.fact, reason.part, reason.detail].append(reason)
    rows = [
        _row(stretch, [w for w in group if stretch[0] <= w.start < stretch[1]], uses, parts, directory)
        for group in groups.values()
        for stretch in union((w.start, w.end) for w in group)
    ]
    return tuple(sorted(rows, key=lambda row: (-row.device_time, row.start, row.fact, row.part)))


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
    ended, begins = _evidence_around(use, first, stretch, parts)
    role, responsible = _responsible(use, first, directory)
    sites = sorted({each.site_id for each in concerned if each.site_id is not None})
    return GapRow(
        tenant=maybe_named(use.tenant_id, directory),
        end_user=maybe_named(use.end_user_id, directory),
        fact=cast("Fact", first.fact),
        part=cast("Part", first.part),
        start=stretch[0],
        end=stretch[1],
        units=len({each.device_id for each in concerned}),
        device_time=sum((r.end - r.start) * uses[r.use_id].weight for r in reasons),
        sites=tuple(named(site, directory) for site in sites),
        detail=_detail(first, directory),
        evidence_ended=ended,
        evidence_begins=begins,
        responsible_role=role,
        responsible=responsible,
        closable=ended is None and first.part not in NEVER_LATER,
    )


def _evidence_around(
    use: Use, reason: Why, stretch: tuple[int, int], parts: Parts
) -> tuple[int | None, int | None]:
    """When the missing part last held before the stretch, and when it first holds again after it."""
    keys = {
        "verification": use.end_user_id or "",
        "clearance": f"{use.tenant_id} {use.end_user_id}",
        "approval": f"{use.tenant_id} {use.end_user_id} {use.path_id}",
        "mediator": f"{use.tenant_id} {use.end_user_id} {use.path_id}",
        "enablement": use.path_id or "",
    }
    if reason.part in keys:
        spans = parts.spans(reason.part, keys[reason.part])
    elif reason.part in ("basis", "jurisdiction", "item", "site"):
        spans = [(start, end) for *_, start, end in parts.bases.get(use.end_user_id or "", ())]
    else:
        spans = []
    ended = max((end for _, end in spans if end <= stretch[0]), default=None)
    begins = min((start for start, _ in spans if start >= stretch[1]), default=None)
    return ended, begins


def _responsible(use: Use, reason: Why, directory: Directory) -> tuple[str, Named | None]:
    mediators = [path.mediator_id for path in directory.paths.get(use.path_id or "", ()) if path.mediator_id]
    if reason.part in ("end_user", "mediator") and mediators:
        return "mediator", named(mediators[0], directory)
    if reason.part == "end_user" and use.tenant_id is not None:
        return "mediator", named(use.tenant_id, directory)
    if reason.part == "provenance":
        return "supplier", None
    return ROLES[reason.fact], None


def _detail(reason: Why, directory: Directory) -> str | None:
    if reason.detail is None:
        return None
    return ", ".join(_called(each, directory) for each in reason.detail.split(" "))


def _called(subject: str, directory: Directory) -> str:
    names = directory.called(subject)
    return names.get("en") or names.get("ja") or subject
