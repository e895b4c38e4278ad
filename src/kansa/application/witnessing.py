"""Have witnesses cosign the evidence log, over HTTP or by files, and say how far the log is witnessed.

A witness that is silent or refuses holds nothing up: the log is written all the same, and is below its quorum until the
witnesses come after. What a witness shows that excludes this log is kept as evidence, both signed notes.
"""

from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import Any, Protocol
from urllib.parse import quote

from kansa.application.completeness import all_indexes
from kansa.application.whole_file import read_file
from kansa.clock import HOUR, MICROSECONDS, format_instant
from kansa.dossier.complete import index_key
from kansa.errors import BadInput, KansaError
from kansa.evidence.subject_index import statement
from kansa.ledger import note, witness
from kansa.ledger.note import Checkpoint, Note, Signature, VerifierKey
from kansa.ledger.policy import Policy, Quorum
from kansa.ledger.strict import decimal
from kansa.ledger.witness import Conflict, Request
from kansa.records import envelope
from kansa.vault.vault import Vault
from kansa.vault.witnesses import Heard

LATE = HOUR
"""A log is behind its witnesses once an entry that the quorum did not cosign is this old."""

_OK, _CONFLICT, _UNPROCESSABLE = 200, 409, 422
_ATTEMPTS = 2
_MOST_AT_ONCE = 8


class Transport(Protocol):
    """The way to witnesses."""

    def post(self, url: str, body: bytes) -> tuple[int, bytes]:
        """Send a body; returns the status and the body of the answer.

        Raises:
            KansaError: `witness.silent`, if there is no answer.
        """
        ...

    def get(self, url: str) -> tuple[int, bytes]:
        """Fetch; returns status and body.

        Raises:
            KansaError: `witness.silent`.
        """
        ...


@dataclass(frozen=True, slots=True)
class WitnessState:
    """One witness: its name in the policy, its URL if it has one, how far it cosigned and when, what it last refused.

    `cosigned_at` is the witness's own time, an instant; None while it cosigned nothing that is kept.
    """

    name: str
    url: str | None
    size: int
    cosigned_at: int | None
    asked_at: int | None
    failure: str | None


@dataclass(frozen=True, slots=True)
class Witnessing:
    """How far a log is witnessed.

    `size` of `entries` are covered by a checkpoint that the quorum cosigned, the last one at `cosigned_at`. `since` is
    when the first entry after them was recorded; None if they are all covered, or no quorum is asked for.
    """

    quorum: str
    entries: int
    size: int
    cosigned_at: int | None
    since: int | None
    late: bool
    witnesses: tuple[WitnessState, ...]
    evidence: tuple[Path, ...]

    @property
    def asked(self) -> bool:
        """Whether a quorum is asked for."""
        return self.quorum != "none"

    @property
    def met(self) -> bool:
        """Whether the quorum cosigned every entry."""
        return self.asked and self.since is None

    def as_json(self) -> dict[str, Any]:
        """Return the stable JSON value."""
        return {
            "quorum": self.quorum,
            "entries": self.entries,
            "size": self.size,
            "cosigned": _stamp(self.cosigned_at),
            "below_quorum_since": _stamp(self.since),
            "late": self.late,
            "witnesses": [
                {
                    "name": each.name,
                    "url": each.url,
                    "size": each.size,
                    "cosigned": _stamp(each.cosigned_at),
                    "asked": _stamp(each.asked_at),
                    "failure": each.failure,
                }
                for each in self.witnesses
            ],
            "evidence": [str(each) for each in self.evidence],
        }


def witnessing(vault: Vault) -> Witnessing:
    """Return how far the evidence log is witnessed, from what is kept; nobody is asked."""
    kept, policy = vault.witnesses, vault.witnesses.policy()
    entries = vault.reader.size()
    newest = list(_newest(kept.cosigned(), policy))
    best = next((each for each in newest if each[1]), None)
    size = 0 if best is None else best[0].size
    since = _recorded_at(vault, size) if policy.quorum != "none" and size < entries else None
    heard = kept.heard()
    return Witnessing(
        policy.quorum,
        entries,
        size,
        None if best is None else _last_needed(policy, best[2]),
        since,
        since is not None and vault.clock.now() - since > LATE,
        tuple(_state(name, policy, newest, heard.get(name)) for name in policy.witnesses),
        tuple(kept.evidence()),
    )


