"""Putting a dossier together: chosen entries with proofs, the answer, the page, then the seal.

The manifest is hashed first; `dossier.issued` with that hash is appended; a checkpoint that covers it becomes the
seal. So the log says what was handed out, and the dossier cannot be older or younger than it says.
"""

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from kansa.coherence.result import Assessment
from kansa.dossier import container, members, selection, statement
from kansa.dossier.verify import MANIFEST_FORMAT
from kansa.errors import BadInput
from kansa.ledger import note
from kansa.ledger.proof import ProofFile
from kansa.ledger.strict import to_base64
from kansa.records import canonical
from kansa.records.sealing import Disclosure
from kansa.registers.rows import Tables


class Log(Protocol):
    """What assembling needs of a log's reader."""

    def entry(self, index: int) -> bytes: ...
    def latest(self) -> bytes: ...
    def checkpoint_at(self, size: int) -> bytes | None: ...
    def hash_at(self, level: int, index: int) -> bytes: ...
    def inclusion(self, index: int, size: int) -> list[bytes]: ...
    def consistency(self, old: int, new: int) -> list[bytes]: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Contents:
    """All that goes into a dossier but proofs and seal.

    `entries` are the chosen indexes, sorted; `question` is what verifiers ask again (see `statement.ask`); `about` are
    the manifest's further statements: operator, scope, audience, known_at, simulated.
    """

    size: int
    vkey: str
    entries: Sequence[int]
    disclosures: Iterable[Disclosure]
    tables: Tables
    assessment: Assessment
    question: Mapping[str, Any]
    about: Mapping[str, Any]
    report: str
    readme: str


def assemble(log: Log, contents: Contents, issue: Callable[[str], int]) -> bytes:
    """The dossier's bytes.

    `issue(manifest hash)` appends `dossier.issued` and returns its index.

    Raises:
        BadInput: the scope is empty, or too large for one container.
    """
    if not contents.entries:
        raise BadInput("dossier.empty", "no entry belongs to this scope", help="look at `kansa records`")
    listed = _members(log, contents)
    manifest = canonical.encode(
        {
            **MANIFEST_FORMAT,
            **contents.about,
            "log": contents.vkey,
            "question": dict(contents.question),
            "members": [
                {"name": name, "sha256": hashlib.sha256(content).hexdigest(), "size": len(content)}
                for name, content in sorted(listed.items())
            ],
        }
    )
    index = issue(hashlib.sha256(manifest).hexdigest())
    return container.encode({**listed, members.MANIFEST: manifest, **_seal(log, contents.size, index)})


def _members(log: Log, contents: Contents) -> dict[str, bytes]:
    head = log.checkpoint_at(contents.size)
    if head is None:
        raise BadInput("dossier.checkpoint", f"no checkpoint was signed at size {contents.size}")
    between = selection.hashes_between(contents.entries, contents.size, log.hash_at)
    question = dict(contents.question)
    return {
        members.README: contents.readme.encode(),
        members.REPORT: contents.report.encode(),
        members.CHECKPOINT: head,
        members.BETWEEN: canonical.encode([to_base64(each) for each in between]),
        members.ENTRIES: b"".join(b"[%d,%b]\n" % (index, log.entry(index)) for index in contents.entries),
        members.DISCLOSURES: b"".join(
            d.text + b"\n" for d in sorted(contents.disclosures, key=lambda d: d.digest)
        ),
        members.RESULT: statement.result(contents.assessment, contents.tables, question),
        members.GAPS: statement.lines(contents.assessment.gaps),
        members.LATE: statement.lines(contents.assessment.late),
    }


def _seal(log: Log, size: int, index: int) -> dict[str, bytes]:
    signed = log.latest()
    later = note.checkpoint_in(signed).size
    proof = ProofFile(index, tuple(log.inclusion(index, later)), signed)
    return {
        members.SEAL_ENTRY: log.entry(index),
        members.SEAL_PROOF: proof.encode(),
        members.SEAL_CONSISTENCY: canonical.encode(
            [to_base64(each) for each in log.consistency(size, later)]
        ),
    }
