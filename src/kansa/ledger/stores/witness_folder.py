"""A witness's folder: its key, the logs that it follows, what it cosigned last, and evidence of logs that lied.

    witness.key            the Ed25519 key of its cosignatures (0600)
    logs/<id>/keys         the keys of a log that are known, one vkey a line
    logs/<id>/cosigned     the newest note of the log that was cosigned, with the cosignature
    logs/<id>/index        of `kansa witness index`
    evidence/<name>/       two signed notes that exclude one another: `seen`, `shown`

`<id>` is the start of SHA-256(origin). One process at a time decides and writes, under a lock on the folder; a note is
on the disk before its cosignature leaves.
"""

import fcntl
import hashlib
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from kansa.clock import MICROSECONDS, Clock
from kansa.errors import BadInput
from kansa.ids import RandomBytes
from kansa.ledger import keys, note, witness
from kansa.ledger.checkpoint_file import write
from kansa.ledger.note import Algorithm, Note, SigningKey, VerifierKey
from kansa.ledger.witness import Conflict, Refusal, Request

_KEY = "witness.key"
_KEYS = "keys"
_COSIGNED = "cosigned"
_LABEL_BYTES = 8


@dataclass(frozen=True, slots=True)
class Followed:
    """A log that a witness follows: its name, its keys, the note that was cosigned last."""

    origin: str
    keys: tuple[VerifierKey, ...]
    cosigned: bytes | None


def create(root: Path, name: str, random_bytes: RandomBytes = secrets.token_bytes) -> "WitnessFolder":
    """Make a witness's folder and key; `name` is what its cosignatures bear, such as `auditor.example/w1`.

    Raises:
        BadInput: `witness.exists`, or `key.signing` if the name cannot name a key.
    """
    if (root / _KEY).exists():
        raise BadInput("witness.exists", f"`{root}` is a witness already", help="choose another directory")
    make_private(root)
    keys.create_note_key(root / _KEY, name, Algorithm.COSIGNATURE, random_bytes)
    return WitnessFolder(root)


class WitnessFolder:
    """A witness, opened.

    Raises:
        BadInput: `witness.missing`, if there is none.
        BrokenVault: the key cannot be read, or others may read it.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        if not (root / _KEY).exists():
            raise BadInput(
                "witness.missing",
                f"there is no witness at `{root}`",
                help="make one with `kansa witness init NAME`, or name one with --witness",
            )
        self.key: SigningKey = keys.load_log_key(root / _KEY)

    def follow(self, key: VerifierKey) -> bool:
        """Follow a log from now on, or know one more key of it; returns whether that is new."""
        with self._locked():
            folder = self.folder_of(key.name)
            known = self._followed(folder).keys if folder.exists() else ()
            if key in known:
                return False
            make_private(folder)
            lines = "".join(f"{each.encode()}\n" for each in (*known, key))
            write(folder / _KEYS, lines.encode())
            return True

    def followed(self) -> list[Followed]:
        """Return the logs that are followed, by name."""
        folders = sorted((self.root / "logs").glob("*/"))
        return sorted((self._followed(each) for each in folders), key=lambda each: each.origin)

    def latest(self, origin: str) -> bytes | None:
        """Return the note of a log that was cosigned last."""
        return _read(self.folder_of(origin) / _COSIGNED)

    def add(self, request: Request, clock: Clock) -> Note | Refusal:
        """Cosign a checkpoint if it continues what was cosigned; what excludes it is kept as evidence.

        Returns the checkpoint with the log's signatures and this witness's.
        """
        with self._locked():
            known = self.followed()
            origin = _origin(request.checkpoint)
            seen = next((each.cosigned for each in known if each.origin == origin), None)
            judged = witness.judge(request, [key for each in known for key in each.keys], seen)
            if isinstance(judged, Refusal):
                if judged.conflict is not None:
                    self.keep(judged.conflict)
                return judged
            signed = judged.with_signature(self.key.cosign(judged.text, clock.now() // MICROSECONDS))
            write(self.folder_of(note.parse_checkpoint(judged.text).origin) / _COSIGNED, signed.encode())
            return signed

    def keep(self, conflict: Conflict) -> Path:
        """Keep two notes as evidence; the same two are kept once."""
        return keep_evidence(self.root / "evidence", conflict)

    def evidence(self) -> list[Path]:
        """Return the folders of evidence, by name."""
        return evidence_in(self.root / "evidence")

    def folder_of(self, origin: str) -> Path:
        """Return where a log's state lies."""
        return self.root / "logs" / hashlib.sha256(origin.encode()).hexdigest()[: 2 * _LABEL_BYTES]

    def _followed(self, folder: Path) -> Followed:
        lines = (folder / _KEYS).read_text(encoding="utf-8").splitlines()
        known = tuple(note.parse_vkey(line) for line in lines)
        return Followed(known[0].name, known, _read(folder / _COSIGNED))

    @contextmanager
    def _locked(self) -> Iterator[None]:
        with (self.root / ".lock").open("w") as file:
            os.fchmod(file.fileno(), 0o600)
            fcntl.flock(file, fcntl.LOCK_EX)
            yield


def keep_evidence(folder: Path, conflict: Conflict) -> Path:
    """Keep two notes that exclude one another in a folder of their own; the same two are kept once."""
    sizes = [note.checkpoint_in(each).size for each in (conflict.seen, conflict.shown)]
    texts = note.parse(conflict.seen).text + note.parse(conflict.shown).text
    digest = hashlib.sha256(texts.encode()).hexdigest()[:_LABEL_BYTES]
    place = folder / f"{conflict.kind}-{sizes[0]}-{sizes[1]}-{digest}"
    if not (place / "shown").exists():
        make_private(place)
        write(place / "seen", conflict.seen)
        write(place / "shown", conflict.shown)
    return place


def make_private(folder: Path) -> None:
    """Make a folder and those above it that are missing, for their owner alone, whatever the umask is."""
    missing = [each for each in (folder, *folder.parents) if not each.exists()]
    for each in reversed(missing):
        each.mkdir(exist_ok=True)
        each.chmod(0o700)


def evidence_in(folder: Path) -> list[Path]:
    """Return the folders of evidence, by name; each holds `seen` and `shown`."""
    return sorted(each.parent for each in folder.glob("*/shown"))


def _origin(checkpoint: bytes) -> str | None:
    try:
        return note.checkpoint_in(checkpoint).origin
    except BadInput:
        return None


def _read(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None
