"""Standing facts in memory: made when they are first asked for, kept until something that they rest on changes.

The board finds the claims of diligence (not the workloads, device by device) and holds the pieces made from them. A piece is
dropped when a new record mentions a topic that it looked at, or when the instant comes at which time changes it; so what
is kept equals what would be made anew. Safe to call from several threads.
"""

import threading
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from itertools import chain
from typing import Any, NamedTuple

from kansa.facts import gate_facts as parts
from kansa.facts.chain import Chain, chain_of
from kansa.facts.context import FactContext, GroupsOf
from kansa.facts.gate_facts import Clearances, NamedFact
from kansa.facts.ownership import WHOLE_BP
from kansa.gate.lazy_journal import LazyJournal
from kansa.gate.snapshot import AGE, LEFT, FactSnapshot, Question, Value
from kansa.records.journal import IndexedClaim, changes, corrects
from kansa.records.kinds.access_path import AccessPathApproved
from kansa.records.kinds.case import CaseDecided
from kansa.records.kinds.custody import SiteRegistered
from kansa.rules.countries import CONCERN

TENANT = (
    "listed_on",
    "screening_hits_open",
    "hq_groups",
    "parent_groups",
    "ownership_complete",
    "listed_owner_bp",
)
END_USER = (*TENANT, "risk_tier", "use_tier")


class Report(NamedTuple):
    """The last closed window of a source on a site: until when it reported, and the record that says so."""

    until: int
    record: int


class Custody(NamedTuple):
    """The devices that the inventory has at a site, and how many of them their chain of custody puts elsewhere or nowhere."""

    devices: int
    elsewhere: int
    nowhere: int


class Tables(NamedTuple):
    """What tables by date say: the groups of a country, and whether the table of an instant is verified."""

    groups_of: GroupsOf = lambda _country, _at: None
    verified: Callable[[int], bool | None] = lambda _at: None


class _Kept(NamedTuple):
    """A piece with how long it holds and what it looked at."""

    made: Any
    since: int
    until: int | None
    topics: frozenset[str]