def set_witnesses(vault: Vault, file: Path) -> Witnessing:
    """Take a policy file as the one whose witnesses are asked from now on.

    Raises:
        BadInput: `policy.format`; `witness.policy`, if it is about another log.
    """
    vault.witnesses.set_policy(read_file(file), str(file))
    return witnessing(vault)


def ask(vault: Vault, transport: Transport, wall: int) -> Witnessing:
    """Ask every witness of the policy that has a URL for the latest checkpoint; those that have cosigned it are not asked.

    Args:
        vault: The vault.
        transport: The way to them.
        wall: The wall clock, an instant; kept as when they were asked.
    """
    policy, signed = vault.witnesses.policy(), note.parse(vault.reader.latest())
    head = note.parse_checkpoint(signed.text)
    held = vault.witnesses.at(head.size) or signed
    waiting = [name for name in policy.urls if not note.verify(held, policy.witnesses[name])]
    known = {name: _known_size(vault, policy.witnesses[name], head) for name in waiting}
    heard = vault.witnesses.heard()
    known = {
        name: max(size, min(heard[name].size if name in heard else 0, head.size))
        for name, size in known.items()
    }

    turn = Lock()

    def one(name: str) -> "_Answer":
        return _Asking(vault, name, policy, signed, transport, turn).ask(known[name])

    with ThreadPoolExecutor(max_workers=_MOST_AT_ONCE) as pool:
        answers = dict(zip(waiting, pool.map(one, waiting), strict=True)) if waiting else {}
    for answer in answers.values():
        if answer.signed is not None:
            vault.witnesses.keep(answer.signed)
        if answer.conflict is not None:
            vault.witnesses.keep_evidence(answer.conflict)
    if answers:
        told = {name: Heard(size=a.size, asked_at=wall, failure=a.failure) for name, a in answers.items()}
        vault.witnesses.set_heard(told)
    return witnessing(vault)


def request_for(vault: Vault, name: str) -> bytes:
    """Return the request to a witness of the policy, to be handed over as a file.

    Raises:
        BadInput: `witness.unknown`.
    """
    key = _witness_named(vault.witnesses.policy(), name)
    signed = note.parse(vault.reader.latest())
    head = note.parse_checkpoint(signed.text)
    said = vault.witnesses.heard().get(name, Heard()).size
    old = max(_known_size(vault, key, head), said if said <= head.size else 0)
    return _request(vault, signed, old).encode()


def accept(vault: Vault, answer: bytes, wall: int) -> Witnessing:
    """Take a witness's answer to a request that was handed over as a file: cosignatures, or a refusal.

    Raises:
        BadInput: `witness.answer`, if it cosigns no checkpoint of this log; `witness.refused`, if it is a refusal.
    """
    policy, reader = vault.witnesses.policy(), vault.reader
    given = _refusal_in(answer)
    if given is not None:
        name, size, why = given
        if name in policy.witnesses:
            vault.witnesses.set_heard({name: Heard(size=size or 0, asked_at=wall, failure=why)})
        raise BadInput(
            "witness.refused",
            f"the witness `{name}` refused: {why}",
            help="if it cosigned another size, make the request again: that size is known now",
        )
    if _take_index(vault, answer):
        return witnessing(vault)
    head, _, lines = answer.partition(b"\n\n")
    checkpoint = note.parse_checkpoint(f"{head.decode('utf-8', 'replace')}\n")
    signed = reader.checkpoint_at(checkpoint.size) if checkpoint.origin == reader.origin else None
    if signed is None or note.checkpoint_in(signed) != checkpoint:
        raise BadInput("witness.answer", "the answer cosigns a checkpoint that this log never signed")
    kept = vault.witnesses.keep(witness.cosigned(signed, lines, list(policy.witnesses.values())))
    names = [name for name, key in policy.witnesses.items() if note.verify(kept, key)]
    told = Heard(size=checkpoint.size, asked_at=wall)
    vault.witnesses.set_heard(dict.fromkeys(names, told))
    return witnessing(vault)


