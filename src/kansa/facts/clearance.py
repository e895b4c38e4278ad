"""Where a tenant stands with an end user: prospect → in review → cleared until → due → lapsed.

Onboarding is a standing gate: what a clearance rested on is held against what stands now, at every question.
"""

from collections.abc import Iterable, Iterator
from typing import Literal, NamedTuple

from kansa.clock import DAY
from kansa.facts.clearance_basis import Change, changes
from kansa.facts.context import FactContext
from kansa.intervals import Interval
from kansa.people.approval import Ground
from kansa.records.journal import IndexedClaim
from kansa.records.kinds.case import CaseDecided, CaseOpened, CaseProposed
from kansa.records.kinds.party import PartyRegistered
from kansa.records.validity import validity
from kansa.registers.spans import clearance

Name = Literal["prospect", "in_review", "cleared", "due", "lapsed", "suspended", "closed"]

DUE_BEFORE = 30 * DAY
"""How long before its end a clearance is due."""


class Decision(NamedTuple):
    """A decision that counts, the proposal that it was taken on (None: made elsewhere), and all it rests on.

    `spans` is when it stands, `changes` the changes of the end user that end it (`registers.spans.clearance`).
    """

    noted: IndexedClaim
    claim: CaseDecided
    ground: Ground
    proposal: CaseProposed | None
    records: tuple[int, ...]
    spans: tuple[Interval, ...]
    changes: tuple[IndexedClaim, ...]

    @property
    def end(self) -> int | None:
        """When it ends by what it says itself."""
        return validity(self.claim).end

    def covers(self, *, item: str | None = None, site: str | None = None, path: str | None = None) -> bool:
        """Tell whether what is named lies in its scope; what is not named does."""
        return clearance.covers(self.claim, clearance.Work(item, site, path))


class State(NamedTuple):
    """Where they stand, until when the clearance says (if one is in force), and what changed under it."""

    name: Name
    until: int | None
    changed: tuple[Change, ...]
    records: tuple[int, ...]


def decisions(world: FactContext, tenant: str, end_user: str) -> list[Decision]:
    """Return the decisions on a tenant and an end user that count and have begun, in ledger order."""
    return sorted(_counting(world, tenant, end_user), key=lambda decision: decision.noted.index)


def in_force(world: FactContext, decided: Iterable[Decision]) -> list[Decision]:
    """Return those that stand now, latest first: begun, not ended, and no permit that a change of the end user ended."""
    return [each for each in reversed(list(decided)) if any(world.covers(span) for span in each.spans)]


def ruling(forced: Iterable[Decision], **asked: str | None) -> Decision | None:
    """Return the latest decision in force whose scope covers what is asked; `forced` latest first."""
    return next((each for each in forced if each.covers(**asked)), None)


def state(world: FactContext, tenant: str, end_user: str) -> State:
    """Return where they stand now; a hold or deny of a part of the scope leaves the rest as it is."""
    registered = world.find(tenant, PartyRegistered, party_id=tenant)
    if registered and all(world.ended(claim) for _, claim in registered):
        return State("closed", None, (), tuple(noted.index for noted, _ in registered))
    decided = decisions(world, tenant, end_user)
    lasting = [each for each in reversed(decided) if not world.ended(each.claim)]
    rule = next((each for each in lasting if each.claim.decision == "permit" or _unlimited(each)), None)
    if rule is None:
        return _without(world, tenant, end_user, decided)
    if rule.claim.decision != "permit":
        name: Name = "suspended" if rule.claim.decision == "deny" else "due"
        return State(name, rule.end, (), rule.records)
    changed = tuple(changes(world, rule.noted, rule.proposal, rule.changes))
    near = rule.end is not None and world.reached(rule.end - DUE_BEFORE)
    records = {*rule.records, *(record for change in changed for record in change.records)}
    return State("due" if changed or near else "cleared", rule.end, changed, tuple(sorted(records)))


def _without(world: FactContext, tenant: str, end_user: str, decided: list[Decision]) -> State:
    if decided:
        return State("lapsed", None, (), decided[-1].records)
    opened = [
        noted
        for kind in (CaseOpened, CaseProposed)
        for noted, _ in world.find(end_user, kind, tenant_id=tenant, end_user_id=end_user)
    ]
    return State("in_review" if opened else "prospect", None, (), tuple(sorted(n.index for n in opened)))


def _counting(world: FactContext, tenant: str, end_user: str) -> Iterator[Decision]:
    for each in clearance.decisions(end_user, world):
        ground, rests = each.standing
        if each.standing.counts and each.claim.tenant_id == tenant and world.since(each.claim) is not None:
            proposal = next((n.claim for n in rests if isinstance(n.claim, CaseProposed)), None)
            records = tuple(sorted(n.index for n in rests))
            yield Decision(each.noted, each.claim, ground, proposal, records, each.spans, each.changes)


def _unlimited(decision: Decision) -> bool:
    claim = decision.claim
    return claim.item_classes is None and claim.site_ids is None and claim.path_ids is None
