"""Flags of a vault: what is assessed anew, what must be recorded, packs adopted and kept, flags replayed."""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path
from typing import Any, Literal

from msgspec import UNSET

from kansa import __version__, ids
from kansa.application.lookup import FLAG, several
from kansa.application.signing import Statement, StatementService, signer_of
from kansa.clock import MAX_INSTANT, format_instant, parse_instant
from kansa.errors import BadInput
from kansa.facts.assessment import PREFIXES, Assessed, Subject, assess, reconfigurations
from kansa.facts.context import FactContext, use_topic
from kansa.flags import lifecycle as life
from kansa.flags.comparison import Comparison, around, compare
from kansa.flags.lifecycle import Act, Flag, Resolution
from kansa.records.draft import Draft
from kansa.records.kinds.custody import ContractRecorded
from kansa.records.kinds.flag import FlagRaised, FlagResolved
from kansa.records.kinds.operation import ValueErased
from kansa.records.kinds.party import PartyRegistered
from kansa.records.kinds.rule import RulePackAdopted, RuleReadingRecorded, RuleReinstated, RuleSuspended
from kansa.registers.snapshot import Evidence
from kansa.rules.countries import TABLE as COUNTRIES
from kansa.rules.countries import groups_of
from kansa.rules.evaluate import Finding
from kansa.rules.loading.library import Library, read_library
from kansa.rules.pack import Pack
from kansa.rules.replay import Basis, NotReplayable, flagged_again, packed, unpacked
from kansa.rules.rulebook import EffectiveRules, Interpretation, Rulebook
from kansa.texts import Words
from kansa.vault.assessment_cache import Assessments, Kept, Position
from kansa.vault.vault import Vault

_FURTHER = 3
_HALTS: Mapping[type[RuleSuspended | RuleReinstated], Literal["suspended", "reinstated"]] = {
    RuleSuspended: "suspended",
    RuleReinstated: "reinstated",
}

__all__ = ["Flag", "FlagAssessment", "FlagService", "InForce", "Replayed", "Resolution"]


@dataclass(frozen=True, slots=True)
class InForce:
    """The rules that a vault uses at an instant. `adopted` is False while the operator has adopted no pack."""

    rulebook: Rulebook
    readings: tuple[Interpretation, ...]
    adopted: bool


MOST_WORKLOADS = 2_000
"""So many workloads of segments are assessed one by one; each takes about as long as a party."""


@dataclass(frozen=True, slots=True)
class FlagAssessment:
    """What is found at `now`: flags as recorded, findings of every subject, what is to be recorded.

    `assessed` are the subjects that were assessed anew, out of `found`. `recounted` is how many records are to be made where
    nothing was assessed anew, since nothing has changed. `unasked` counts workloads of segments that were not assessed, being
    more than `MOST_WORKLOADS`: rules on a party, path or site ask about their uses, rules on one use do not.
    """

    now: int
    in_force: InForce
    edition: EffectiveRules
    flags: tuple[Flag, ...]
    found: Mapping[Subject, Kept]
    assessed: tuple[Assessed, ...]
    pending: tuple[Act, ...]
    recounted: int | None = None
    unasked: int = 0

    @property
    def not_recorded(self) -> int:
        """How many records are to be made of what was found."""
        return len(self.pending) if self.recounted is None else self.recounted


@dataclass(frozen=True, slots=True)
class Replayed:
    """A flag replayed: what the rule says of the recorded facts under the recorded pack, or why nobody can say.

    `same` is whether the rule is true again, of the same severity.
    """

    flag: Flag
    finding: Finding | None
    refused: NotReplayable | None

    @property
    def same(self) -> bool:
        """Whether the flag is raised again as it was."""
        return self.finding is not None and self.finding.severity == self.flag.claim.severity


