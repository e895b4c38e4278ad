"""Decide as a witness whether a log's new checkpoint continues the one that was cosigned before (C2SP tlog-witness).

A witness keeps of each log the newest checkpoint that it cosigned, and cosigns only what continues it. What a log shows
that excludes what it showed before is refused, and both signed notes are returned as evidence. Pure: where the state
lies, how a request arrives and what time it is are the caller's.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from kansa.errors import BadInput
from kansa.ledger import note, proof
from kansa.ledger.note import Checkpoint, Note, Signature, VerifierKey
from kansa.ledger.strict import decimal, from_base64, to_base64
from kansa.ledger.tree import EMPTY_ROOT, HASH_BYTES

MAX_REQUEST_BYTES = 1 << 16
MAX_PROOF_LINES = 63
_OLD = "old "

Kind = Literal["split_view", "fork", "rollback"]
"""Two roots at one size; a larger tree that does not continue the smaller one; a smaller tree than one shown before."""


@dataclass(frozen=True, slots=True)
class Request:
    """A checkpoint to cosign, and the proof that it continues the one of size `old`, the last that the witness cosigned."""

    old: int
    path: tuple[bytes, ...]
    checkpoint: bytes

    def encode(self) -> bytes:
        """Return the body of `add-checkpoint`."""
        lines = [f"{_OLD}{self.old}", *map(to_base64, self.path), "", ""]
        return "\n".join(lines).encode() + self.checkpoint


@dataclass(frozen=True, slots=True)
class Conflict:
    """Two notes that one key signed and that no append-only log gives, or not in this order.

    A split view stands by itself. A fork stands unless the log can give a proof between the two. A rollback stands if the
    log goes on from the older tree: of two requests that overtook one another the later one shows it as well.
    """

    kind: Kind
    seen: bytes
    shown: bytes


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a witness does not cosign. `status` is that of HTTP; `size` what it cosigned last, where that is the answer."""

    status: int
    message: str
    size: int | None = None
    conflict: Conflict | None = None


def decode_request(data: bytes) -> Request:
    """Read the body of `add-checkpoint`; the checkpoint is kept as bytes.

    Raises:
        BadInput: `witness.request`, for anything that `Request.encode` would not have written.
    """
    try:
        return _read_request(data)
    except ValueError as error:
        raise BadInput("witness.request", f"the bytes do not ask a witness: {error}") from error


def judge(request: Request, keys: Sequence[VerifierKey], seen: bytes | None) -> Note | Refusal:
    """Return the note to cosign, with the log's signatures alone, or why not.

    Args:
        request: What the log asks.
        keys: The keys that this witness knows for its logs; several of one name while a key is replaced.
        seen: The note of that log that this witness cosigned last; None before the first.
    """
    clean = _signed_by_log(request, keys)
    return clean if isinstance(clean, Refusal) else _continued(request, clean, seen)


def _signed_by_log(request: Request, keys: Sequence[VerifierKey]) -> Note | Refusal:
    """Return what a known log signed, with its signatures alone."""
    try:
        signed = note.parse(request.checkpoint)
        shown = note.parse_checkpoint(signed.text)
    except BadInput as error:
        return Refusal(400, error.message)
    known = [key for key in keys if key.name == shown.origin]
    if not known:
        return Refusal(404, f"this witness does not follow a log `{shown.origin}`")
    own = tuple(each for key in known if note.verify(signed, key) for each in _lines_of(signed, key))
    if not own:
        return Refusal(403, f"the checkpoint is not signed by a known key of `{shown.origin}`")
    if request.old > shown.size:
        return Refusal(400, f"the old size {request.old} is larger than the checkpoint's, {shown.size}")
    return Note(signed.text, own)


