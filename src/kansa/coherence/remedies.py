"""What would close a stretch without evidence, and who keeps the record or must ask for it."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

from kansa.coherence.responsibilities import BY_CONTRACT, Duties
from kansa.coherence.why import Parts, Spans, Why
from kansa.registers.directory import Directory, Path
from kansa.registers.rows import Tables, Use
from kansa.registers.use_columns import by_id

BY_FACT: Mapping[str, str] = MappingProxyType(
    {
        "identity": "operator_compliance",
        "access": "operator_compliance",
        "custody": "site_operations",
        "authorization": "export_control",
    }
)
"""The role that answers for a fact."""
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


class Closing(NamedTuple):
    """A reason with what would close it.

    `closable` is a code for the record that would, None: nothing does and the stretch stays a gap. `who` is the party
    that can, by a record that names it, None: only its `role` is known.
    """

    use_id: str
    start: int
    end: int
    fact: str
    part: str
    detail: str | None
    closable: str | None
    who: str | None
    role: str


def closings(reasons: Collection[Why], tables: Tables, directory: Directory) -> list[Closing]:
    """Return every reason with what would close it, in the order of the reasons."""
    uses = by_id(tables.use, (reason.use_id for reason in reasons))
    parts, duties = Parts(tables), Duties(tables)
    return [_closing(uses[reason.use_id], reason, parts, directory, duties) for reason in reasons]


def _closing(use: Use, reason: Why, parts: Parts, directory: Directory, duties: Duties) -> Closing:
    ends = [end for spans in evidence(use, reason, reason.start, parts) for _, end in spans]
    ended = max((end for end in ends if end <= reason.start), default=None)
    code = "site.unsaid" if reason.part == "site" and reason.detail is None else reason.part
    role, who = responsible(use, reason, directory, duties)
    return Closing(*reason, code if closable(reason, ended) else None, who, role)


def closable(reason: Why, ended: int | None) -> bool:
    """Tell whether a record of what held then can still come; a custody record can, however late it is found.

    `ended` is when the missing part last held before the stretch, None if it never did.
    """
    if reason.fact == "authorization" and reason.part in NOT_NAMED:
        return reason.detail is None  # the use says no site: the basis may name it
    return reason.part not in STANDING or ended is None


def evidence(use: Use, reason: Why, instant: int, parts: Parts) -> Sequence[Spans]:
    """Return when the part that a reason misses holds at other times: once for a standing part, for custody once a device."""
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


def responsible(use: Use, reason: Why, directory: Directory, duties: Duties) -> tuple[str, str | None]:
    """Return who keeps the record or must ask for it: the role, and the party where a record says which, a contract first."""
    if (named := duties.answering(use, reason)) is not None:
        return BY_CONTRACT, named
    approved = approval(use, directory)
    if reason.part in ("end_user", "mediator") and approved and approved.mediator_id:
        return "mediator", approved.mediator_id
    if reason.part == "end_user" and use.tenant_id is not None:
        return "tenant", use.tenant_id
    if reason.part == "site" and use.site_id is None:
        return "site_operations", None
    return BY_PART.get(reason.part, BY_FACT[reason.fact]), None


def approval(use: Use, directory: Directory) -> Path | None:
    """Return the latest approval of the use's path for its tenant, and for its end user if there is such."""
    paths = [path for path in directory.paths.get(use.path_id or "", ()) if path.tenant_id == use.tenant_id]
    own = [path for path in paths if path.end_user_id == use.end_user_id]
    return next(reversed(own or paths), None)


def _stays(use: Use, instant: int, parts: Parts) -> Iterable[Spans]:
    """Return when each accelerator of a unit was in custody at the use's site."""
    for device, _, first, last in parts.members.get(use.device_id, ()):
        if first <= instant < last:
            yield [(low, high) for site, low, high in parts.custody.get(device, ()) if site == use.site_id]


def _covers(spans: Spans, instant: int) -> bool:
    return any(start <= instant < end for start, end in spans)