class FlagService:
    """The flags of a vault, as of the vault's time, under its adopted packs (while there are none, the shipped ones)."""

    def __init__(self, vault: Vault, folders: Iterable[Path] = ()) -> None:
        self.vault = vault
        self.now = vault.clock.now()
        self._folders = tuple(folders)

    @cached_property
    def library(self) -> Library:
        """The packs at hand."""
        return read_library(self._folders, check=False)

    @cached_property
    def shipped(self) -> Rulebook:
        """The rules of the packs at hand."""
        return self.library.rulebook()

    @property
    def packs(self) -> Path:
        """Where packs are kept by meaning hash."""
        return self.vault.places.root / "packs"

    def survey(self) -> FlagAssessment:
        """Assess what may have changed since it was last assessed; records nothing.

        What was found of subjects from which no flag follows is kept, so that asking again assesses only the others and
        what changed.
        """
        with self.vault.evidence() as evidence, self._store() as store:
            survey = self._survey(evidence, store)
            kept = store.position()
            if survey.assessed or kept is None or kept.size != evidence.size:
                self._remember(store, evidence, survey, waiting=_waiting(survey))
            return survey

    def overview(self) -> FlagAssessment:
        """Return what `survey` does; where nothing has changed since, what was found then, without the records that are to be made."""
        with self.vault.evidence() as evidence, self._store() as store:
            if (unchanged := self._unchanged(evidence, store)) is not None:
                return unchanged
        return self.survey()

    def run(self, owner: str | None = None) -> tuple[FlagAssessment, int]:
        """Assess, and record what that makes of the flags, until nothing more follows; the number of records made."""
        survey, recorded = self._run_once(owner)
        for _ in range(_FURTHER):  # flags are facts of other rules; those about flags are not counted
            survey, made = self._run_once(owner)
            recorded += made
            if not made:
                break
        return survey, recorded

    def record(self, acts: Sequence[Act]) -> int:
        """Append what people or the assessment say of flags; a flag without an id is given one.

        Raises:
            BadInput: a record was refused.
        """
        if not acts:
            return 0
        drafts, size = [], self.vault.reader.size()
        for act in acts:
            data = {"flag_id": ids.mint("flag"), **{k: v for k, v in act.data.items() if v is not None}}
            key = f"{act.type} {data['flag_id']} after {size}"
            source = f"{self.vault.settings.urn}:flags"
            drafts.append(Draft(act.type, source, key, parse_instant(data["valid_from"]), data))
        return len(self.vault.record_all(drafts))

    def flags(self) -> tuple[Flag, ...]:
        """Return the flags as recorded."""
        with self.vault.evidence() as evidence:
            return _flags(evidence)

    def rule_words(self, now: int) -> dict[str, Words]:
        """Return what each rule says at an instant, by its id."""
        found = ((rule.id, rule.at(now)) for pack in self.library.rulebook().packs for rule in pack.rules)
        return {id_: version.words for id_, version in found if version is not None}

    def named(self, texts: Sequence[str]) -> list[Flag]:
        """Return the flags that ids, or beginnings of ids, mean.

        Raises:
            BadInput: `flags.none`; `flags.unknown`, `flags.ambiguous`, with every one that means none or several.
        """
        if not texts:
            raise BadInput("flags.none", "no flag is named", help="`kansa flags` lists them")
        flags = {flag.id: flag for flag in self.flags()}
        return [flags[id_] for id_ in several(texts, dict.fromkeys(flags, ()), FLAG)]

    def assess(self, subject: Subject) -> tuple[Assessed, EffectiveRules]:
        """Assess one subject, whatever was found before."""
        with self.vault.evidence() as evidence:
            in_force = self.in_force(evidence)
            edition = in_force.rulebook.at(self.now, in_force.readings)
            return assess(self.world(evidence, edition), edition, subject), edition

    def comparisons(self, since: int) -> list[Comparison]:
        """Return every reconfiguration that took effect at an instant or later, with the indicators before it, after it, and now."""
        with self.vault.evidence() as evidence:
            in_force = self.in_force(evidence)
            edition = in_force.rulebook.at(self.now, in_force.readings)
            world = self.world(evidence)
            compared = [compare(world, edition, subject) for subject in reconfigurations(world)]
            return sorted(found for found in compared if found.at >= since)

    def in_force(self, evidence: Evidence) -> InForce:
        """Return the packs last adopted by now, or the shipped ones, and the readings recorded by now."""
        noted = evidence.journal.mentioning(RulePackAdopted.type)
        adopted = {
            claim.pack: claim.meaning_sha256
            for claim in sorted((each.claim for each in noted), key=lambda claim: claim.valid_from)
            if isinstance(claim, RulePackAdopted) and parse_instant(claim.valid_from) <= self.now
        }
        readings = tuple(_readings(evidence))
        if not adopted:
            return InForce(self.shipped, readings, adopted=False)
        packs = tuple(self._unpacked(meaning) for _, meaning in sorted(adopted.items()))
        return InForce(Rulebook(packs, self.library.catalogue), readings, adopted=True)

    @cached_property
    def statements(self) -> StatementService:
        """Takes what people say of flags and rules, by name or under their keys."""
        return StatementService(self.vault)

    def resolution(
        self, flag: Flag, resolution: Resolution, reasons: str, evidence: Sequence[int] = ()
    ) -> Statement:
        """Return an answer to a flag, bound to the facts with which it was last raised."""
        act = life.resolve(flag, resolution, self.now, reasons=reasons, evidence=evidence)
        source, key = f"{self.vault.urn}:flags", f"{act.type} {flag.id} after {self.vault.reader.size()}"
        data = {name: value for name, value in act.data.items() if value is not None}
        return Statement(Draft(act.type, source, key, self.now, data), "resolver")

    def answer(self, flag: Flag) -> dict[str, Any] | None:
        """Return what a person last answered, and whether they signed it, as a stable JSON value; None where nobody did."""
        if flag.closed is None or not isinstance(claim := flag.closed.claim, FlagResolved):
            return None
        with self.vault.evidence() as evidence:
            signed = signer_of(flag.closed, evidence.journal)
        by = claim.resolver if isinstance(claim.resolver, str) else None
        return {"entry": flag.closed.index, "resolution": claim.resolution, "by": by, **signed}

    def adoption(self, pack: Pack, reasons: str | None = None) -> Statement:
        """Keep a pack; return the statement that it is used from now on."""
        self._keep(Rulebook((pack,), self.library.catalogue))
        data = {"pack": pack.id, "version": pack.header.version, "meaning_sha256": pack.meaning}
        start = format_instant(self.now)
        return self._statement(
            RulePackAdopted.type, f"{pack.id} {pack.meaning} {start}", start, data, reasons
        )

    def reading(
        self, rule: str, choice: Literal["apply", "not_apply"], until: int, reasons: str
    ) -> Statement:
        """Return the statement how the operator reads a rule of unknown status until an instant."""
        start = format_instant(self.now)
        data = {"rule": rule, "reading": choice, "valid_to": format_instant(until)}
        return self._statement(RuleReadingRecorded.type, f"{rule} {start}", start, data, reasons)

    def suspension(
        self, rule: str, start: int, end: int | None, source: str, reasons: str | None = None
    ) -> Statement:
        """Return the statement that a rule binds nobody in `[start, end)`, or until it is reinstated."""
        more = {"valid_to": format_instant(end)} if end is not None else {}
        return self._status(RuleSuspended.type, rule, start, {"source": source, **more}, reasons)

    def reinstatement(self, rule: str, start: int, source: str, reasons: str | None = None) -> Statement:
        """Return the statement that a suspension of a rule ends at an instant."""
        return self._status(RuleReinstated.type, rule, start, {"source": source}, reasons)

    def _status(
        self, type_: str, rule: str, start: int, said: Mapping[str, str], reasons: str | None
    ) -> Statement:
        begin = format_instant(start)
        key = f"{rule} {begin} {format_instant(self.now)}"
        return self._statement(type_, key, begin, {"rule": rule, **said}, reasons)

    def _statement(
        self, type_: str, key: str, start: str, said: Mapping[str, str], reasons: str | None
    ) -> Statement:
        more = {"reasons": reasons} if reasons else {}
        data = {**said, "known_by": "declared", "valid_from": start, **more}
        return Statement(Draft(type_, f"{self.vault.urn}:rules", key, self.now, data), "approver")

    def replay(self, flag: Flag) -> Replayed:
        """Ask the recorded pack the recorded facts again."""
        claim = flag.claim
        if claim.facts is UNSET:
            return Replayed(flag, None, NotReplayable("erased", self._erased(claim)))
        at = parse_instant(claim.evaluated_at)
        with self.vault.evidence() as evidence:
            readings = tuple(each for each in _readings(evidence) if each.decided_at <= at)
        facts = {
            ground["name"]: frozenset(ground["value"])
            if isinstance(ground["value"], list)
            else ground["value"]
            for ground in claim.facts
        }
        kept = self._unpacked(claim.pack_sha256) if self._kept(claim.pack_sha256) else None
        kind = next((r.subject for r in kept.rules if r.id == claim.rule), "") if kept else ""
        basis = Basis((claim.pack_sha256,), claim.evaluator, at, readings)
        again = flagged_again(basis, self._kept, kind, facts)
        if isinstance(again, NotReplayable):
            return Replayed(flag, None, again)
        return Replayed(flag, next((f for f in again.raised if f.rule == claim.rule), None), None)

    def _run_once(self, owner: str | None) -> tuple[FlagAssessment, int]:
        with self.vault.evidence() as evidence, self._store() as store:
            survey = self._survey(evidence, store, owner)
            self._keep(survey.in_force.rulebook)
            made = self.record(survey.pending)
            self._remember(store, evidence, survey)
        return survey, made

    def _unchanged(self, evidence: Evidence, store: Assessments) -> FlagAssessment | None:
        since = store.position()
        if since is None or since.size != evidence.size or since.at > self.now or store.has_ended(self.now):
            return None
        in_force = self.in_force(evidence)
        edition = in_force.rulebook.at(self.now, in_force.readings)
        if since.basis != self._basis(edition, in_force):
            return None
        return FlagAssessment(
            self.now,
            in_force,
            edition,
            _flags(evidence),
            store.found(),
            (),
            (),
            since.pending,
            self._unasked(evidence),
        )

    def _survey(self, evidence: Evidence, store: Assessments, owner: str | None = None) -> FlagAssessment:
        in_force = self.in_force(evidence)
        edition = in_force.rulebook.at(self.now, in_force.readings)
        world = self.world(evidence, edition)
        subjects = self.subjects(evidence, world)
        found = {subject: kept for subject, kept in store.found().items() if subject in subjects}
        stale = self._stale(evidence, store, self._basis(edition, in_force))
        asked = [s for s in subjects if s not in found or stale is None or s in stale]
        assessed = tuple(assess(world, edition, subject) for subject in asked)
        bound = {each.rule.id: each for each in edition.rules}
        for each in assessed:
            found[each.subject] = Kept(
                tuple(finding.rule for finding in each.flags.raised),
                {rule: each.missing(bound[rule]) for rule in each.flags.not_assessed},
                each.looked.topics,
                each.looked.until,
            )
        flags = _flags(evidence)
        touched = {each.subject.about for each in assessed if each.flags.raised}
        pending = life.acts(
            assessed,
            flags,
            edition,
            now=self.now,
            active={subject: _active(world, subject) for subject in touched},
            party_of={subject: party for subject in touched if (party := _party_of(world, subject))},
            owner=owner,
        )
        return FlagAssessment(
            self.now,
            in_force,
            edition,
            flags,
            found,
            assessed,
            tuple(pending),
            unasked=self._unasked(evidence),
        )

    def _remember(
        self,
        store: Assessments,
        evidence: Evidence,
        survey: FlagAssessment,
        waiting: AbstractSet[Subject] = frozenset(),
    ) -> None:
        """Keep what was found; those `waiting` are assessed again, since records are still to be made of them."""
        gone = [subject for subject in store.found() if subject not in survey.found]
        head = self.vault.reader.head().recorded_at if evidence.size else 0
        basis = self._basis(survey.edition, survey.in_force)
        position = Position(evidence.size, head, self.now, basis, len(survey.pending) if waiting else 0)
        found = [each.subject for each in survey.assessed]
        kept = ((subject, survey.found[subject]._replace(waiting=subject in waiting)) for subject in found)
        store.keep(kept, gone, position)

    def _stale(self, evidence: Evidence, store: Assessments, basis: str) -> set[Subject] | None:
        """Return what has to be assessed anew; None for everything."""
        since = store.position()
        if since is None or since.basis != basis or since.at > self.now or since.size > evidence.size:
            return None
        topics = evidence.topics_since(since.size)
        topics |= {use_topic(subject) for subject in evidence.users_since(since.recorded_at)}
        return store.stale(topics, self.now)

    def subjects(self, evidence: Evidence, world: FactContext) -> list[Subject]:
        """Return everything that is assessed."""
        found = [
            Subject(kind, id_)
            for kind, prefix in PREFIXES.items()
            for id_ in evidence.subjects(prefix)
            if id_ != world.operator
        ]
        if not self._unasked(evidence):
            found += [Subject("use", id_) for id_ in evidence.workloads_in_bulk()]
        found += [Subject("operator", world.operator)] if world.operator else []
        found += reconfigurations(world)
        world.looked()
        return found

    @staticmethod
    def _unasked(evidence: Evidence) -> int:
        """Return how many workloads of segments are not assessed one by one: all of them, where they are too many."""
        count = evidence.count_workloads_in_bulk()
        return count if count > MOST_WORKLOADS else 0

    def world(self, evidence: Evidence, edition: EffectiveRules | None = None) -> FactContext:
        """Return what facts may ask now; with the rules whose indicators are compared around reconfigurations."""
        return FactContext(
            evidence.journal,
            self.now,
            withheld=evidence.withheld,
            uses=evidence.uses,
            purposes=evidence.purposes,
            groups_of=partial(groups_of, self.library.table(COUNTRIES)),
            operator=_operator(evidence),
            around=around(edition) if edition else None,
        )

    def _basis(self, edition: EffectiveRules, in_force: InForce) -> str:
        """Return a hash of everything but records and time that the findings follow from."""
        told: list[Any] = [__version__, edition.since, edition.until]
        told += [pack.meaning for pack in edition.packs]
        told += [table.meaning for table in self.library.tables]
        told += sorted((r.rule, r.choice, r.decided_at, r.expires_at) for r in in_force.readings)
        return hashlib.sha256(json.dumps(told).encode()).hexdigest()

    @contextmanager
    def _store(self) -> Iterator[Assessments]:
        store = Assessments(self.vault.places.root / "assessments.db", self.vault.derived_key("assessments"))
        try:
            yield store
        finally:
            store.close()

    def _keep(self, rulebook: Rulebook) -> None:
        self.packs.mkdir(exist_ok=True, mode=0o700)
        for pack, named in zip(sorted(rulebook.packs, key=lambda pack: pack.id), rulebook.named, strict=True):
            path = self.packs / f"{named.meaning}.json"
            if not path.exists():
                unfinished = path.with_suffix(".partial")
                unfinished.touch(0o600)
                unfinished.write_bytes(packed(pack))
                unfinished.replace(path)

    def _kept(self, meaning: str) -> bytes | None:
        path = self.packs / f"{meaning}.json"
        return path.read_bytes() if path.exists() else None

    def _unpacked(self, meaning: str) -> Pack:
        kept = self._kept(meaning)
        if kept is None:
            raise BadInput(
                "pack.missing",
                f"the vault does not hold the pack `{meaning}`",
                help="copy it into `packs` from another copy of the vault, or adopt it again",
            )
        return unpacked(meaning, kept)

    def _erased(self, claim: FlagRaised) -> int | None:
        """Return the entry under which the values of a flag's keeper were erased, where one says so."""
        keeper = claim.party_id or claim.subject_id
        with self.vault.evidence() as evidence:
            told = [n.index for n in evidence.journal.mentioning(keeper) if n.claim.type == ValueErased.type]
        return told[-1] if told else None


