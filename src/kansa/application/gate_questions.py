"""Ask a vault's gate as a machine does, in the names that people use; and make past decisions again.

Names that mean nobody are passed on: the gate says that it does not know them, holds, and keeps that it was asked.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

import msgspec

from kansa.application.decision_replay import decided
from kansa.application.gate import open_gate
from kansa.application.lookup import Lookup
from kansa.application.serving_process import post
from kansa.errors import BadInput, KansaError
from kansa.gate.authzen import Evaluation
from kansa.gate.decision_point import Asking
from kansa.gate.replay import Replayed
from kansa.records.kinds.gate import Action
from kansa.rules.pack import ACTIONS
from kansa.vault.vault import Vault

MOST_NEAR = 3
_STRICTEST = ("permit", "hold", "deny")
_KIND = {"site": "site", "from": "site", "path": "path"}


@dataclass(frozen=True, slots=True, kw_only=True)
class GateQuestion:
    """What is asked: who and what, each by id, source key or name, and what only whoever asks knows (`context`)."""

    action: str
    tenant: str | None = None
    end_user: str | None = None
    path: str | None = None
    site: str | None = None
    from_site: str | None = None
    item: str | None = None
    context: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class GateAnswer:
    """The strictest AuthZEN answer, and where a paragraph names several item classes, the answer for each."""

    strictest: dict[str, Any]
    by_class: Mapping[str, dict[str, Any]]

    @property
    def permitted(self) -> bool:
        """Whether the action may go ahead."""
        return bool(self.strictest["decision"])

    def as_json(self) -> dict[str, Any]:
        """Return the AuthZEN response; names that mean nobody bear those that read like them (`near`)."""
        return self.strictest


def ask_gate(vault: Vault, question: GateQuestion) -> GateAnswer:
    """Ask the process that serves the vault, or, where none does, the gate itself; the answer is kept in its log.

    Raises:
        BadInput: `gate.ask`, if nobody is named, or a name may mean several.
    """
    names = Lookup(vault)
    meant = sorted(names.directory.items_named(question.item)) if question.item is not None else []
    classes = meant if len(meant) > 1 else [question.item]
    answers = [_answer(vault, evaluation(question, item, names)) for item in classes]
    strictest = max(answers, key=lambda each: _STRICTEST.index(each["context"]["state"]))
    for each in strictest["context"].get("not_known", ()):
        each["near"] = _near(each["field"], each["given"], names)
    return GateAnswer(strictest, dict(zip(meant, answers, strict=True)) if len(meant) > 1 else {})


def evaluation(question: GateQuestion, item_class: str | None, names: Lookup) -> dict[str, Any]:
    """Return the AuthZEN evaluation request that asks a question about one item class.

    Raises:
        BadInput: `gate.ask`.
    """
    tenant = _id(question.tenant, names, "--tenant", "party")
    end_user = _id(question.end_user, names, "--end-user", "party")
    path = _id(question.path, names, "--path", "path")
    site = _id(question.site, names, "--site", "site")
    origin = _id(question.from_site, names, "--from", "site")
    whose, subject = next(
        ((kind, id_) for kind, id_ in (("end_user", end_user), ("tenant", tenant)) if id_), ("account", path)
    )
    if subject is None:
        raise BadInput("gate.ask", "nobody is named", help="give --end-user, --tenant or --path")
    about = (("site", site), ("path", path), ("item", item_class))
    what, named = next(((kind, id_) for kind, id_ in about if id_), ("tenant", tenant))
    properties = {"site": site, "path": path, "item_class": item_class}
    return {
        "subject": {"type": whose, "id": subject, "properties": _given({"tenant": tenant})},
        "action": {"name": question.action, "properties": _given({"from": origin})},
        "resource": {"type": what, "id": named or subject, "properties": _given(properties)},
        "context": _given(question.context),
    }


def replay_json(found: Replayed) -> dict[str, Any]:
    """Return the stable result of a replay."""
    again = found.again
    return {
        "decision": found.record.id,
        "entry": found.index,
        "same": found.same,
        "recorded": {
            "outcome": found.claim.outcome,
            "determining": found.claim.determining,
            "unknown": found.claim.unknown,
        },
        "replayed": None
        if again is None
        else {
            "outcome": again.outcome,
            "determining": list(again.determining),
            "unknown": list(again.unknown),
        },
        "not_replayable": None if found.refused is None else str(found.refused),
    }


def _answer(vault: Vault, question: dict[str, Any]) -> dict[str, Any]:
    try:
        with open_gate(vault) as house:
            asked = msgspec.convert(question, Evaluation)
            ((answer,),) = house.gate.answer([Asking("local", frozenset(ACTIONS), (asked,))])
            told: dict[str, Any] = msgspec.to_builtins(answer)
            return told
    except KansaError as held:
        if held.code != "vault.held":
            raise
    answered: dict[str, Any] = post(vault.places.gate_socket, "/access/v1/evaluation", question)
    return answered


def _id(text: str | None, names: Lookup, option: str, kind: str) -> str | None:
    """Return the subject of this kind that an id, a source's key or a name means."""
    found = [] if text is None else names.named(text, kind)
    if len(found) > 1:
        raise BadInput(
            "gate.ask", f"`{text}` for `{option}` may be any of {', '.join(found)}", help="give the id"
        )
    return found[0] if found else text


def _given(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}


def _near(field: str, given: str, names: Lookup) -> list[str]:
    """Return the names and keys of the kind that a field asks for that read most like a text."""
    if field != "item_class":
        return names.near(given, _KIND.get(field, "party"), MOST_NEAR)
    known = names.directory.items
    controls = {control for said in known.values() for control in said.values() if control}
    folded = {name.casefold(): name for name in sorted({*known, *controls})}
    return [folded[each] for each in get_close_matches(given.casefold(), folded, n=MOST_NEAR, cutoff=0.5)]


__all__ = [
    "Action",
    "GateAnswer",
    "GateQuestion",
    "Replayed",
    "ask_gate",
    "decided",
    "evaluation",
    "replay_json",
]
