"""Who cosigns a vault's evidence log, what they cosigned, and what they refused.

    witnesses/policy           the trust policy (C2SP tlog-policy): witnesses, their URLs, the quorum
    witnesses/cosigned/<size>  a checkpoint with all its cosignatures
    witnesses/heard.json       what each witness last said
    witnesses/indexes/         signed statements of those who rebuilt a subject index from the log
    witnesses/evidence/        two signed notes that exclude one another

Nothing here is needed to write: a log whose witnesses are silent goes on, below quorum.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path

import msgspec

from kansa.errors import BadInput, BrokenVault
from kansa.ledger import note, policy, witness
from kansa.ledger.checkpoint_file import write
from kansa.ledger.note import Note, VerifierKey
from kansa.ledger.policy import Policy
from kansa.ledger.stores import witness_folder
from kansa.ledger.strict import from_base64
from kansa.ledger.tree import HASH_BYTES
from kansa.ledger.witness import Conflict


class Heard(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a witness last said: the size that it cosigned last, as far as it is known, and why it refused or was silent.

    `asked_at` is when it was asked, an instant of the wall clock.
    """

    size: int = 0
    asked_at: int = 0
    failure: str | None = None


class Witnesses:
    """A vault's folder of witnesses; it need not exist."""

    def __init__(self, root: Path, log: VerifierKey) -> None:
        self._root = root
        self._log = log

    def policy(self) -> Policy:
        """Return the policy; without one no witness is asked.

        Raises:
            BadInput: `policy.format`.
        """
        try:
            data = (self._root / "policy").read_bytes()
        except FileNotFoundError:
            return policy.unwitnessed(self._log)
        return policy.parse(data, str(self._root / "policy"))

    def set_policy(self, data: bytes, file: str | None = None) -> Policy:
        """Take a policy from now on. One that lists no log is completed by this one.

        Raises:
            BadInput: `policy.format`; `witness.policy`, if it lists other logs only.
        """
        given = policy.parse(data, file)
        if given.logs and self._log not in given.logs:
            raise BadInput(
                "witness.policy",
                f"the policy does not list the key of the log `{self._log.name}`",
                help="add the line that `kansa ledger trust` prints, or leave the log lines out",
            )
        taken = Policy(given.logs or (self._log,), given.witnesses, given.groups, given.quorum, given.urls)
        self._make()
        write(self._root / "policy", policy.encode(taken))
        return taken

    def heard(self) -> Mapping[str, Heard]:
        """Return what each witness last said.

        Raises:
            BrokenVault: `witness.heard`, if the file cannot be read.
        """
        path = self._root / "heard.json"
        try:
            return msgspec.json.decode(path.read_bytes(), type=dict[str, Heard])
        except FileNotFoundError:
            return {}
        except msgspec.DecodeError as error:
            raise BrokenVault(
                "witness.heard", f"`{path}` cannot be read: {error}", help="remove it; it is written anew"
            ) from error

    def set_heard(self, heard: Mapping[str, Heard]) -> None:
        """Keep what witnesses said, in place of what they said before."""
        self._make()
        told = msgspec.json.format(msgspec.json.encode({**self.heard(), **heard}, order="sorted"), indent=2)
        write(self._root / "heard.json", told + b"\n")

    def keep(self, signed: Note) -> Note:
        """Keep a checkpoint's cosignatures beside those that it has; returns it with all of them."""
        size = note.parse_checkpoint(signed.text).size
        before = self.at(size)
        if before is not None and before.text == signed.text:
            signed = witness.merged(before, signed)
        self._make()
        write(self._root / "cosigned" / str(size), signed.encode())
        return signed

    def at(self, size: int) -> Note | None:
        """Return the checkpoint of this size with its cosignatures, if it has any."""
        path = self._root / "cosigned" / str(size)
        return note.parse(path.read_bytes()) if path.exists() else None

    def cosigned(self) -> Iterator[Note]:
        """Yield all checkpoints that were cosigned, largest first."""
        names = [each.name for each in (self._root / "cosigned").glob("*") if each.name.isdigit()]
        for size in sorted(map(int, names), reverse=True):
            found = self.at(size)
            if found is not None:
                yield found

    def keep_index(self, signed: Note) -> None:
        """Keep the signed statement of who rebuilt a subject index, beside those of others about the same."""
        _, size, root = signed.text.rstrip("\n").split("\n")
        path = self._index(int(size), from_base64(root, HASH_BYTES).hex())
        if path.exists():
            signed = witness.merged(note.parse(path.read_bytes()), signed)
        witness_folder.make_private(path.parent)
        write(path, signed.encode())

    def index_at(self, size: int, root: str) -> bytes | None:
        """Return the signed statement about the index of this size and root (in hex), if outsiders gave one."""
        path = self._index(size, root)
        return path.read_bytes() if path.exists() else None

    def _index(self, size: int, root: str) -> Path:
        return self._root / "indexes" / f"{size}-{root[:16]}"

    def keep_evidence(self, conflict: Conflict) -> Path:
        """Keep two notes that exclude one another."""
        return witness_folder.keep_evidence(self._root / "evidence", conflict)

    def evidence(self) -> list[Path]:
        """Return the folders of evidence, by name."""
        return witness_folder.evidence_in(self._root / "evidence")

    def _make(self) -> None:
        witness_folder.make_private(self._root / "cosigned")
