"""The gate: weighs questions on one basis, keeps all decisions of a turn in one commit, and only then answers.

Every question is weighed by the rules each time; nothing is answered from memory alone. What is remembered is that an
identical permit stands in the log already: then it is answered under its own id, and its use is marked once a
minute. What cannot be recorded is held.
"""

import hmac
import threading
from collections.abc import Mapping, Sequence
from typing import NamedTuple, TypeVar

from kansa.clock import Clock, format_instant
from kansa.errors import BadInput, KansaError
from kansa.gate.answer import Answer, AnswerRenderer, not_kept, turned_away
from kansa.gate.authzen import Evaluation, Semantic
from kansa.gate.context import RuleContext
from kansa.gate.evaluation import Evaluation as Weighed
from kansa.gate.evaluation import LoggedSnapshot
from kansa.gate.log import Entry, GateLog
from kansa.gate.obligations import MINUTE
from kansa.gate.question import Asked
from kansa.gate.snapshot import Question
from kansa.gate.turned_away import TurnedAway, no_action, not_entitled, not_readable
from kansa.records.kinds.gate import GateDecided, GateGrounded, GateTurnedAway, GateUsed
from kansa.rules.rulebook import EffectiveRules

MOST_REMEMBERED = 100_000
_MILLISECOND = 1_000

Answers = tuple[Answer, ...]
_Found = Weighed | TurnedAway | Answer
_By = tuple[str, Asked]
K = TypeVar("K")
V = TypeVar("V")


_STOPS: Mapping[Semantic, bool | None] = {
    "execute_all": None,
    "deny_on_first_deny": False,
    "permit_on_first_permit": True,
}
"""After which answer a request is not looked at further."""


class Asking(NamedTuple):
    """One request: who asks, for which actions it may, the questions or why they cannot be read, and when to stop."""

    caller: str
    actions: frozenset[str]
    evaluations: tuple[Evaluation | BadInput, ...]
    semantic: Semantic = "execute_all"


class _Permit(NamedTuple):
    """A permit in the log, what it rests on, and the last minute in which its use was marked."""

    id: str
    entry: int
    at: int
    expires: int
    ground: bytes
    rules: tuple[str, ...]
    edition: EffectiveRules
    minute: int

    def covers(self, weighed: Weighed) -> bool:
        """Tell whether it says the same as a question weighed now, on the same ground, and still holds."""
        return (
            weighed.decision.outcome == "permit"
            and weighed.at < self.expires
            and self.ground == weighed.stood.key
            and self.rules == weighed.decision.determining
            and self.edition is weighed.edition
        )


