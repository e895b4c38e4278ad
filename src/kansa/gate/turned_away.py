"""Questions that are not decided, since their caller may not ask them or they cannot be read; each is kept in the log."""

from collections.abc import Mapping
from typing import Any, Literal

from kansa.clock import format_instant
from kansa.errors import BadInput, Problem
from kansa.gate.evaluation import subjects_of
from kansa.gate.snapshot import Question
from kansa.i18n import Words
from kansa.rules.pack import ACTIONS

Reason = Literal["not_entitled", "no_action", "not_readable"]

NOT_ENTITLED = Words("this caller may not ask about `{action}`", "この呼出し元は`{action}`を照会できません")
NO_ACTION = Words(
    "`{action}` is not an action that the gate answers for", "`{action}`はゲートが判断する行為ではありません"
)
NOT_READABLE = Words("the question cannot be read: {why}", "照会を読み取れません（{why}）")
_CODES: Mapping[Reason, str] = {
    "not_entitled": "gate.caller",
    "no_action": "gate.action",
    "not_readable": "gate.request",
}
_JAPANESE: Mapping[str, str] = {
    "is missing": "がない",
    "must be a text": "は文字列でなければならない",
    "must be an object": "はオブジェクトでなければならない",
    "must be a list": "は配列でなければならない",
}


class TurnedAway:
    """A question with why it is not decided, as of `at`; `id` and `entry` are where that stands in the log, once it does."""

    __slots__ = ("action", "at", "caller", "entry", "id", "reason", "subjects", "words")

    def __init__(self, caller: str, reason: Reason, words: Words, at: int) -> None:
        self.caller = caller
        self.reason: Reason = reason
        self.words = words
        self.at = at
        self.action: str | None = None
        self.subjects: dict[str, str] = {}
        self.id = ""
        self.entry = -1

    def about(self, action: str, question: Question) -> "TurnedAway":
        """Return the same, of an action on these subjects; an action that is none of ours is not written down."""
        self.action = action if action in ACTIONS else None
        self.subjects = subjects_of(question)
        return self

    @property
    def status(self) -> int:
        """The HTTP status that says the same."""
        return 403 if self.reason == "not_entitled" else 400

    @property
    def code(self) -> str:
        """The code of the error."""
        return _CODES[self.reason]

    def data(self) -> dict[str, Any]:
        """Return the fields of its record."""
        return {
            "valid_from": format_instant(self.at),
            "known_by": "measured",
            **self.subjects,
            **({} if self.action is None else {"action": self.action}),
            "caller": self.caller,
            "reason": self.reason,
        }


def not_entitled(caller: str, action: str, at: int) -> TurnedAway:
    """Return a caller that may not ask about an action."""
    return TurnedAway(caller, "not_entitled", _of(NOT_ENTITLED, action), at)


def no_action(caller: str, action: str, at: int) -> TurnedAway:
    """Return an action that the gate does not answer for."""
    return TurnedAway(caller, "no_action", _of(NO_ACTION, action), at)


def not_readable(caller: str, error: BadInput, at: int) -> TurnedAway:
    """Return a question of a batch that cannot be read."""
    english = "; ".join([error.message, *map(str, error.problems)])
    said = "、".join(_in_japanese(problem) for problem in error.problems) or error.message
    words = Words(english, NOT_READABLE.ja.format(why=said))
    return TurnedAway(caller, "not_readable", words, at)


def _of(form: Words, action: str) -> Words:
    return Words(form.en.format(action=action), form.ja.format(action=action))


def _in_japanese(problem: Problem) -> str:
    return f"`{problem.field}`{_JAPANESE.get(problem.message, problem.message)}"