def _take_index(vault: Vault, answer: bytes) -> bool:
    """Keep the signed statement of a witness who rebuilt the subject index, if the answer is one of this log's indexes.

    Raises:
        BadInput: `witness.answer`, if it is one of another index, or no witness of the policy signed it.
    """
    first = answer.partition(b"\n")[0]
    if first != f"{vault.reader.origin}/subjects".encode():
        return False
    signed = note.parse(answer)
    keys = [index_key(key) for key in vault.witnesses.policy().witnesses.values()]
    own = tuple(s for s in signed.signatures for key in keys if _is_by(s, key) and note.verify(signed, key))
    stated = {
        statement(each["log"], each["size"], bytes.fromhex(each["root"]))
        for each in all_indexes(vault.reader)
    }
    if not own or signed.text not in stated:
        raise BadInput(
            "witness.answer",
            "the statement is of no witness that the policy names, or about an index that this log does not state",
        )
    vault.witnesses.keep_index(Note(signed.text, own))
    return True


def _is_by(signature: Signature, key: VerifierKey) -> bool:
    return (signature.name, signature.key_id) == (key.name, key.key_id)


def newest_covering(vault: Vault, index: int) -> bytes | None:
    """Return the best cosigned checkpoint that covers an entry: one that the quorum cosigned before any other; None without one."""
    policy = vault.witnesses.policy()
    found = [each for each in vault.witnesses.cosigned() if note.parse_checkpoint(each.text).size > index]
    met = [each for each in found if policy.judge(each).quorum is Quorum.MET]
    best = next(iter(met or found), None)
    return None if best is None else best.encode()


@dataclass(frozen=True, slots=True)
class _Answer:
    """What asking one witness came to."""

    size: int
    signed: Note | None = None
    conflict: Conflict | None = None
    failure: str | None = None


@dataclass(frozen=True, slots=True)
class _Asking:
    """Asks one witness for one checkpoint."""

    vault: Vault
    name: str
    policy: Policy
    signed: Note
    transport: Transport
    turn: Lock

    def ask(self, old: int) -> _Answer:
        """Ask; where the witness cosigned another size, ask again from there."""
        try:
            return self._ask(old)
        except KansaError as error:
            return _Answer(old, failure=error.message)

    def _ask(self, old: int) -> _Answer:
        head = note.parse_checkpoint(self.signed.text)
        status, body = 0, b""
        for _ in range(_ATTEMPTS):
            status, body = self._post(old)
            if status == _OK:
                keys = [self.policy.witnesses[self.name]]
                return _Answer(head.size, witness.cosigned(self.signed.encode(), body, keys))
            said = _size_in(body) if status == _CONFLICT else None
            if said is None or said == old:
                break
            if said > head.size:
                return self._conflict(
                    said, "rollback", f"it cosigned this log at {said} entries, and the log has {head.size}"
                )
            old = said
        if status in (_CONFLICT, _UNPROCESSABLE):
            kind: witness.Kind = "split_view" if old == head.size else "fork"
            return self._conflict(old, kind, f"it cosigned another history of this log, at size {old}")
        return _Answer(old, failure=f"it answered with status {status}: {_text(body)}")

    def _post(self, old: int) -> tuple[int, bytes]:
        url = self.policy.urls[self.name].rstrip("/")
        with self.turn:  # a reader of a log is for one thread at a time
            body = _request(self.vault, self.signed, old).encode()
        return self.transport.post(f"{url}/add-checkpoint", body)

    def _conflict(self, size: int, kind: witness.Kind, why: str) -> _Answer:
        """Fetch what the witness cosigned; if this log's key signed it, both notes are evidence."""
        url = self.policy.urls[self.name].rstrip("/")
        origin = quote(note.parse_checkpoint(self.signed.text).origin, safe="")
        status, body = self.transport.get(f"{url}/latest?origin={origin}")
        if status != _OK:
            return _Answer(size, failure=f"{why}; it does not show its note")
        seen = note.parse(body)
        if not any(note.verify(seen, key) for key in self.policy.logs):
            return _Answer(size, failure=f"{why}; the note that it shows is not signed by this log")
        return _Answer(size, conflict=Conflict(kind, body, self.signed.encode()), failure=why)