class FactCache:
    """All standing facts at one size of the evidence log."""

    def __init__(self, tables: Tables = Tables()) -> None:  # noqa: B008 - frozen
        self._tables = tables
        self._lock = threading.Lock()
        self._journal = LazyJournal()
        self._entries = 0
        self._reports: Mapping[str, Mapping[str, Report]] = {}
        self._custody: Mapping[str, Custody] = {}
        self._pending: Mapping[str, int] = {}
        self._kept: dict[tuple[Any, ...], _Kept] = {}
        self._resting: dict[str, set[tuple[Any, ...]]] = {}
        self._until: int | None = None
        self.required_lists: frozenset[str] = frozenset()
        """The lists whose age counts, as the rules in force name them; none: all that were imported."""

    @property
    def entries(self) -> int:
        """How many entries of the evidence log it reflects."""
        return self._entries

    def begin(
        self,
        journal: LazyJournal,
        entries: int,
        *,
        reports: Mapping[str, Mapping[str, Report]],
        custody: Mapping[str, Custody],
    ) -> None:
        """Take all claims up to a size of the log by their index, in place of what was known."""
        with self._lock:
            self._journal, self._entries = journal, entries
            self._kept, self._resting = {}, {}
            self._reports, self._custody = reports, custody

    def take(
        self,
        claims: Iterable[IndexedClaim],
        entries: int,
        *,
        withheld: Collection[int] = (),
        reports: Mapping[str, Mapping[str, Report]],
        custody: Mapping[str, Custody],
    ) -> None:
        """Take the revealed claims up to a size of the log, in ledger order, with what the registers say of sites."""
        new = list(claims)
        with self._lock:
            self._journal.add(new, withheld)
            if self._kept:
                self._drop(new)
            self._reports, self._custody, self._entries = reports, custody, entries

    def _drop(self, new: Iterable[IndexedClaim]) -> None:
        """Let go of the pieces that looked at what new claims, or the claims that they correct, mention."""
        for noted in new:
            corrected = (self._journal.at(index) for index in corrects(noted.claim))
            for each in (noted, *(c for c in corrected if c is not None)):
                for topic in changes(each) & self._resting.keys():
                    for key in self._resting.pop(topic):
                        self._kept.pop(key, None)

    def await_handovers(self, pending: Mapping[str, int]) -> None:
        """Note how many shifts of each tenant are without records of hand-over (`gate.handover`)."""
        self._pending = pending

    def warm(self, now: int) -> int:
        """Make the pieces of every tenant with an end user, path and site; returns how many are kept."""
        with self._lock:
            for tenant, end_user in sorted(self._pairs()):
                for _ in self._of_pair(Question(), tenant, end_user, now):
                    pass
                self._piece(parts.clearances, now, tenant, end_user)
            for claim in self._claims(AccessPathApproved):
                self._piece(parts.of_path, now, claim.path_id, claim.tenant_id, claim.end_user_id)
            for claim in self._claims(SiteRegistered):
                self._piece(parts.of_site, now, claim.site_id)
            return len(self._kept)

    def ground(self, question: Question, now: int) -> FactSnapshot:
        """Return what is known about a question at an instant; reads the ledger where it is the first about somebody."""
        facts: dict[str, Value] = {}
        instants: dict[str, int] = {}
        evidence: dict[str, tuple[int, ...]] = {}
        with self._lock:
            self._until = None
            for name, value, records in self._named_facts(question, now):
                if name.endswith((AGE, LEFT)) and isinstance(value, int):
                    instants[name] = value
                else:
                    facts[name] = value
                evidence[name] = records
            return FactSnapshot(self._entries, now, self._until, facts, instants, evidence)

    def _named_facts(self, q: Question, now: int) -> Iterator[NamedFact]:
        return chain(
            self._of_parties(q, now),
            self._of_way(q, now),
            self._of_place(q, now),
            self._of_work(q, now),
        )

    def _of_parties(self, q: Question, now: int) -> Iterator[NamedFact]:
        yield NamedFact("end_user.disclosed", q.end_user_id is not None)
        yield NamedFact("hold.in_place", False)  # noqa: FBT003 - no kind of record places one yet
        yield from self._piece(parts.of_lists, now, *sorted(self.required_lists))
        if (verified := self._tables.verified(now)) is not None:
            yield NamedFact("table.groups_verified", verified)
        if q.tenant_id is not None and q.end_user_id is not None:
            yield from self._of_pair(q, q.tenant_id, q.end_user_id, now)
            yield from self._of_clearance(q, now)
        yield NamedFact("shift.handovers_pending", self._pending.get(q.tenant_id or "", 0))

    def _of_pair(self, q: Question, tenant: str, end_user: str, now: int) -> Iterator[NamedFact]:
        of_tenant = self._named(parts.of_party, now, tenant)
        of_end_user = self._named(parts.of_party, now, end_user)
        yield from _prefixed("tenant", TENANT, of_tenant)
        yield from _prefixed("end_user", END_USER, of_end_user)
        for prefix, of in (("tenant", of_tenant), ("end_user", of_end_user)):
            yield from _prefixed(prefix, ("screening_age_s",), of)
        chain: Chain = self._piece(chain_of, now, tenant, end_user, q.path_id)
        links = [self._named(parts.of_party, now, link) for link in chain.links]
        yield NamedFact("chain.complete", chain.complete, chain.records)
        yield from _of_chain(links)
        everybody = (of_tenant, of_end_user, *links)
        at_large = self._named(parts.of_notices, now, q.item_class, q.site_id)
        yield _united("tenant.notices", [of["notices"] for of in (*everybody, at_large) if "notices" in of])
        if (covered := _all_known("lists_not_covered", everybody)) is not None:
            yield _united("list.not_covered", covered)
        if (screened := _all_known("screening_age_s", everybody)) is not None:
            yield min(screened, key=_instant)._replace(
                name="chain.screening_age_s", records=_records(screened)
            )
        yield from self._piece(parts.of_flags, now, *sorted({tenant, end_user, *chain.links}))
        yield from self._piece(parts.of_pair, now, tenant, end_user)
        for said in self._piece(parts.of_end_user, now, end_user):
            if "." in said.name:
                yield said

    def _of_clearance(self, q: Question, now: int) -> Iterator[NamedFact]:
        held: Clearances = self._piece(parts.clearances, now, q.tenant_id, q.end_user_id)
        asked = {"item": q.item_class, "site": q.site_id, "path": q.path_id}
        decision = held.ruling(**asked)
        if decision is None:
            yield NamedFact("tenant.clearance", "none")
            yield NamedFact("tenant.clearance_scope", frozenset())
            return
        yield NamedFact("tenant.clearance", decision.claim.decision, decision.records)
        yield NamedFact("tenant.clearance_left_s", held.end_of(decision), decision.records)
        scope = {"action", "end_user"}
        scope |= {name for name, key in _SCOPE.items() if decision.covers(**{key: asked[key]})}
        yield NamedFact("tenant.clearance_scope", frozenset(scope), decision.records)
        yield NamedFact("item.in_clearance", decision.covers(item=q.item_class), decision.records)
        yield NamedFact("ship.consignee_cleared", decision.claim.decision == "permit", decision.records)
        if q.from_site_id is not None and q.site_id is not None:
            both = decision.claim.site_ids is not None and {q.from_site_id, q.site_id} <= set(
                decision.claim.site_ids
            )
            yield NamedFact("shift.reviewed", both, decision.records)

    def _of_way(self, q: Question, now: int) -> Iterator[NamedFact]:
        if q.path_id is None:
            return
        for said in self._piece(parts.of_path, now, q.path_id, q.tenant_id, q.end_user_id):
            if "." in said.name:
                yield said
            elif q.country is not None and isinstance(said.value, frozenset):
                yield NamedFact("session.country_permitted", q.country in said.value, said.records)
        if q.country is not None and (groups := self._tables.groups_of(q.country, now)) is not None:
            yield NamedFact("session.country_groups", groups)

    def _of_place(self, q: Question, now: int) -> Iterator[NamedFact]:
        if q.site_id is None:
            return
        yield NamedFact("site.hold", False)  # noqa: FBT003 - no kind of record places one yet
        for said in self._piece(parts.of_site, now, q.site_id):
            if "." in said.name:
                yield said
        yield from self._of_report(q.site_id, "source.report_age_s")
        yield NamedFact("source.silent", q.site_id not in self._reports)
        if (custody := self._custody.get(q.site_id)) is not None:
            yield NamedFact("device.custody_unbroken", custody.elsewhere + custody.nowhere == 0)
            yield NamedFact("device.contested", custody.elsewhere > 0)
        if q.from_site_id is not None and q.tenant_id is not None:
            yield from self._piece(parts.of_shift, now, q.tenant_id, q.from_site_id, q.site_id)
            yield from self._of_report(q.from_site_id, "shift.origin_sealed_age_s")
            yield from self._of_report(q.site_id, "shift.target_report_age_s")

    def _of_report(self, site: str, name: str) -> Iterator[NamedFact]:
        """Yield the age of the source of a site that has been silent longest."""
        if reports := self._reports.get(site):
            oldest = min(reports.values())
            yield NamedFact(name, oldest.until, (oldest.record,))

    def _of_work(self, q: Question, now: int) -> Iterator[NamedFact]:
        if q.item_class is not None:
            for said in self._piece(parts.of_item, now, q.item_class):
                if "." in said.name:
                    yield said
        if q.end_user_id is None:
            return
        if q.item_class is not None and q.site_id is not None:
            yield from self._piece(parts.of_basis, now, q.end_user_id, q.item_class, q.site_id)
        purposes = self._named(parts.of_end_user, now, q.end_user_id).get("purposes")
        if q.purpose is not None and purposes is not None and isinstance(purposes.value, frozenset):
            yield NamedFact("use.purpose_permitted", q.purpose in purposes.value, purposes.records)

    def _named(self, piece: parts.Piece, now: int, *ids: str | None) -> dict[str, NamedFact]:
        return {said.name: said for said in self._piece(piece, now, *ids)}

    def _piece(self, piece: Callable[..., Any], now: int, *ids: str | None) -> Any:
        """Return a piece as it is kept, made now if it is not, or no longer holds."""
        key = (piece, *ids)
        kept = self._kept.get(key)
        if kept is None or not kept.since <= now or (kept.until is not None and kept.until <= now):
            kept = self._make(key, now)
        if kept.until is not None:
            self._until = kept.until if self._until is None else min(self._until, kept.until)
        return kept.made

    def _make(self, key: tuple[Any, ...], now: int) -> _Kept:
        piece, *ids = key
        world = FactContext(
            self._journal, now, withheld=self._journal.withheld, groups_of=self._tables.groups_of
        )
        made = piece(world, *ids)
        made = made if isinstance(made, Clearances | Chain) else tuple(made)
        seen = world.looked()
        kept = self._kept[key] = _Kept(made, now, seen.until, seen.topics)
        for topic in seen.topics:
            self._resting.setdefault(topic, set()).add(key)
        return kept

    def _pairs(self) -> set[tuple[str, str]]:
        decided = {(claim.tenant_id, claim.end_user_id) for claim in self._claims(CaseDecided)}
        approved = self._claims(AccessPathApproved)
        return decided | {(c.tenant_id, c.end_user_id) for c in approved if c.end_user_id is not None}

    def _claims(self, kind: type[Any]) -> list[Any]:
        return [noted.claim for noted in self._journal.claims() if isinstance(noted.claim, kind)]


