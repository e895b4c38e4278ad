"""A past decision made again: from the packs that it names, the facts that stood, what was given, and nothing else."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import msgspec

from kansa.errors import BadInput
from kansa.gate.snapshot import FactSnapshot, Value
from kansa.ledger.ports import LogReader
from kansa.records import envelope, sealing
from kansa.records.envelope import Record
from kansa.records.kinds.gate import GateDecided, GateGrounded, GateTurnedAway, Stood
from kansa.records.sealing import Disclosure
from kansa.rules.evaluate import Decision, decide
from kansa.rules.replay import Basis, NotReplayable, Shelf, edition_of
from kansa.rules.rulebook import EffectiveRules, Interpretation

Find = Callable[[list[str]], Mapping[str, Disclosure]]
ErasedUnder = Callable[[str | None], int | None]
"""The entry of the evidence log under which a subject's values were erased."""


@dataclass(frozen=True, slots=True)
class Replayed:
    """A decision as it is recorded, and as it is now from the same rules and facts; or why nobody can say."""

    index: int
    record: Record
    claim: GateDecided
    facts: Mapping[str, Value]
    edition: EffectiveRules | None
    again: Decision | None
    refused: NotReplayable | None

    @property
    def same(self) -> bool:
        """Whether outcome and reasons are those on record."""
        return (
            self.again is not None
            and self.again.outcome == self.claim.outcome
            and list(self.again.determining) == self.claim.determining
            and list(self.again.unknown) == self.claim.unknown
        )


def replay(
    log: LogReader,
    decision: str,
    *,
    find: Find,
    shelf: Shelf,
    readings: tuple[Interpretation, ...] = (),
    erased_under: ErasedUnder = lambda _: None,
) -> Replayed:
    """Make a decision again. `readings` are all that were ever recorded: those in force then are used.

    Raises:
        BadInput: `gate.decision`, if the log has no decision of this id.
    """
    index = log.find(f"urn:kansa:{log.origin}", decision)
    record = None if index is None else envelope.decode(log.entry(index))
    if record is not None and record.type == GateTurnedAway.type:
        raise BadInput(
            "gate.decision",
            f"`{decision}` was denied without a decision: {record.data['reason'].replace('_', ' ')}",
            help="no rule was asked, so there is nothing to make again",
        )
    if index is None or record is None or record.type != GateDecided.type:
        raise BadInput(
            "gate.decision",
            f"the gate's log has no decision `{decision}`",
            help="the id stands in `context.id` of the answer",
        )
    claim = msgspec.convert(dict(record.data), GateDecided)
    grounded = envelope.decode(log.entry(claim.ground))
    stood = _revealed(grounded, find)
    if stood is None:
        keeper = grounded.data.get("end_user_id") or grounded.data.get("tenant_id")
        refused = NotReplayable("erased", erased_under(keeper))
        return Replayed(index, record, claim, {}, None, None, refused)
    facts = _facts(claim, stood, record.time)
    basis = Basis(tuple(claim.packs), claim.semantics, record.time, _then(readings, claim, record.time))
    edition = edition_of(basis, shelf, facts)
    if isinstance(edition, NotReplayable):
        return Replayed(index, record, claim, facts, None, None, edition)
    return Replayed(index, record, claim, facts, edition, decide(edition, claim.action, facts), None)


def _revealed(record: Record, find: Find) -> list[Stood] | None:
    data = sealing.reveal(dict(record.data), find(sealing.digests(dict(record.data))))
    if record.type != GateGrounded.type or "facts" not in data:
        return None
    return msgspec.convert(data["facts"], list[Stood])


def _facts(claim: GateDecided, stood: list[Stood], at: int) -> dict[str, Any]:
    """Return the facts as they were asked: what stood with its seconds counted to `at`, then what was given."""
    ground = FactSnapshot(
        entries=0,
        since=at,
        facts={each.fact: _value(each.value) for each in stood if each.value is not None},
        instants={each.fact: each.instant for each in stood if each.instant is not None},
    )
    given = {each.fact: _value(each.value) for each in claim.given}
    return {**ground.at(at), **given, "action.name": claim.action}


def _value(value: bool | int | str | list[str]) -> Value:  # noqa: FBT001 - any fact's value
    return frozenset(value) if isinstance(value, list) else value


def _then(readings: tuple[Interpretation, ...], claim: GateDecided, at: int) -> tuple[Interpretation, ...]:
    """Return the readings that settled rules then; one recorded since settles nothing in the past."""
    return tuple(each for each in readings if each.rule in claim.readings and each.decided_at <= at)