def refusal_file(name: str, refusal: witness.Refusal) -> bytes:
    """Return the file by which a witness says that it does not cosign; `accept` reads it."""
    size = "" if refusal.size is None else str(refusal.size)
    return f"kansa-witness-refusal\n{name}\n{refusal.status} {size}\n{refusal.message}\n".encode()


def answer_file(signed: Note, key: VerifierKey) -> bytes:
    """Return the file by which a witness cosigns: the checkpoint, an empty line, its signature line."""
    lines = tuple(each for each in signed.signatures if (each.name, each.key_id) == (key.name, key.key_id))
    return Note(signed.text, lines).encode()


def _refusal_in(answer: bytes) -> tuple[str, int | None, str] | None:
    lines = answer.decode("utf-8", "replace").split("\n")
    if lines[0] != "kansa-witness-refusal" or len(lines) < 4:
        return None
    size = lines[2].partition(" ")[2]
    return lines[1], int(size) if size.isdigit() else None, lines[3]


def _request(vault: Vault, signed: Note, old: int) -> Request:
    size = note.parse_checkpoint(signed.text).size
    return Request(old, tuple(vault.reader.consistency(old, size)), signed.encode())


def _known_size(vault: Vault, key: VerifierKey, head: Checkpoint) -> int:
    """Return the size of the newest kept checkpoint that a witness cosigned, no larger than the log."""
    sizes = (note.parse_checkpoint(n.text).size for n in vault.witnesses.cosigned() if note.verify(n, key))
    return next((size for size in sizes if size <= head.size), 0)


def _newest(notes: Iterable[Note], policy: Policy) -> Iterable[tuple[Checkpoint, bool, Mapping[str, int]]]:
    """Yield cosigned checkpoints, largest first, with whether the quorum is met and who cosigned when (seconds)."""
    for each in notes:
        judged = policy.judge(each)
        yield (
            judged.checkpoint,
            judged.log is not None and judged.quorum is Quorum.MET,
            dict(judged.witnesses),
        )


def _last_needed(policy: Policy, times: Mapping[str, int]) -> int:
    """Return the first instant at which the cosignatures so far amount to the quorum."""
    for time in sorted(times.values()):
        if policy.quorum_of({name for name, at in times.items() if at <= time}) is Quorum.MET:
            return time * MICROSECONDS
    return max(times.values(), default=0) * MICROSECONDS


def _state(
    name: str,
    policy: Policy,
    newest: Iterable[tuple[Checkpoint, bool, Mapping[str, int]]],
    heard: Heard | None,
) -> WitnessState:
    last = next(((each.size, times[name]) for each, _, times in newest if name in times), None)
    return WitnessState(
        name,
        policy.urls.get(name),
        0 if last is None else last[0],
        None if last is None else last[1] * MICROSECONDS,
        None if heard is None else heard.asked_at,
        None if heard is None else heard.failure,
    )


def _recorded_at(vault: Vault, index: int) -> int:
    return envelope.decode(vault.reader.entry(index)).recorded_at


def _witness_named(policy: Policy, name: str) -> VerifierKey:
    if name not in policy.witnesses:
        known = ", ".join(f"`{each}`" for each in policy.witnesses) or "-"
        raise BadInput(
            "witness.unknown",
            f"the policy names no witness `{name}`",
            help=f"known are {known}; `kansa witness policy FILE` sets them",
        )
    return policy.witnesses[name]


def _size_in(body: bytes) -> int | None:
    try:
        return decimal(body.decode("ascii").removesuffix("\n"))
    except ValueError:
        return None


def _text(body: bytes) -> str:
    return body[:200].decode("utf-8", "replace").strip()


def _stamp(instant: int | None) -> str | None:
    return None if instant is None else format_instant(instant // 1000 * 1000)
