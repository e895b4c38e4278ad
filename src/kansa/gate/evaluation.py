"""One question weighed: the facts that stood, what the rules say of them, and until when.

`Stood` is a ground in the form in which the log keeps it. It is made once for each question and ground, not for each
time that is asked.
"""

from dataclasses import replace
from functools import lru_cache
from typing import Any

from kansa.clock import format_instant
from kansa.gate.obligations import ASK_AGAIN, TERMS, PermitTerms
from kansa.gate.question import Asked
from kansa.gate.snapshot import LEFT, FactSnapshot, Question
from kansa.records import canonical
from kansa.rules.evaluate import Decision, decide
from kansa.rules.rulebook import EffectiveRules

_ASK_AGAIN = PermitTerms(ASK_AGAIN)
written = lru_cache(1024)(format_instant)  # the decisions of a turn share their instants


class LoggedSnapshot:
    """A ground about some subjects, listed for the log; two with the same `key` say the same."""

    __slots__ = ("evidence", "ground", "key", "listed", "subjects")

    def __init__(self, about: Question, ground: FactSnapshot) -> None:
        self.ground = _bounded(ground)
        self.subjects = subjects_of(about)
        self.listed = _listed(self.ground)
        self.key = canonical.encode([self.subjects, self.listed])
        self.evidence = sorted({index for found in ground.evidence.values() for index in found})

    def ends(self, at: int) -> int | None:
        """Return the first instant after `at` at which it no longer says the same but for seconds that pass."""
        ends = [
            instant for name, instant in self.ground.instants.items() if name.endswith(LEFT) and instant > at
        ]
        if self.ground.until is not None:
            ends.append(self.ground.until)
        return min(ends, default=None)


class Evaluation:
    """A question with its decision as of `at`; `id` and `entry` are where it stands in the log, once it does.

    A permit holds until `expires`; any other answer is worth asking again then.
    """

    __slots__ = ("asked", "at", "caller", "decision", "edition", "entry", "expires", "facts", "id", "stood")

    def __init__(
        self, caller: str, asked: Asked, stood: LoggedSnapshot, edition: EffectiveRules, at: int
    ) -> None:
        self.caller = caller
        self.asked = asked
        self.stood = stood
        self.edition = edition
        self.at = at
        self.facts: dict[str, Any] = {
            **stood.ground.at(at),
            **dict(asked.given),
            "action.name": asked.action,
        }
        self.decision: Decision = decide(edition, asked.action, self.facts)
        permitted = self.decision.outcome == "permit"
        lasts = TERMS.get(asked.action, _ASK_AGAIN).lasts if permitted else ASK_AGAIN
        ends = (at + lasts, stood.ends(at), edition.until)
        self.expires = min(end for end in ends if end is not None)
        self.id = ""
        self.entry = -1

    def data(self, ground: int, work: str | None) -> dict[str, Any]:
        """Return the fields of its record; `ground` is the entry of its ground, `work` the tag of the caller's own name."""
        decision = self.decision
        return {
            "valid_from": written(self.at),
            "valid_to": written(self.expires),
            "known_by": "measured",
            **self.stood.subjects,
            "action": self.asked.action,
            "outcome": decision.outcome,
            "caller": self.caller,
            "ground": ground,
            "given": [{"fact": fact, "value": value} for fact, value in self.asked.given],
            "determining": list(decision.determining),
            "unknown": list(decision.unknown),
            "packs": [pack.meaning for pack in decision.packs],
            "semantics": decision.semantics,
            "readings": list(decision.readings),
            "obligations": self.obligations,
            **({} if work is None else {"work": work}),
        }

    @property
    def obligations(self) -> list[str]:
        """What a permit obliges to, by code."""
        if self.decision.outcome != "permit":
            return []
        return [duty.code for duty in TERMS.get(self.asked.action, _ASK_AGAIN).obligations]


def subjects_of(about: Question) -> dict[str, str]:
    """Return the subjects that are named, as records name them."""
    named = {
        "tenant_id": about.tenant_id,
        "end_user_id": about.end_user_id,
        "path_id": about.path_id,
        "site_id": about.site_id,
        "from_site_id": about.from_site_id,
        "item_class": about.item_class,
    }
    return {name: value for name, value in named.items() if value is not None}


def _bounded(ground: FactSnapshot) -> FactSnapshot:
    """Return the ground with instants that a record can hold: what never ends, ends in 2255."""
    if all(instant <= canonical.MAX_INTEGER for instant in ground.instants.values()):
        return ground
    return replace(
        ground, instants={name: min(at, canonical.MAX_INTEGER) for name, at in ground.instants.items()}
    )


def _listed(ground: FactSnapshot) -> list[dict[str, Any]]:
    """Return the ground's facts in the order of their names; sets are sorted lists."""
    values: dict[str, dict[str, Any]] = {
        name: {"value": sorted(value) if isinstance(value, frozenset) else value}
        for name, value in ground.facts.items()
    }
    values |= {name: {"instant": instant} for name, instant in ground.instants.items()}
    return [
        {"fact": name, **values[name], "evidence": list(ground.evidence.get(name, ()))}
        for name in sorted(values)
    ]
