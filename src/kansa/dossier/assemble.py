"""Putting a dossier together: chosen entries with proofs, the answer, the page, then the seal.

The manifest is hashed first; `dossier.issued` with that hash is appended; a checkpoint that covers it becomes the
seal. So the log says what was handed out, and the dossier cannot be older or younger than it says.
"""

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from kansa.coherence.result import Assessment
from kansa.dossier import container, members, packing, selection, shown_segments, statement
from kansa.dossier.shown_segments import ShownSegment
from kansa.dossier.verify import MANIFEST_FORMAT, WITH_ROWS_FORMAT
from kansa.errors import BadInput
from kansa.ledger import note
from kansa.ledger.proof import ProofFile, decode_file
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
    the manifest's further statements: operator, scope, audience, known_at, simulated. `segments` are what is shown of the
    segments whose rows may begin in the period, and `of_segments` how many there were at the time of knowledge; `subjects`
    is the member from which a reader sees that no record about the subject is missing.
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
    segments: Sequence[ShownSegment] = ()
    of_segments: int = 0
    subjects: bytes | None = None


@dataclass(frozen=True, slots=True)
class Prepared:
    """A dossier before it is issued: every member but its seal, and the tree size that it shows."""

    members: Mapping[str, bytes]
    size: int

    @property
    def digest(self) -> str:
        """SHA-256 of the manifest, in hex; `dossier.issued` names it."""
        return hashlib.sha256(self.members[members.MANIFEST]).hexdigest()


def prepare(log: Log, contents: Contents) -> Prepared:
    """Put everything together but the seal.

    Raises:
        BadInput: the scope is empty, or no checkpoint was signed at its size.
    """
    if not contents.entries:
        raise BadInput("dossier.empty", "no entry belongs to this scope", help="look at `kansa records`")
    listed = _members(log, contents)
    manifest = canonical.encode(
        {
            **(WITH_ROWS_FORMAT if contents.of_segments else MANIFEST_FORMAT),
            **({"segments": contents.of_segments} if contents.of_segments else {}),
            **contents.about,
            "log": contents.vkey,
            "question": dict(contents.question),
            "members": packing.listing(listed),
        }
    )
    return Prepared({**listed, members.MANIFEST: manifest}, contents.size)


def unsealed(prepared: Prepared) -> bytes:
    """Return the container without its seal: what has to be written anyway, before anything is issued."""
    return container.encode(prepared.members)


def sealed(
    log: Log, prepared: Prepared, index: int, cosigned: bytes | None = None, indexed: bytes | None = None
) -> bytes:
    """Return the dossier's bytes, with the proof that entry `index` of the log issues it.

    `indexed` is the signed statement of who rebuilt the subject index that the dossier shows, if there is one.

    `cosigned` is the checkpoint to seal with, one that covers the entry; without it the log's latest, which no witness signed.

    Raises:
        BadInput: it is too large for one container.
    """
    return container.encode(
        {**prepared.members, **_seal(log, prepared.size, index, cosigned), **_indexed(indexed)}
    )


def resealed(log: Log, data: bytes, cosigned: bytes, indexed: bytes | None = None) -> bytes:
    """Return a dossier of this log under another seal: the same but for checkpoint and proofs of its issuing entry.

    Raises:
        BadInput: it is no container, was not issued by this log, or the checkpoint does not cover its issuing entry.
    """
    opened = container.decode(data)
    issued = decode_file(opened.get(members.SEAL_PROOF, b""))
    size = note.checkpoint_in(opened.get(members.CHECKPOINT, b"")).size
    covered = note.checkpoint_in(cosigned).size
    if issued.index >= covered or size > covered:
        raise BadInput(
            "dossier.reseal",
            f"the checkpoint of {covered} entries does not cover entry {issued.index}, which issued the dossier",
            help="have the witnesses cosign the log as it stands: `kansa witness ask`",
        )
    if log.entry(issued.index) != opened.get(members.SEAL_ENTRY):
        raise BadInput("dossier.reseal", "the dossier was not issued by this log")
    return container.encode({**opened, **_seal(log, size, issued.index, cosigned), **_indexed(indexed)})


def _indexed(indexed: bytes | None) -> dict[str, bytes]:
    return {} if indexed is None else {members.SEAL_SUBJECTS: indexed}


def assemble(log: Log, contents: Contents, issue: Callable[[str], int]) -> bytes:
    """Return the dossier's bytes, kept in memory.

    `issue(manifest hash)` appends `dossier.issued` and returns its index.

    Raises:
        BadInput: the scope is empty, or too large for one container; then nothing is issued.
    """
    prepared = prepare(log, contents)
    unsealed(prepared)
    return sealed(log, prepared, issue(prepared.digest))


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
        **({} if contents.subjects is None else {members.SUBJECTS: contents.subjects}),
        **{name: each for shown in contents.segments for name, each in shown_segments.encode(shown).items()},
    }


def _seal(log: Log, size: int, index: int, cosigned: bytes | None = None) -> dict[str, bytes]:
    signed = log.latest() if cosigned is None else cosigned
    later = note.checkpoint_in(signed).size
    proof = ProofFile(index, tuple(log.inclusion(index, later)), signed)
    return {
        members.SEAL_ENTRY: log.entry(index),
        members.SEAL_PROOF: proof.encode(),
        members.SEAL_CONSISTENCY: canonical.encode(
            [to_base64(each) for each in log.consistency(size, later)]
        ),
    }
