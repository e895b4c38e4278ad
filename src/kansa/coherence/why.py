"""Why a fact is not evidenced: which part of its evidence is missing, instant by instant, inside the gaps.

Only the residual is explained, so the cost follows the gaps and not the uses. Several parts of one fact may be
missing at once; each gets its own stretch.
"""

import itertools
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from kansa.coherence.facts import FACTS
from kansa.coherence.result import Gap
from kansa.registers.rows import Custody, Installed, Tables, Use
from kansa.registers.use_columns import by_id

OPEN_END = 2**62

Spans = Sequence[tuple[int, int]]


class Why(NamedTuple):
    """`part` of `fact` was missing for the use in `[start, end)`; `detail` names what exactly, where that helps."""

    use_id: str
    start: int
    end: int
    fact: str
    part: str
    detail: str | None


class Missing(NamedTuple):
    """What is missing at an instant."""

    part: str
    detail: str | None = None


class Basis(NamedTuple):
    """An authorization in force for one item class at one site."""

    jurisdiction: str
    item_class: str
    site_id: str
    start: int
    end: int


class Parts:
    """The parts of evidence, by part and key, with what else the reasons rest on."""

    def __init__(self, tables: Tables) -> None:
        self._spans: dict[tuple[str, str], list[tuple[int, int]]] = defaultdict(list)
        self.bases: dict[str, list[Basis]] = defaultdict(list)
        self.regimes: dict[tuple[str, str], list[tuple[str, int, int]]] = defaultdict(list)
        for row in tables.part:
            end = OPEN_END if row.valid_to is None else row.valid_to
            if row.part == "basis":
                end_user, jurisdiction, site, item = row.key.split(" ", 3)
                self.bases[end_user].append(Basis(jurisdiction, item, site, row.valid_from, end))
            elif row.part == "regime":
                end_user, jurisdictions, item = row.key.split(" ", 2)
                self.regimes[end_user, item].append((jurisdictions, row.valid_from, end))
            else:
                self._spans[row.part, row.key].append((row.valid_from, end))
        self.custody = _by_unit(row for row in tables.custody if row.superseded_at is None)
        self.members = _members(tables.installed)

    def spans(self, part: str, key: str) -> Spans:
        """Return when a part of evidence about a key holds."""
        return self._spans.get((part, key), ())

    def covers(self, part: str, key: str, instant: int) -> bool:
        """Tell whether it holds at an instant."""
        return any(start <= instant < end for start, end in self.spans(part, key))


def why(gaps: Collection[Gap], tables: Tables) -> list[Why]:
    """Return the missing parts of every gap, ordered as the gaps are, each stretch maximal."""
    parts = Parts(tables)
    uses = by_id(tables.use, (gap.use_id for gap in gaps))
    found: list[Why] = []
    for gap in gaps:
        use = uses[str(gap.use_id)]
        for fact in FACTS:
            if gap.missing & fact.bit:
                found += _explained(use, gap, fact.name, parts)
    return _joined(found)


def _explained(use: Use, gap: Gap, fact: str, parts: Parts) -> Iterator[Why]:
    bounds_of, missing_at = _EXPLAIN[fact]
    inside = sorted({gap.start, gap.end, *(i for i in bounds_of(use, parts) if gap.start < i < gap.end)})
    for start, end in itertools.pairwise(inside):
        for missing in missing_at(use, parts, start):
            yield Why(use.use_id, start, end, fact, *missing)


def _joined(found: Iterable[Why]) -> list[Why]:
    """Join stretches of one reason that touch, also across the gaps of one use."""
    last: dict[tuple[str, str, str, str | None], Why] = {}
    done: list[Why] = []
    for each in found:
        key = (each.use_id, each.fact, each.part, each.detail)
        before = last.get(key)
        if before is not None and before.end == each.start:
            last[key] = before._replace(end=each.end)
            continue
        if before is not None:
            done.append(before)
        last[key] = each
    return sorted([*done, *last.values()], key=lambda why: (why.use_id, why.start, why.fact, why.part))


def _identity_bounds(use: Use, parts: Parts) -> Iterator[int]:
    yield from _ends(parts.spans("verification", use.end_user_id or ""))
    yield from _ends(parts.spans("clearance", f"{use.tenant_id} {use.end_user_id}"))


def _identity(use: Use, parts: Parts, instant: int) -> Iterator[Missing]:
    if use.end_user_id is None or use.tenant_id is None:
        yield Missing("end_user")
        return
    if not parts.covers("verification", use.end_user_id, instant):
        yield Missing("verification")
    if not parts.covers("clearance", f"{use.tenant_id} {use.end_user_id}", instant):
        yield Missing("clearance")


def _access_bounds(use: Use, parts: Parts) -> Iterator[int]:
    who = f"{use.tenant_id} {use.end_user_id} {use.path_id}"
    for part, key in (("approval", who), ("mediator", who), ("enablement", use.path_id or "")):
        yield from _ends(parts.spans(part, key))


