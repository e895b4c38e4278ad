"""Be a witness for others' logs: follow them, and cosign what continues what they showed before."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kansa.application.whole_file import read_file
from kansa.application.witnessing import answer_file, refusal_file
from kansa.clock import Clock, SystemClock
from kansa.errors import BadInput
from kansa.evidence.subject_index import SubjectIndex, statement
from kansa.ledger import note, policy, witness
from kansa.ledger.export import read_export
from kansa.ledger.note import Algorithm, Checkpoint, Note, SigningKey
from kansa.ledger.stores.witness_folder import WitnessFolder
from kansa.ledger.stores.witness_folder import create as create_folder
from kansa.ledger.tree import Frontier, leaf_hash
from kansa.ledger.witness import Refusal
from kansa.records import envelope
from kansa.records.kinds.operation import SubjectIndex as SubjectIndexRecord

TEXT = "text/plain; charset=utf-8"
SIZE = "text/x.tlog.size"
SUBJECT_INDEX = SubjectIndexRecord.type
_OK, _BAD, _MISSING = 200, 400, 404


@dataclass(frozen=True, slots=True)
class Answered:
    """What a witness answers over HTTP."""

    status: int
    body: bytes
    media_type: str = TEXT


@dataclass(frozen=True, slots=True)
class FollowedLog:
    """A log that this witness follows, how many entries of it it cosigned last, and under how many keys it knows it."""

    origin: str
    size: int
    keys: int


@dataclass(frozen=True, slots=True)
class WitnessStatus:
    """Who a witness is, what it follows, and where the evidence of logs that excluded themselves lies."""

    name: str
    key: str
    logs: tuple[FollowedLog, ...]
    evidence: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        """Return the stable JSON value."""
        logs = [{"origin": each.origin, "size": each.size, "keys": each.keys} for each in self.logs]
        return {"name": self.name, "key": self.key, "logs": logs, "evidence": list(self.evidence)}


class WitnessService:
    """A witness, opened: its folder and its clock.

    Raises:
        BadInput: `witness.missing`.
    """

    def __init__(self, root: Path, clock: Clock | None = None) -> None:
        self._folder = WitnessFolder(root)
        self._clock = clock or SystemClock()

    @property
    def name(self) -> str:
        """The name that its cosignatures bear."""
        return self._folder.key.name

    def follow(self, file: Path) -> list[str]:
        """Follow the logs that a trust policy lists; returns the names of those that are new, or new under this key.

        Raises:
            BadInput: `policy.format`; `witness.follow`, if it lists no log.
        """
        logs = policy.parse(read_file(file), str(file)).logs
        if not logs:
            raise BadInput(
                "witness.follow",
                f"`{file}` lists no log",
                help="give the file that the log's operator printed with `kansa ledger trust`",
            )
        return [key.name for key in logs if self._folder.follow(key)]

    def status(self) -> WitnessStatus:
        """Return who this witness is and what it follows."""
        logs = [
            FollowedLog(
                each.origin,
                0 if each.cosigned is None else note.checkpoint_in(each.cosigned).size,
                len(each.keys),
            )
            for each in self._folder.followed()
        ]
        evidence = tuple(str(each) for each in self._folder.evidence())
        return WitnessStatus(self.name, self._folder.key.verifier.encode(), tuple(logs), evidence)

    def add_checkpoint(self, body: bytes) -> Answered:
        """Answer `add-checkpoint` (C2SP tlog-witness)."""
        judged = self._judged(body)
        if isinstance(judged, Note):
            return Answered(_OK, witness.answer(judged.signatures[-1:]))
        if judged.size is not None:
            return Answered(judged.status, f"{judged.size}\n".encode(), SIZE)
        return Answered(judged.status, f"{judged.message}\n".encode())

    def latest(self, origin: str) -> Answered:
        """Answer with the note of a log that was cosigned last: for its operator, and whoever compares what they were shown."""
        found = self._folder.latest(origin)
        return (
            Answered(_MISSING, b"nothing of this log was cosigned\n")
            if found is None
            else Answered(_OK, found)
        )

    def sign(self, request: bytes) -> tuple[bytes, str | None]:
        """Answer a request that came as a file; returns the file that goes back, and why it is a refusal, if it is."""
        judged = self._judged(request)
        if isinstance(judged, Note):
            return answer_file(judged, self._folder.key.verifier), None
        return refusal_file(self.name, judged), judged.message

    def rebuild_index(self, export: Path) -> tuple[bytes, "RebuiltIndex"]:
        """Rebuild the newest subject index of a log from its exported entries, and sign it; returns the signed statement.

        Raises:
            BadInput: `witness.index`, if the entries are not the signed log, do not continue what was cosigned, state no
                index, or give another index than the log states: then nothing is signed.
        """
        signed, entries = read_export(export)
        checkpoint = note.checkpoint_in(signed)
        followed = next((f for f in self._folder.followed() if f.origin == checkpoint.origin), None)
        if followed is None or not any(note.verify(note.parse(signed), key) for key in followed.keys):
            raise BadInput(
                "witness.index",
                f"the checkpoint is not signed by a log that this witness follows, `{checkpoint.origin}`",
                help="follow the log first: `kansa witness follow TRUST`",
            )
        log = list(entries)
        _check_log(log, checkpoint, followed.cosigned)
        stated = next((i for i in reversed(range(len(log))) if _states_index(log[i])), None)
        if stated is None:
            raise BadInput(
                "witness.index",
                f"no subject index is stated in the {len(log)} entries",
                help="its operator states one with `kansa ledger index`",
            )
        data = envelope.decode(log[stated]).data
        index = SubjectIndex()
        index.fold(log[: data["size"]], log.__getitem__)
        root = index.trie().root
        if root.hex() != data["root"] or data["log"] != checkpoint.origin or data["size"] > stated:
            raise BadInput(
                "witness.index",
                f"entry {stated} states another subject index than its {data['size']} entries give",
                help="the log's operator left records out of it, or built it with another program; ask",
            )
        text = statement(checkpoint.origin, data["size"], root)
        key = SigningKey(self.name, Algorithm.ED25519, self._folder.key.seed)
        return Note(text, (key.sign(text),)).encode(), RebuiltIndex(
            checkpoint.origin, stated, data["size"], len(index.tags)
        )

    def _judged(self, body: bytes) -> Note | Refusal:
        try:
            request = witness.decode_request(body)
        except BadInput as error:
            return Refusal(_BAD, error.message)
        return self._folder.add(request, self._clock)


@dataclass(frozen=True, slots=True)
class RebuiltIndex:
    """An index that was rebuilt: of which log, which entry states it, over how many entries, with how many tags."""

    origin: str
    entry: int
    size: int
    tags: int

    def as_json(self) -> dict[str, Any]:
        """Return the stable JSON value."""
        return {"origin": self.origin, "entry": self.entry, "size": self.size, "tags": self.tags}


def _check_log(log: list[bytes], checkpoint: Checkpoint, cosigned: bytes | None) -> None:
    """Check that entries are the log with this checkpoint, and that it continues what was cosigned.

    Raises:
        BadInput: `witness.index`.
    """
    frontier, hashes = Frontier(), [leaf_hash(each) for each in log]
    seen = None if cosigned is None else note.checkpoint_in(cosigned)
    if seen is not None and seen.size <= len(hashes):
        frontier, _ = frontier.extended(hashes[: seen.size])
        if frontier.root != seen.root:
            raise BadInput(
                "witness.index", f"the entries are not those that were cosigned at size {seen.size}"
            )
    frontier, _ = frontier.extended(hashes[frontier.size :])
    if frontier.root != checkpoint.root:
        raise BadInput("witness.index", "the entries do not give the root of the signed checkpoint")


def _states_index(entry: bytes) -> bool:
    return SUBJECT_INDEX.encode() in entry and envelope.decode(entry).type == SUBJECT_INDEX


def create_witness(root: Path, name: str) -> WitnessService:
    """Make a witness: its folder and its key.

    Raises:
        BadInput: `witness.exists`; `witness.name`, if the name cannot stand in a signature line.
    """
    if not name or "+" in name or any(each.isspace() for each in name):
        raise BadInput(
            "witness.name",
            f"`{name}` cannot name a witness",
            help="write <your domain>/<name>, without spaces",
        )
    create_folder(root, name)
    return WitnessService(root)