def _continued(request: Request, clean: Note, seen: bytes | None) -> Note | Refusal:
    """Return the note if it continues what was cosigned last, or what it excludes."""
    shown = note.parse_checkpoint(clean.text)
    before = Checkpoint(shown.origin, 0, EMPTY_ROOT) if seen is None else note.checkpoint_in(seen)
    conflict = None if seen is None else _conflict(seen, clean)
    if conflict is not None:
        return Refusal(409, _refusal_words(conflict.kind, before.size, shown.size), before.size, conflict)
    if request.old != before.size:
        return Refusal(409, f"the last checkpoint that was cosigned has size {before.size}", before.size)
    if not proof.verify_consistency(before.size, shown.size, request.path, before.root, shown.root):
        forked = None if seen is None or not before.size else Conflict("fork", seen, clean.encode())
        return Refusal(422, _refusal_words("fork", before.size, shown.size), None, forked)
    return clean


def answer(signed: Sequence[Signature]) -> bytes:
    """Return the body that gives cosignatures back."""
    return "".join(each.encode() for each in signed).encode()


def cosigned(checkpoint: bytes, lines: bytes, keys: Sequence[VerifierKey]) -> Note:
    """Return a checkpoint with those cosignatures of an answer that known witnesses made; others are left out.

    Raises:
        BadInput: `witness.answer`, if the answer is no signature lines, or holds no valid one of these witnesses.
    """
    own = note.parse(checkpoint)
    try:
        whole = note.parse(own.encode() + lines)
    except BadInput as error:
        raise BadInput(
            "witness.answer", f"the answer is no cosignature of this checkpoint: {error.message}"
        ) from error
    given = Note(own.text, whole.signatures[len(own.signatures) :])
    found = own
    for key in keys:
        if note.verify(given, key):
            for each in _lines_of(given, key):
                found = _without(found, key).with_signature(each)
    if found is own:
        raise BadInput(
            "witness.answer", "the answer holds no valid cosignature of a witness that the policy names"
        )
    return found


def merged(first: Note, second: Note) -> Note:
    """Return one note with the signature lines of both, each key's newest; they sign the same text."""
    lines = {(each.name, each.key_id): each for each in (*first.signatures, *second.signatures)}
    return Note(first.text, tuple(lines.values()))


def _conflict(seen: bytes, shown: Note) -> Conflict | None:
    """Return what two notes of one log exclude by themselves, without a proof."""
    before, after = note.checkpoint_in(seen), note.parse_checkpoint(shown.text)
    if after.size < before.size:
        return Conflict("rollback", seen, shown.encode())
    if after.size == before.size and after.root != before.root:
        return Conflict("split_view", seen, shown.encode())
    return None


def _refusal_words(kind: Kind, seen: int, shown: int) -> str:
    if kind == "rollback":
        return f"the checkpoint has {shown} entries, and one of {seen} was cosigned before"
    if kind == "split_view":
        return f"another root was cosigned at size {seen}"
    return f"the tree of {shown} entries is not shown to continue the one of {seen} that was cosigned"


def _lines_of(signed: Note, key: VerifierKey) -> list[Signature]:
    return [each for each in signed.signatures if (each.name, each.key_id) == (key.name, key.key_id)]


def _without(signed: Note, key: VerifierKey) -> Note:
    gone = _lines_of(signed, key)
    return Note(signed.text, tuple(each for each in signed.signatures if each not in gone))


def _read_request(data: bytes) -> Request:
    head, blank, checkpoint = data.partition(b"\n\n")
    if len(data) > MAX_REQUEST_BYTES or not blank:
        raise ValueError("no empty line ends the proof")
    first, *lines = head.decode("ascii").split("\n")
    if not first.startswith(_OLD):
        raise ValueError("the first line is not `old <size>`")
    if len(lines) > MAX_PROOF_LINES:
        raise ValueError(f"the proof has more than {MAX_PROOF_LINES} lines")
    path = tuple(from_base64(line, HASH_BYTES) for line in lines)
    return Request(decimal(first.removeprefix(_OLD)), path, checkpoint)