def _waiting(survey: FlagAssessment) -> frozenset[Subject]:
    """Return the assessed subjects of which a record may still be made: what is raised of them, or was once."""
    if not survey.pending:
        return frozenset()
    flagged = {flag.claim.subject_id for flag in survey.flags}
    return frozenset(
        each.subject for each in survey.assessed if each.flags.raised or each.subject.about in flagged
    )


def _flags(evidence: Evidence) -> tuple[Flag, ...]:
    claims = {n.index: n for flag in evidence.subjects("flg") for n in evidence.journal.mentioning(flag)}
    return tuple(life.flags_in(claims[index] for index in sorted(claims)))


def _readings(evidence: Evidence) -> Iterator[Interpretation]:
    for noted in evidence.journal.mentioning(RuleReadingRecorded.type):
        claim = noted.claim
        if isinstance(claim, RuleReadingRecorded) and claim.valid_to is not None:
            yield Interpretation(
                rule=claim.rule,
                choice=claim.reading,
                decided_at=parse_instant(claim.valid_from),
                expires_at=parse_instant(claim.valid_to),
                reasons=claim.reasons if isinstance(claim.reasons, str) else "",
                approver=claim.approver if isinstance(claim.approver, str) else "",
            )
    yield from _suspensions(evidence)


def _suspensions(evidence: Evidence) -> Iterator[Interpretation]:
    """Suspensions and reinstatements; one recorded later than it began counts from its record on."""
    for kind, choice in _HALTS.items():
        for noted in evidence.journal.mentioning(kind.type):
            claim = noted.claim
            if isinstance(claim, RuleSuspended | RuleReinstated):
                yield Interpretation(
                    rule=claim.rule,
                    choice=choice,
                    decided_at=max(parse_instant(claim.valid_from), noted.recorded_at),
                    expires_at=MAX_INSTANT if claim.valid_to is None else parse_instant(claim.valid_to),
                    reasons=claim.source if isinstance(claim.source, str) else "",
                    approver=claim.approver if isinstance(claim.approver, str) else "",
                )


def _operator(evidence: Evidence) -> str | None:
    for party in evidence.parties_of("operator"):
        for _, claim in evidence.journal.of_kind(party, PartyRegistered):
            if "operator" in claim.roles:
                return claim.party_id
    return None


def _active(world: FactContext, subject: str) -> bool:
    """Tell whether a subject, or for a contract one of its parties, holds accelerators now."""
    concerned = [subject, *_parties(world, subject)]
    return any(world.running(use) for each in concerned for use in world.uses(each))


def _party_of(world: FactContext, subject: str) -> str | None:
    """Return the party under whose key the facts of a subject are kept: its end user, or the other party of a contract."""
    used = next((use.end_user_id for use in world.uses(subject) if use.end_user_id), None)
    if subject[:4] in {"pth_", "wkl_"} and used is not None:
        return used
    return next(iter(_parties(world, subject)), None)


def _parties(world: FactContext, subject: str) -> list[str]:
    if not subject.startswith("ctr_"):
        return []
    named = {party for _, claim in world.find(subject, ContractRecorded) for party in claim.party_ids}
    return sorted(named - {world.operator})