class DecisionPoint:
    """Answers questions on a basis. Whoever replaces the basis, or changes what stands in it, holds `turn` meanwhile.

    `tag_key` tags the callers' own names of work.
    """

    def __init__(self, log: GateLog, basis: RuleContext, clock: Clock, tag_key: bytes) -> None:
        self.turn = threading.RLock()
        self.basis = basis
        self.log = log
        self._clock = clock
        self._tag_key = tag_key
        self._anchor = clock.now(), clock.monotonic()
        self._latest_renderer: tuple[RuleContext, EffectiveRules, AnswerRenderer] | None = None
        self._stood: dict[Question, LoggedSnapshot] = {}
        self._stood_on: tuple[RuleContext, int] | None = None
        self._grounds: dict[bytes, int] = {}
        self._permits: dict[_By, _Permit] = {}

    def answer(self, askings: Sequence[Asking]) -> list[Answers]:
        """Return the answers to each request, in order; what they say is in the log, or they say hold.

        All questions of one call are weighed on one basis and as of one instant.
        """
        with self.turn:
            return self._answer(askings)

    def _answer(self, askings: Sequence[Asking]) -> list[Answers]:
        basis, at = self.basis, self._now()
        edition, teller = self._edition(basis, at)
        found = [self._weigh(asking, basis, edition, at) for asking in askings]
        to_keep = [each for row in found for each in row if not isinstance(each, Answer)]
        try:
            self._keep(to_keep, basis)
        except KansaError as error:
            return [
                tuple(each if isinstance(each, Answer) else not_kept(error) for each in row) for row in found
            ]
        return [tuple(self._rendered(each, teller) for each in row) for row in found]

    def _rendered(self, found: Weighed | TurnedAway | Answer, teller: AnswerRenderer) -> Answer:
        if isinstance(found, TurnedAway):
            return turned_away(found, self.log.origin)
        return teller.tell(found) if isinstance(found, Weighed) else found

    def _now(self) -> int:
        """Return the instant to decide as of: never before what is recorded, never slower than the monotonic clock.

        In whole milliseconds, as records keep it: the decision is made again as of the same instant.
        """
        now, monotonic = self._clock.now(), self._clock.monotonic()
        then, began = self._anchor
        return max(now, then + monotonic - began, self.log.recorded_at) // _MILLISECOND * _MILLISECOND

    def _edition(self, basis: RuleContext, at: int) -> tuple[EffectiveRules, AnswerRenderer]:
        """Return the rules as they stand at an instant; made anew only where one of them or a reading changes."""
        if self._latest_renderer is not None:
            told_of, edition, teller = self._latest_renderer
            same = told_of.rulebook is basis.rulebook and told_of.readings is basis.readings
            if same and _stands(edition, at):
                if told_of is not basis:
                    teller = AnswerRenderer(edition, basis, self.log.origin)
                    self._latest_renderer = basis, edition, teller
                return edition, teller
        edition = basis.rulebook.at(at, basis.readings)
        teller = AnswerRenderer(edition, basis, self.log.origin)
        self._latest_renderer = basis, edition, teller
        return edition, teller

    def _weigh(self, asking: Asking, basis: RuleContext, edition: EffectiveRules, at: int) -> list[_Found]:
        found: list[_Found] = []
        for evaluation in asking.evaluations:
            each = self._weigh_one(asking, evaluation, basis, edition, at)
            found.append(each)
            permits = isinstance(each, Weighed) and each.decision.outcome == "permit"
            if _STOPS[asking.semantic] is permits:
                break
        return found

    def _weigh_one(
        self,
        asking: Asking,
        evaluation: Evaluation | BadInput,
        basis: RuleContext,
        edition: EffectiveRules,
        at: int,
    ) -> _Found:
        if isinstance(evaluation, BadInput):
            return not_readable(asking.caller, evaluation, at)
        asked = basis.read(evaluation)
        if asked.action not in basis.actions:
            return no_action(asking.caller, asked.action, at).about(asked.action, asked.about)
        if asked.action not in asking.actions:
            return not_entitled(asking.caller, asked.action, at).about(asked.action, asked.about)
        try:
            stood = self._stand(asked.about, basis, at)
        except BadInput as error:  # facts that no record can hold
            return not_kept(error)
        return Weighed(asking.caller, asked, stood, edition, at)

    def _stand(self, about: Question, basis: RuleContext, at: int) -> LoggedSnapshot:
        on = basis, basis.standings.entries
        if self._stood_on != on or len(self._stood) > MOST_REMEMBERED:
            self._stood, self._stood_on = {}, on
        stood = self._stood.get(about)
        if stood is None or (stood.ground.until is not None and stood.ground.until <= at):
            stood = LoggedSnapshot(about, basis.standings.ground(about, at))
            self._stood[about] = stood
        return stood

    def _keep(self, found: Sequence[Weighed | TurnedAway], basis: RuleContext) -> None:
        """Have every decision, and whatever was not decided, in the log, each under its id, before this returns."""
        turn = _Lock()

        def make(first: int) -> list[Entry]:
            for each in found:
                if isinstance(each, TurnedAway):
                    self._turn_away(each, turn, first)
                else:
                    self._enter(each, turn, first, basis)
            return turn.entries

        self.log.write(make)
        self._anchor = max(self._clock.now(), self.log.recorded_at), self._clock.monotonic()
        _remember(self._grounds, turn.grounds)
        _remember(self._permits, turn.permits)

    def _enter(self, weighed: Weighed, turn: "_Lock", first: int, basis: RuleContext) -> None:
        key = weighed.caller, weighed.asked
        minute = weighed.at // MINUTE
        permit = turn.permits.get(key) or self._permits.get(key)
        if permit is not None and permit.covers(weighed):
            if permit.minute < minute:
                turn.entries.append(self._used(permit, weighed.at, minute))
                turn.permits[key] = permit._replace(minute=minute)
            weighed.id, weighed.entry, weighed.at, weighed.expires = permit[:4]
            return
        ground = turn.grounds.get(weighed.stood.key, self._grounds.get(weighed.stood.key))
        if ground is None:
            ground = first + len(turn.entries)
            turn.grounds[weighed.stood.key] = ground
            turn.entries.append(self._grounded(weighed, basis))
        weighed.id = self.log.new_id(weighed.at)
        weighed.entry = first + len(turn.entries)
        data = weighed.data(ground, self._tag(weighed.asked.work))
        turn.entries.append(Entry(GateDecided.type, weighed.id, weighed.at, data))
        if weighed.decision.outcome == "permit":
            turn.permits[key] = _Permit(
                weighed.id,
                weighed.entry,
                weighed.at,
                weighed.expires,
                weighed.stood.key,
                weighed.decision.determining,
                weighed.edition,
                minute,
            )

    def _turn_away(self, refusal: TurnedAway, turn: "_Lock", first: int) -> None:
        refusal.id = self.log.new_id(refusal.at)
        refusal.entry = first + len(turn.entries)
        turn.entries.append(Entry(GateTurnedAway.type, refusal.id, refusal.at, refusal.data()))

    def _used(self, permit: _Permit, at: int, minute: int) -> Entry:
        begins, ends = format_instant(minute * MINUTE), format_instant((minute + 1) * MINUTE)
        data = {"valid_from": begins, "valid_to": ends, "known_by": "measured", "decision": permit.entry}
        return Entry(GateUsed.type, self.log.new_id(at), at, data)

    def _grounded(self, weighed: Weighed, basis: RuleContext) -> Entry:
        stood = weighed.stood
        data = {
            "valid_from": format_instant(weighed.at),
            "known_by": "measured",
            **stood.subjects,
            "log": basis.log,
            "entries": stood.ground.entries,
            "evidence": stood.evidence,
            "facts": stood.listed,
        }
        return Entry(GateGrounded.type, self.log.new_id(weighed.at), weighed.at, data)

    def _tag(self, work: str | None) -> str | None:
        """Return the tag of the caller's own name of work: HMAC-SHA-256, 160 bits, in hexadecimal."""
        if work is None:
            return None
        return hmac.digest(self._tag_key, b"gate work\x00" + work.encode(), "sha256")[:20].hex()


class _Lock:
    """What one commit adds: its entries, and what will be remembered once it has succeeded."""

    __slots__ = ("entries", "grounds", "permits")

    def __init__(self) -> None:
        self.entries: list[Entry] = []
        self.grounds: dict[bytes, int] = {}
        self.permits: dict[_By, _Permit] = {}


def _stands(edition: EffectiveRules, at: int) -> bool:
    return (edition.since is None or edition.since <= at) and (edition.until is None or at < edition.until)


def _remember(known: dict[K, V], new: dict[K, V]) -> None:
    """Keep what is new; of what is old, nothing once it is too much: to forget costs an entry, not an answer."""
    if len(known) + len(new) > MOST_REMEMBERED:
        known.clear()
    known |= new
