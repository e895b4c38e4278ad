"""The gaps as people work on them: what is missing, for how long, what would close it and who can.

Gaps of one tenant and end user that lack the same part, for the same cause, and that the same party can close, are joined
where they touch.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from typing import cast

from kansa.coherence.remedies import approval, closable, evidence, responsible
from kansa.coherence.responsibilities import Duties
from kansa.coherence.why import Parts, Why
from kansa.dossier.report.findings.naming import maybe_named, named
from kansa.dossier.report.findings.stretches import joined
from kansa.dossier.report.view import Fact, GapRow, Part
from kansa.registers.directory import Directory
from kansa.registers.rows import Tables, Use
from kansa.registers.use_columns import by_id

Who = tuple[str, str | None]
"""Who can close a gap (`closing.responsible`): the role, and the party where it is known."""


def gap_rows(reasons: Collection[Why], tables: Tables, directory: Directory) -> tuple[GapRow, ...]:
    """Return one row a joined stretch, the longest device time first."""
    uses = by_id(tables.use, (reason.use_id for reason in reasons))
    parts, duties = Parts(tables), Duties(tables)
    groups: dict[tuple[str | None, str | None, str, str, Who], list[Why]] = defaultdict(list)
    for reason in reasons:
        use = uses[reason.use_id]
        cause, who = _cause(use, reason, directory), responsible(use, reason, directory, duties)
        groups[use.tenant_id, use.end_user_id, reason.fact, cause, who].append(reason)
    rows = [
        _row(stretch, touching, uses, parts, directory=directory, who=who)
        for (*_, who), group in groups.items()
        for stretch, touching in joined(group, lambda reason: (reason.start, reason.end))
    ]
    return tuple(sorted(rows, key=lambda row: (-row.device_time, row.start, row.fact, row.cause)))


def _row(
    stretch: tuple[int, int],
    reasons: Sequence[Why],
    uses: Mapping[str, Use],
    parts: Parts,
    *,
    directory: Directory,
    who: Who,
) -> GapRow:
    first = reasons[0]
    use = uses[first.use_id]
    concerned = [uses[reason.use_id] for reason in reasons]
    ended, begins = _evidence_around(stretch, reasons, uses, parts)
    role, party = who
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
        responsible=maybe_named(party, directory),
        closable=closable(first, ended),
    )


def _cause(use: Use, reason: Why, directory: Directory) -> str:
    """Equal for what one record closes, whichever facts lack it and whose uses they are."""
    tenant, end_user = use.tenant_id or "", use.end_user_id or ""
    path, site = use.path_id or "", use.site_id or ""
    approved = approval(use, directory)
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


def _evidence_around(
    stretch: tuple[int, int], reasons: Sequence[Why], uses: Mapping[str, Use], parts: Parts
) -> tuple[int | None, int | None]:
    """Return when the missing part last held before the stretch, and when it first holds again after it.

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
        for spans in evidence(use, reason, start, parts)
    }
    return around.pop() if len(around) == 1 else (None, None)


def _in_detail(reason: Why) -> list[str]:
    """Return the subjects that a reason names; an item class may hold blanks and is one."""
    if reason.detail is None:
        return []
    return [reason.detail] if reason.part in ("item", "classification") else reason.detail.split()
