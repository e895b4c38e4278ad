"""`POST /gate/v1/bypassed`: clients that fail open bring what they let through to the evidence log.

A body is `{"bypassed": [line, …]}`, each line as the client spooled it with its `id`. The answer says of each whether it
is recorded now, was before, or cannot be, and why; what cannot be stays with the client.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Annotated, NamedTuple

import msgspec
from starlette.concurrency import run_in_threadpool

from kansa.errors import BadInput
from kansa.gate.bypass import Bypassed, draft_of
from kansa.gate.question import Names
from kansa.interfaces.api.authzen import Endpoint
from kansa.interfaces.api.callers import Caller, CallerAuthenticator
from kansa.interfaces.api.metrics import Metrics
from kansa.interfaces.api.request_batcher import RequestBatcher
from kansa.ledger.ports import Outcome
from kansa.records.draft import Draft, Submission

MOST_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Intake:
    """The evidence log as this part of the server needs it: how to append, who is called what, in whose name.

    `submit` checks one draft (`BadInput`); `append` gives an outcome for each submission and may wait for the disk.
    """

    submit: Callable[[Draft], Submission]
    append: Callable[[Sequence[Submission]], Sequence[Outcome]]
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

    def __init__(
        self, desk: RequestBatcher, reception: CallerAuthenticator, metrics: Metrics, intake: "Intake"
    ) -> None:
        super().__init__(desk, reception, metrics)
        self._intake = intake

    async def _answer(self, caller: Caller, language: str, body: bytes) -> bytes:  # noqa: ARG002 - the base's signature
        lines = _lines(body)
        self._admit(caller, len(lines))
        names = self._intake.names()
        read = [self._read(line, caller, names) for line in lines]
        fit = [each.submission for each in read if each.submission is not None]
        outcomes = iter(await run_in_threadpool(self._intake.append, fit) if fit else ())
        told = [
            each.told if each.submission is None else _acknowledged(each.told, next(outcomes))
            for each in read
        ]
        return msgspec.json.encode({"bypassed": told})

    def _read(self, line: msgspec.Raw, caller: Caller, names: Names) -> "_Line":
        try:
            bypassed = msgspec.json.decode(line, type=Bypassed)
            draft = draft_of(bypassed, caller.name, names, self._intake.source)
            return _Line(Told(bypassed.id, "recorded"), self._intake.submit(draft))
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            return _Line(Told(_id_of(line), "refused", str(error)))
        except BadInput as error:
            why = "; ".join([error.message, *map(str, error.problems)])
            return _Line(Told(_id_of(line), "refused", why))


class _Line(NamedTuple):
    """A line as it was read: its record, or why there can be none."""

    told: Told
    submission: Submission | None = None


def _acknowledged(line: Told, outcome: Outcome) -> Told:
    if outcome.index is None:
        return Told(line.id, "refused", outcome.message)
    return Told(line.id, "known") if outcome.status == "duplicate" else line


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
