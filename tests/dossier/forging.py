"""A dishonest operator's workbench: any members, sealed anew under the log's own key, in memory."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import Any

from kansa.clock import format_instant, parse_instant
from kansa.dossier import container, members, selection, statement
from kansa.ledger import proof
from kansa.ledger.note import Checkpoint, Note, SigningKey
from kansa.ledger.proof import ProofFile
from kansa.ledger.strict import to_base64
from kansa.ledger.tree import Frontier, leaf_hash, position
from kansa.records import canonical
from kansa.records.envelope import Record
from kansa.registers.derive import derive


class Forge:
    """Entries under a key, and dossiers of them that say what one likes."""

    def __init__(self, key: SigningKey, entries: Iterable[bytes]) -> None:
        self.key = key
        self.entries = list(entries)

    def note(self, entries: list[bytes]) -> bytes:
        """The signed tree head over these entries."""
        root = proof.root(len(entries), _hashes(entries))
        text = Checkpoint(self.key.name, len(entries), root).encode()
        return Note(text, (self.key.sign(text),)).encode()

    def members(self, manifest: Mapping[str, Any], disclosures: bytes = b"") -> dict[str, bytes]:
        """Members but manifest and seal; the answer is the honest one for the entries and the manifest's question."""
        question = dict(manifest["question"])
        tables = derive(enumerate(self.entries))
        answer = statement.ask(tables, question)
        size = len(self.entries)
        between = selection.hashes_between(range(size), size, _hashes(self.entries))
        return {
            members.CHECKPOINT: self.note(self.entries),
            members.BETWEEN: canonical.encode([to_base64(each) for each in between]),
            members.ENTRIES: b"".join(b"[%d,%b]\n" % each for each in enumerate(self.entries)),
            members.DISCLOSURES: disclosures,
            members.RESULT: statement.result(answer, tables, question),
            members.GAPS: statement.lines(answer.gaps),
            members.LATE: statement.lines(answer.late),
        }

    def seal(
        self,
        manifest: Mapping[str, Any],
        made: Mapping[str, bytes],
        since: Iterable[bytes] = (),
        **issued: Any,
    ) -> bytes:
        """The dossier of these members under a manifest that lists them.

        `since` are entries between the tree that is shown and the seal, `issued` fields of the issuing entry.
        """
        listed = [
            {"name": name, "sha256": _sha256(content), "size": len(content)}
            for name, content in sorted(made.items())
        ]
        encoded = json.dumps(
            {**manifest, "members": listed}, ensure_ascii=False, sort_keys=True, separators=(",", ":")
        ).encode("utf-8", "surrogatepass")
        return self.sealed(encoded, made, since, **issued)

    def sealed(
        self, manifest: bytes, made: Mapping[str, bytes], since: Iterable[bytes] = (), **issued: Any
    ) -> bytes:
        """The same with the manifest's very bytes."""
        before = [*self.entries, *since]
        last = canonical.decode(before[-1])["recordedtime"]
        entries = [*before, _issuing(_sha256(manifest), last, issued)]
        index, size = len(entries) - 1, len(self.entries)
        hashes = _hashes(entries)
        path = tuple(proof.inclusion(index, len(entries), hashes))
        return container.encode(
            {
                **made,
                members.MANIFEST: manifest,
                members.SEAL_ENTRY: entries[-1],
                members.SEAL_PROOF: ProofFile(index, path, self.note(entries)).encode(),
                members.SEAL_CONSISTENCY: canonical.encode(
                    [to_base64(each) for each in proof.consistency(size, len(entries), hashes)]
                ),
            }
        )


def entries_of(dossier: Mapping[str, bytes]) -> list[bytes]:
    """The entries that a dossier's members show."""
    lines = dossier[members.ENTRIES].splitlines()
    return [canonical.encode(canonical.decode(line)[1]) for line in lines]


def _issuing(digest: str, at: str, data: Mapping[str, Any]) -> bytes:
    instant = parse_instant(at)
    return Record(
        id="issued",
        source="urn:kansa:small.example:kansa",
        type="kansa.dossier.issued.v0",
        time=instant,
        recorded_at=instant,
        data={
            "manifest_sha256": digest,
            "audience": "auditor",
            "subjects": [],
            "valid_from": format_instant(instant),
            "known_by": "measured",
            "about": [],
            **data,
        },
    ).encode()


def _hashes(entries: list[bytes]) -> proof.HashAt:
    _, stored = Frontier().extended([leaf_hash(entry) for entry in entries])
    return lambda level, index: stored[position(level, index)]


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
