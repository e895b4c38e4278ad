"""What adopting packs would change in a vault: its past decisions, its findings, the clearances that they touch."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kansa.application.flags import FlagService
from kansa.clock import parse_instant
from kansa.errors import BadInput
from kansa.facts.assessment import assess
from kansa.gate.snapshot import FactSnapshot
from kansa.records import envelope, sealing
from kansa.records.catalogue import read
from kansa.records.kinds.case import CaseDecided
from kansa.records.kinds.gate import GateDecided, GateGrounded
from kansa.registers.snapshot import Evidence
from kansa.rules import impact as rules
from kansa.rules.impact import Impact, Past
from kansa.rules.loading.opened import open_pack
from kansa.rules.loading.pack_file import read_pack
from kansa.rules.pack import Pack
from kansa.rules.rulebook import Rulebook
from kansa.vault.vault import Vault

Pair = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Considered:
    """What would change. `erased` counts past decisions of which facts are gone, so that they cannot be asked again.

    `dropped` are packs that are used now and would not be: the shipped ones, once the first is adopted.

    `clearances` are the standing permits (tenant, end user) whose decisions would turn, or on which findings come.
    """

    packs: tuple[Pack, ...]
    dropped: tuple[str, ...]
    start: int
    end: int
    impact: Impact
    subjects: int
    erased: int
    clearances: tuple[Pair, ...]


def packs_named(desk: FlagService, names: Iterable[str]) -> list[Pack]:
    """Return packs by id, by the last part of it, or by file.

    Raises:
        BadInput: `pack.unknown`, or what is wrong with a file.
    """
    return [_pack_named(desk, name) for name in names]


def consider(desk: FlagService, packs: Sequence[Pack], over: tuple[int, int] | None = None) -> Considered:
    """Ask the gate's decisions of `[FROM, TO)`, by default all, and today's findings, with these packs adopted."""
    with desk.vault.evidence() as evidence:
        in_force = desk.in_force(evidence)
        kept = {pack.id: pack for pack in in_force.rulebook.packs} if in_force.adopted else {}
        new = Rulebook(tuple({**kept, **{pack.id: pack for pack in packs}}.values()), desk.library.catalogue)
        past, erased = _history(desk.vault, over)
        found = rules.decisions(past, new, in_force.readings)
        before = in_force.rulebook.at(desk.now, in_force.readings)
        after = new.at(desk.now, in_force.readings)
        facts = _facts(desk, evidence, in_force.rulebook, new)
        found.raised, found.gone, found.without_effect = rules.findings(facts, before, after)
        touched = {each.subject for each in found.raised}
        permits = _permits(evidence, desk.now)
        clearances = sorted(pair for pair in permits if pair in found.pairs or touched & set(pair))
    start, end = over or (min((each.at for each in past), default=desk.now), desk.now)
    dropped = {pack.id for pack in in_force.rulebook.packs} - {pack.id for pack in new.packs}
    return Considered(
        tuple(packs), tuple(sorted(dropped)), start, end, found, len(facts), erased, tuple(clearances)
    )


def _pack_named(desk: FlagService, name: str) -> Pack:
    if Path(name).suffix == ".yaml":
        return read_pack(open_pack(Path(name)), desk.library.catalogue, desk.library.citations)
    found = [pack for pack in desk.library.packs if f".{pack.id}".endswith(f".{name}")]
    if len(found) != 1:
        raise BadInput(
            "pack.unknown",
            f"`{name}` is no pack"
            if not found
            else f"`{name}` may be any of {', '.join(p.id for p in found)}",
            help="`kansa rules list` lists them; a file ends in .yaml",
        )
    return found[0]


def _facts(
    desk: FlagService, evidence: Evidence, *rulebooks: Rulebook
) -> Mapping[tuple[str, str], Mapping[str, Any]]:
    """Return the facts of every subject that either rulebook asks, today."""
    both = Rulebook(
        tuple({p.meaning: p for book in rulebooks for p in book.packs}.values()), desk.library.catalogue
    )
    edition = both.at(desk.now)
    world = desk.world(evidence, edition)
    found = {}
    for subject in desk.subjects(evidence, world):
        known = assess(world, edition, subject).facts
        found[subject.kind, subject.id] = {name: fact.value for name, fact in known.items()}
    return found


def _permits(evidence: Evidence, now: int) -> list[Pair]:
    """Whom people's latest decisions permit whom to serve."""
    latest: dict[Pair, CaseDecided] = {}
    for party in evidence.subjects("pty"):
        for noted in evidence.journal.mentioning(party):
            claim = noted.claim
            if isinstance(claim, CaseDecided) and parse_instant(claim.valid_from) <= now:
                latest[claim.tenant_id, claim.end_user_id] = claim
    return [
        pair
        for pair, claim in latest.items()
        if claim.decision == "permit" and (claim.valid_to is None or now < parse_instant(claim.valid_to))
    ]


def _history(vault: Vault, over: tuple[int, int] | None) -> tuple[list[Past], int]:
    """Return the gate's decisions with their facts, and how many have lost theirs."""
    if not vault.places.gate.exists():
        return [], 0
    past, erased = [], 0
    grounds: dict[int, FactSnapshot | None] = {}
    for index, claim in _gate_claims(vault):
        if isinstance(claim, GateGrounded):
            grounds[index] = _ground(claim)
            continue
        at = parse_instant(claim.valid_from)
        ground = grounds.get(claim.ground)
        if over is not None and not over[0] <= at < over[1]:
            continue
        if ground is None:
            erased += 1
            continue
        given = {
            each.fact: frozenset(each.value) if isinstance(each.value, list) else each.value
            for each in claim.given
        }
        facts = {**ground.at(at), **given, "action.name": claim.action}
        past.append(
            Past(
                str(index),
                at,
                claim.action,
                facts,
                claim.outcome,
                tuple(claim.determining),
                claim.tenant_id,
                claim.end_user_id,
            )
        )
    return past, erased


def _gate_claims(vault: Vault) -> Iterator[tuple[int, GateDecided | GateGrounded]]:
    """Yield the gate's decisions and grounds, in order, with the values that are still kept."""
    with vault.gate_reader() as reader:
        records = [(index, envelope.decode(entry)) for index, entry in reader.entries()]
    kept = vault.disclosures(record for _, record in records)
    for index, record in records:
        if record.type in {GateDecided.type, GateGrounded.type}:
            claim = read(record.type, sealing.reveal(record.data, kept))
            if isinstance(claim, GateDecided | GateGrounded):
                yield index, claim


def _ground(claim: GateGrounded) -> FactSnapshot | None:
    """Return what stood; None if it is erased."""
    if not isinstance(claim.facts, list):
        return None
    return FactSnapshot(
        claim.entries,
        parse_instant(claim.valid_from),
        facts={
            each.fact: frozenset(each.value) if isinstance(each.value, list) else each.value
            for each in claim.facts
            if each.value is not None
        },
        instants={each.fact: each.instant for each in claim.facts if each.instant is not None},
    )