def _access(use: Use, parts: Parts, instant: int) -> Iterator[Missing]:
    if use.path_id is None:
        yield Missing("path")
    elif use.end_user_id is None or use.tenant_id is None:
        yield Missing("end_user")
    else:
        who = f"{use.tenant_id} {use.end_user_id} {use.path_id}"
        approved = parts.covers("approval", who, instant)
        if not approved:
            yield Missing("approval")
        if not parts.covers("enablement", use.path_id, instant):
            yield Missing("enablement")
        if approved and not parts.covers("mediator", who, instant):
            yield Missing("mediator")


def _custody_bounds(use: Use, parts: Parts) -> Iterator[int]:
    for device, _, start, end in parts.members.get(use.device_id, ()):
        yield from (start, end)
        yield from _ends(parts.spans("provenance", device))
        yield from (i for _, *span in parts.custody.get(device, ()) for i in span)
    yield from (i for _, *span in parts.custody.get(use.device_id, ()) for i in span)


def _custody(use: Use, parts: Parts, instant: int) -> Iterator[Missing]:
    members = [
        device for device, _, start, end in parts.members.get(use.device_id, ()) if start <= instant < end
    ]
    if use.site_id is None:
        yield Missing("site")
        return
    if not members:
        yield Missing("inventory")
        return
    lacking = [device for device in members if _site_of(device, parts, instant) != use.site_id]
    unproven = [device for device in lacking if not parts.covers("provenance", device, instant)]
    elsewhere = {site for device in lacking if (site := _site_of(device, parts, instant)) is not None}
    if unproven:
        yield Missing("provenance", " ".join(sorted(unproven)))
    if elsewhere:
        yield Missing("elsewhere", " ".join(sorted(elsewhere)))
    if any(device not in unproven and _site_of(device, parts, instant) is None for device in lacking):
        yield Missing("chain")


def _authorization_bounds(use: Use, parts: Parts) -> Iterator[int]:
    for *_, start, end in parts.bases.get(use.end_user_id or "", ()):
        yield from (start, end)
    for _, start, end in parts.regimes.get((use.end_user_id or "", use.item_class or ""), ()):
        yield from (start, end)


def _authorization(use: Use, parts: Parts, instant: int) -> Iterator[Missing]:
    if use.end_user_id is None:
        yield Missing("end_user")
        return
    if use.item_class is None:
        yield Missing("classification")
        return
    regimes = parts.regimes.get((use.end_user_id, use.item_class), ())
    ruling = next((names for names, start, end in regimes if start <= instant < end), None)
    bases = [basis for basis in parts.bases.get(use.end_user_id, ()) if basis.start <= instant < basis.end]
    if not bases:
        yield Missing("basis")
    elif ruling is None:
        named = any(basis.item_class == use.item_class for basis in bases)
        yield Missing("classification" if named else "item", use.item_class)
    else:
        for jurisdiction in ruling.split(
            "+"
        ):  # an empty one: nobody controls the item, and any basis will do
            of_it = [basis for basis in bases if jurisdiction in ("", basis.jurisdiction)]
            yield from _of_jurisdiction(use, jurisdiction, of_it)


def _of_jurisdiction(use: Use, jurisdiction: str, bases: Sequence[Basis]) -> Iterator[Missing]:
    """Yield what one jurisdiction's bases in force lack for a use: any at all, its item class, its site, or nothing."""
    of_item = [basis for basis in bases if basis.item_class == use.item_class]
    if not bases:
        yield Missing("jurisdiction", jurisdiction)
    elif not of_item:
        yield Missing("item", use.item_class)
    elif not any(basis.site_id == use.site_id for basis in of_item):
        yield Missing("site", use.site_id)


def _site_of(device: str, parts: Parts, instant: int) -> str | None:
    return next((site for site, start, end in parts.custody.get(device, ()) if start <= instant < end), None)


def _by_unit(rows: Iterable[Custody]) -> Mapping[str, list[tuple[str, int, int]]]:
    found: dict[str, list[tuple[str, int, int]]] = defaultdict(list)
    for row in rows:
        found[row.device_id].append(
            (row.site_id, row.valid_from, OPEN_END if row.valid_to is None else row.valid_to)
        )
    return found


def _members(installed: Iterable[Installed]) -> Mapping[str, list[tuple[str, str | None, int, int]]]:
    found: dict[str, list[tuple[str, str | None, int, int]]] = defaultdict(list)
    for row in installed:
        end = OPEN_END if row.valid_to is None else row.valid_to
        for unit in filter(None, (row.node_id, row.device_id)):
            found[unit].append((row.device_id, row.site_id, row.valid_from, end))
    return found


def _ends(spans: Spans) -> Iterator[int]:
    for start, end in spans:
        yield from (start, end)


Bounds = Callable[[Use, Parts], Iterator[int]]
At = Callable[[Use, Parts, int], Iterator[Missing]]
_EXPLAIN: Mapping[str, tuple[Bounds, At]] = {
    "identity": (_identity_bounds, _identity),
    "access": (_access_bounds, _access),
    "custody": (_custody_bounds, _custody),
    "authorization": (_authorization_bounds, _authorization),
}
