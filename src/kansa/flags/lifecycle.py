"""Flags: how findings become flags, who looks into them by when, how they close and open again.

A flag is one rule on one subject (or one reconfiguration of it). It is raised on facts; raised anew when those
change; lapses when the rule is no longer true; is resolved by a person on exactly the facts with which it was last
raised, and opens again on others. Where the rule cannot be assessed any longer it stays as it is: unknown closes
nothing. Facts that only grow with time count as the records from which they grow. All of it is in the ledger; what
is here reads it, and says what would have to be recorded.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

from msgspec import UNSET

from kansa.clock import DAY, format_instant, parse_instant
from kansa.facts.assessment import Assessed, Subject, same_grounds
from kansa.records.journal import IndexedClaim
from kansa.records.kinds.flag import FlagAssigned, FlagRaised, FlagResolved
from kansa.rules.evaluate import SEMANTICS, Finding
from kansa.rules.pack import Severity
from kansa.rules.rulebook import EffectiveRule, EffectiveRules

DUE: Mapping[Severity, int] = {"high": 3 * DAY, "medium": 14 * DAY, "low": 30 * DAY}
"""How long a flag may stay open; an operator's own choice, no regulator's number."""
DUE_ACTIVE = DAY
"""The same where accelerators are held now, if that is sooner."""

State = Literal["open", "resolved", "lapsed"]
Resolution = Literal["explained", "mitigated", "declined", "reported"]
_GRAVITY: Mapping[str, int] = {"high": 0, "medium": 1, "low": 2}


class Key(NamedTuple):
    """What a flag is about: one rule on one subject, or on one reconfiguration of it."""

    subject: str
    occasion: int | None
    rule: str


@dataclass(frozen=True, slots=True)
class Flag:
    """A flag as the ledger has it: last raised, last assigned, last closed; None where that never was."""

    raised: IndexedClaim
    assigned: IndexedClaim | None = None
    closed: IndexedClaim | None = None

    @property
    def claim(self) -> FlagRaised:
        """What it was last raised with."""
        assert isinstance(self.raised.claim, FlagRaised)  # noqa: S101 - narrows the type; `flags_in` looked
        return self.raised.claim

    @property
    def id(self) -> str:
        return self.claim.flag_id

    @property
    def key(self) -> Key:
        """What it is about."""
        return Key(self.claim.subject_id, self.claim.occasion, self.claim.rule)

    @property
    def state(self) -> State:
        """Open if it was raised after it was last closed."""
        if self.closed is None or self.closed.index < self.raised.index:
            return "open"
        assert isinstance(self.closed.claim, FlagResolved)  # noqa: S101 - narrows the type; `flags_in` looked
        return "lapsed" if self.closed.claim.resolution == "lapsed" else "resolved"

    @property
    def due(self) -> int:
        """When it is due, as last assigned or raised."""
        latest = self._latest
        return parse_instant(latest.due)

    @property
    def owner(self) -> str | None:
        """Who looks into it; None while nobody does, or where the name is erased."""
        latest = self._latest
        return latest.owner if isinstance(latest.owner, str) else None

    @property
    def grounds(self) -> list[dict[str, Any]] | None:
        """The facts on which it was last raised; None if they are erased."""
        return None if self.claim.facts is UNSET else self.claim.facts

    @property
    def _latest(self) -> FlagRaised | FlagAssigned:
        if self.assigned is not None and self.assigned.index > self.raised.index:
            assert isinstance(self.assigned.claim, FlagAssigned)  # noqa: S101 - narrows the type
            return self.assigned.claim
        return self.claim


class Act(NamedTuple):
    """A record that is to be made: its type and its data."""

    type: str
    data: dict[str, Any]


def flags_in(claims: Iterable[IndexedClaim]) -> list[Flag]:
    """Return the flags that claims (in ledger order) tell of, flags about flags last, those with active allocation first, then the gravest, then by due date."""
    found: dict[str, Flag] = {}
    for noted in claims:
        claim = noted.claim
        if isinstance(claim, FlagRaised):
            earlier = found.get(claim.flag_id)
            found[claim.flag_id] = Flag(noted, earlier.assigned, earlier.closed) if earlier else Flag(noted)
        elif isinstance(claim, FlagAssigned) and claim.flag_id in found:
            flag = found[claim.flag_id]
            found[claim.flag_id] = Flag(flag.raised, noted, flag.closed)
        elif isinstance(claim, FlagResolved) and claim.flag_id in found:
            flag = found[claim.flag_id]
            found[claim.flag_id] = Flag(flag.raised, flag.assigned, noted)
    return sorted(found.values(), key=_urgency)


def acts(
    assessed: Sequence[Assessed],
    known: Iterable[Flag],
    edition: EffectiveRules,
    *,
    now: int,
    active: Mapping[str, bool],
    party_of: Mapping[str, str],
    owner: str | None = None,
) -> list[Act]:
    """Return what must be recorded so that the flags say what the assessment of these subjects found.

    `known` are the flags so far, of any subject; only those of assessed subjects change. `active` says which
    subjects hold accelerators now, `party_of` under whose key the facts of a subject are kept where that is another.
    New flags come without an id: who records them mints it.
    """
    by_key = {flag.key: flag for flag in known}
    bound = {each.rule.id: each for each in edition.rules}
    wanted: list[Act] = []
    for each in assessed:
        found = {finding.rule: finding for finding in each.flags.raised}
        for rule, finding in found.items():
            flag = by_key.get(Key(each.subject.about, each.subject.occasion, rule))
            grounds = each.grounds(bound[rule], edition.catalogue)
            if flag is None or not _stands(flag, grounds):
                data = _raised(each.subject, finding, bound[rule], edition, grounds, now=now, active=active)
                data |= {"flag_id": flag.id} if flag else {}
                keeper = party_of.get(each.subject.about)
                data |= {"party_id": keeper} if keeper and keeper != each.subject.about else {}
                data |= {"owner": owner} if owner else {}
                wanted.append(Act(FlagRaised.type, data))
        silent = {*found, *each.flags.not_assessed}
        wanted += [
            _closed(flag, "lapsed", now)
            for key, flag in by_key.items()
            if (key.subject, key.occasion) == (each.subject.about, each.subject.occasion)
            and key.rule not in silent
            and _kind(flag, bound) in {None, each.subject.kind}
            and flag.state == "open"
        ]
    return wanted


def assign(flag: Flag, owner: str, due: int | None, now: int) -> Act:
    """Give a flag an owner, and a due date if it is to be another."""
    return Act(
        FlagAssigned.type,
        {
            "flag_id": flag.id,
            "subject_id": flag.claim.subject_id,
            "due": format_instant(flag.due if due is None else due),
            "owner": owner,
            "known_by": "declared",
            "valid_from": format_instant(now),
        },
    )


def resolve(
    flag: Flag,
    resolution: Resolution,
    now: int,
    *,
    reasons: str,
    evidence: Sequence[int] = (),
    resolver: str | None = None,
) -> Act:
    """Return a person's answer to a flag, bound to the facts with which it was last raised.

    `resolver` names the person; whoever signs the answer is known by their enrolment.
    """
    act = _closed(flag, resolution, now)
    named = {} if resolver is None else {"resolver": resolver}
    return Act(act.type, act.data | named | {"reasons": reasons, "evidence": list(evidence)})


def counts_flags(rule: EffectiveRule) -> bool:
    """Tell whether a rule asks about flags itself."""
    return any(name.rpartition(".")[2] in _OF_FLAGS for name in rule.rule.facts)


_OF_FLAGS = frozenset({"open_flags", "notice_unresolved_days", "notices_unread_days"})


def _stands(flag: Flag, grounds: list[dict[str, Any]]) -> bool:
    """Tell whether nothing need be said: it is open or resolved on these very facts, or nobody can compare them any more."""
    if flag.state == "lapsed":
        return False
    return flag.grounds is None or same_grounds(flag.grounds, grounds)


def _raised(
    subject: Subject,
    finding: Finding,
    rule: EffectiveRule,
    edition: EffectiveRules,
    grounds: list[dict[str, Any]],
    *,
    now: int,
    active: Mapping[str, bool],
) -> dict[str, Any]:
    holds = active.get(subject.about, False)
    due = now + min(DUE[finding.severity], DUE_ACTIVE if holds else DUE[finding.severity])
    pack = next(each for each in edition.packs if rule.rule.id.startswith(f"{each.id}."))
    return {
        "subject_id": subject.about,
        "rule": finding.rule,
        "pack": pack.id,
        "pack_sha256": pack.meaning,
        "evaluator": SEMANTICS,
        "evaluated_at": format_instant(now),
        "severity": finding.severity,
        "active": holds,
        "due": format_instant(due),
        "occasion": subject.occasion,
        "of_flags": counts_flags(rule),
        "rests_on": sorted({record for ground in grounds for record in ground["records"]}),
        "facts": grounds,
        "known_by": "inferred",
        "inferred_from": "a rule on recorded facts",
        "valid_from": format_instant(now),
    }


def _closed(flag: Flag, resolution: str, now: int) -> Act:
    data: dict[str, Any] = {
        "flag_id": flag.id,
        "subject_id": flag.claim.subject_id,
        "party_id": flag.claim.party_id,
        "resolution": resolution,
        "raised": flag.raised.index,
        "valid_from": format_instant(now),
        "known_by": "inferred" if resolution == "lapsed" else "declared",
    }
    return Act(
        FlagResolved.type,
        data | ({"inferred_from": "the rule is no longer true"} if resolution == "lapsed" else {}),
    )


def _kind(flag: Flag, bound: Mapping[str, EffectiveRule]) -> str | None:
    """Return the kind of subject that a flag's rule asks about; None if the rule is no longer used."""
    rule = bound.get(flag.claim.rule)
    return rule.rule.subject if rule else None


def _urgency(flag: Flag) -> tuple[object, ...]:
    return (
        flag.state != "open",
        flag.claim.of_flags,
        not flag.claim.active,
        _GRAVITY[flag.claim.severity],
        flag.due,
        flag.key.rule,
        flag.id,
    )
