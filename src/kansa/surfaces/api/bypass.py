"""`POST /gate/v1/bypassed`: clients that fail open bring what they let through to the evidence log.

A body is `{"bypassed": [line, …]}`, each line as the client spooled it with its `id`. The answer says of each whether it
is recorded now, was before, or cannot be, and why; what cannot be stays with the client.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Annotated

import msgspec

from kansa.errors import BadInput
from kansa.gate.bypass import Bypassed, draft_of
from kansa.gate.question import Names
from kansa.ledger.ports import Outcome
from kansa.records.draft import Draft
from kansa.surfaces.api.authzen import Endpoint
from kansa.surfaces.api.callers import Caller, Reception
from kansa.surfaces.api.desk import Desk
from kansa.surfaces.api.metrics import Metrics

Record = Callable[[Sequence[Draft]], Sequence[Outcome]]
"""Appends to the evidence log; one outcome a draft."""

MOST_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Intake:
    """The evidence log as this part of the server needs it: how to append, who is called what, in whose name."""

    record: Record
    names: Callable[[], Names]
    source: str


class _Body(msgspec.Struct, frozen=True):
    bypassed: Annotated[list[msgspec.Raw], msgspec.Meta(max_length=MOST_AT_ONCE)]


class Told(msgspec.Struct, frozen=True, omit_defaults=True):
    """What became of one line: `recorded`, `known` (it was before) or `refused` and why."""

    id: str
    state: str
    why: str | None = None


class BypassEndpoint(Endpoint):
    """Takes bypasses; every line has an answer."""

    def __init__(self, desk: Desk, reception: Reception, metrics: Metrics, intake: "Intake") -> None:
        super().__init__(desk, reception, metrics)
        self._intake = intake

    async def _answer(self, caller: Caller, language: str, body: bytes) -> bytes:  # noqa: ARG002 - the base's signature
        lines = _lines(body)
        self._admit(caller, len(lines))
        return msgspec.json.encode({"bypassed": [self._take(caller, line) for line in lines]})

    def _take(self, caller: Caller, line: msgspec.Raw) -> Told:
        try:
            bypassed = msgspec.json.decode(line, type=Bypassed)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            return Told(_id_of(line), "refused", str(error))
        try:
            draft = draft_of(bypassed, caller.name, self._intake.names(), self._intake.source)
            (outcome,) = self._intake.record([draft])
        except BadInput as error:
            return Told(bypassed.id, "refused", "; ".join([error.message, *map(str, error.problems)]))
        if outcome.index is None:
            return Told(bypassed.id, "refused", outcome.message)
        return Told(bypassed.id, "known" if outcome.status == "duplicate" else "recorded")


def _lines(body: bytes) -> list[msgspec.Raw]:
    try:
        return msgspec.json.decode(body, type=_Body).bypassed
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise BadInput("gate.request", f"the body cannot be read: {error}") from error


def _id_of(line: msgspec.Raw) -> str:
    try:
        found = msgspec.json.decode(line)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return ""
    id_ = found.get("id") if isinstance(found, dict) else None
    return id_ if isinstance(id_, str) else ""