_TIERS = ("low", "medium", "high")
_SCOPE = {"item_class": "item", "site": "site", "path": "path"}


def _prefixed(prefix: str, names: Iterable[str], said: Mapping[str, NamedFact]) -> Iterator[NamedFact]:
    for name in names:
        if name in said:
            yield said[name]._replace(name=f"{prefix}.{name}")


def _of_chain(links: Sequence[Mapping[str, NamedFact]]) -> Iterator[NamedFact]:
    """Yield what stands about everybody between tenant or end user and operator, as one; the worst of them decides.

    What is not known of one of them is not known, unless another settles it already.
    """
    yield from _settled("ownership_complete", links, worst=False)
    on = [of["listed_on"] for of in links if "listed_on" in of]
    if len(on) == len(links) or any(said.value for said in on):
        yield _united("chain.listed_on", on)
    for name in ("hq_groups", "parent_groups"):
        known = [of[name] for of in links if name in of]
        united = _united(f"chain.{name}", known)
        if len(known) == len(links) or (isinstance(united.value, frozenset) and CONCERN in united.value):
            yield united
    yield from _highest_tier(links)
    for name, enough in (("screening_hits_open", 1), ("listed_owner_bp", WHOLE_BP // 2)):
        known = [of[name] for of in links if name in of]
        most = max((said.value for said in known if isinstance(said.value, int)), default=0)
        if len(known) == len(links) or most >= enough:
            yield NamedFact(f"chain.{name}", most, _records(known))


def _highest_tier(links: Sequence[Mapping[str, NamedFact]]) -> Iterator[NamedFact]:
    known = [of["risk_tier"] for of in links if "risk_tier" in of]
    highest = max((str(said.value) for said in known), key=_TIERS.index, default=_TIERS[0])
    if len(known) == len(links) or highest == _TIERS[-1]:
        yield NamedFact("chain.risk_tier", highest, _records(known))


def _settled(name: str, links: Sequence[Mapping[str, NamedFact]], *, worst: bool) -> Iterator[NamedFact]:
    known = [of[name] for of in links if name in of]
    found = [said for said in known if said.value is worst]
    if found:
        yield NamedFact(f"chain.{name}", worst, _records(found))
    elif len(known) == len(links):
        yield NamedFact(f"chain.{name}", not worst, _records(known))


def _all_known(name: str, everybody: Sequence[Mapping[str, NamedFact]]) -> list[NamedFact] | None:
    """Return what stands about everybody under a name; None where it is not known of one."""
    known = [of[name] for of in everybody if name in of]
    return known if len(known) == len(everybody) else None


def _instant(said: NamedFact) -> int:
    return said.value if isinstance(said.value, int) else 0


def _united(name: str, sets: Iterable[NamedFact]) -> NamedFact:
    found = list(sets)
    values = frozenset(value for said in found if isinstance(said.value, frozenset) for value in said.value)
    return NamedFact(name, values, _records(found))


def _records(sets: Iterable[NamedFact]) -> tuple[int, ...]:
    return tuple(sorted({record for said in sets for record in said.records}))
