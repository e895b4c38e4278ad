"""Whether a dossier is what it says, from its bytes and the reader's own trust policy alone.

The checks, in order; each rests on those before it:

 1. container    the file is a `kansa-dossier-1`, byte for byte
 2. manifest     it lists every member outside `seal/` with size and SHA-256, and nothing else
 3. checkpoint   the log's tree head that the entries stand under is signed by the log's key (C2SP signed-note)
 4. entries      each is canonical, in order, its recorded time never decreasing, and in that tree (RFC 9162, 2.1.3)
 5. seal         `dossier.issued` with this manifest's hash is in a later signed tree that continues the first (2.1.4)
 6. trust        the key is one that the reader pinned, and its quorum of witnesses cosigned (C2SP tlog-policy)
 7. disclosures  each belongs to a digest of an entry, once (RFC 9901, 7.1)
 8. coherence    registers derived and swept anew give the enclosed gaps, late stretches and sums

No database, no network, no clock. The verdict says as well what was not checked.
"""

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, TypeVar

from kansa.dossier import container, members, selection, statement
from kansa.dossier.verdict import Check, Verdict, Word
from kansa.errors import BadInput, KansaError
from kansa.ledger import note, proof
from kansa.ledger.note import Checkpoint, VerifierKey
from kansa.ledger.policy import Policy, Quorum, unwitnessed
from kansa.ledger.strict import from_base64
from kansa.ledger.tree import leaf_hash
from kansa.records import canonical, envelope, sealing
from kansa.records.envelope import Record
from kansa.registers.derive import derive

MANIFEST_FORMAT = {"format": container.FORMAT, "profile": canonical.PROFILE}
ISSUED = "kansa.dossier.issued.v0"

T = TypeVar("T")


class Refused(KansaError):
    """A check that did not hold; it ends the verification and becomes its verdict."""

    def __init__(self, message: str, place: str | None = None) -> None:
        super().__init__("verify.refused", message)
        self.place = place


@dataclass(slots=True)
class _Opened:
    """What the checks before have opened for those after."""

    members: dict[str, bytes]
    manifest: dict[str, Any] = field(default_factory=dict)
    key: VerifierKey | None = None
    head: Checkpoint | None = None
    entries: dict[int, bytes] = field(default_factory=dict)
    records: dict[int, Record] = field(default_factory=dict)
    sealed_at: Checkpoint | None = None
    seal_note: note.Note | None = None


def verify(data: bytes, policy: Policy | None = None) -> Verdict:
    """Judge a dossier's bytes under a reader's policy; without one nothing is pinned and it can only be consistent."""
    checks: list[Check] = []
    opened = _Opened({})
    quorum = Quorum.NOT_ASKED

    def trust() -> str:
        nonlocal quorum
        quorum, seen = _trust(opened, policy)
        return seen

    steps: list[tuple[str, Callable[[], str]]] = [
        ("container", lambda: _container(opened, data)),
        ("manifest", lambda: _manifest(opened)),
        ("checkpoint", lambda: _checkpoint(opened, policy)),
        ("entries", lambda: _entries(opened)),
        ("seal", lambda: _seal(opened)),
        ("trust", trust),
        ("disclosures", lambda: _disclosures(opened)),
        ("coherence", lambda: _coherence(opened)),
    ]
    for name, step in steps:
        try:
            checks.append(Check(name, ok=True, detail=step()))
        except KansaError as error:
            place = getattr(error, "place", None)
            checks.append(Check(name, ok=False, detail=error.message, place=place))
            return Verdict("not_ok", tuple(checks), tuple(each for each, _ in steps[len(checks) :]))
    word: Word = "ok" if quorum is Quorum.MET else "ok_unwitnessed"
    return Verdict(
        word if policy else "consistent_only", tuple(checks), _not_checked(opened, policy), _about(opened)
    )


def _container(opened: _Opened, data: bytes) -> str:
    opened.members = container.decode(data)
    missing = sorted(members.REQUIRED - opened.members.keys())
    if missing:
        raise Refused(f"members are missing: {', '.join(missing)}")
    return f"{len(opened.members)} members, every byte accounted for"


def _manifest(opened: _Opened) -> str:
    manifest = _object(opened.members[members.MANIFEST], members.MANIFEST)
    for name, value in MANIFEST_FORMAT.items():
        if manifest.get(name) != value:
            raise Refused(f"`{name}` is not `{value}`", members.MANIFEST)
    listed = manifest.get("members")
    actual = [
        {"name": name, "sha256": hashlib.sha256(content).hexdigest(), "size": len(content)}
        for name, content in sorted(opened.members.items())
        if name != members.MANIFEST and name not in members.SEAL
    ]
    if listed != actual:
        differing = next(
            (row["name"] for row in actual if not isinstance(listed, list) or row not in listed),
            "a member that is not here",
        )
        raise Refused("a member is not as the manifest lists it", str(differing))
    _check_question(manifest)
    opened.manifest = manifest
    return f"{len(actual)} members match their hashes"


def _check_question(manifest: dict[str, Any]) -> None:
    question = manifest.get("question")
    integers = ("from_us", "to_us", "grace_us")
    if not isinstance(question, dict) or any(type(question.get(name)) is not int for name in integers):
        raise Refused("the question of the dossier is not stated", members.MANIFEST)
    bounded = question["from_us"] < question["to_us"] and question["grace_us"] >= 0
    tenant_told = "tenant" in question and isinstance(question["tenant"], str | None)
    told = tenant_told and type(question.get("log_began_us")) is int
    if not bounded or not told:
        raise Refused("the question of the dossier is not stated", members.MANIFEST)
    if not isinstance(manifest.get("log"), str):
        raise Refused("the log's key is not stated", members.MANIFEST)


def _checkpoint(opened: _Opened, policy: Policy | None) -> str:
    enclosed = note.parse_vkey(opened.manifest["log"])
    signed = note.parse(opened.members[members.CHECKPOINT])
    head = note.parse_checkpoint(signed.text)
    pinned = [key for key in policy.logs if key.name == head.origin] if policy else [enclosed]
    if not pinned:
        raise Refused(f"the policy lists no log of the name `{head.origin}`", members.CHECKPOINT)
    key = next((key for key in pinned if note.verify(signed, key)), None)
    if key is None:
        whose = "the enclosed key" if policy is None else "a key that the policy lists"
        raise Refused(f"it is not signed by {whose} of `{head.origin}`", members.CHECKPOINT)
    if key != enclosed:
        raise Refused("the manifest names another key than the one that signed", members.MANIFEST)
    opened.key, opened.head = key, head
    return f"{head.origin}, {head.size} entries, signed"


def _entries(opened: _Opened) -> str:
    head = _known(opened.head)
    recorded_at = 0
    for line, value in _lines(opened.members[members.ENTRIES], members.ENTRIES):
        place = f"{members.ENTRIES}:{line}"
        if not (isinstance(value, list) and len(value) == 2 and type(value[0]) is int):
            raise Refused("the line is not [index, entry]", place)
        index, entry = value[0], canonical.encode(value[1])
        if index <= max(opened.entries, default=-1):
            raise Refused(f"index {index} does not follow the one before", place)
        record = _placed(place, envelope.decode, entry)
        if record.recorded_at < recorded_at:
            raise Refused(f"entry {index} was recorded before the one that precedes it", place)
        recorded_at = record.recorded_at
        opened.entries[index], opened.records[index] = entry, record
    between = [
        _placed(members.BETWEEN, from_base64, text)
        for text in _texts(opened.members[members.BETWEEN], members.BETWEEN)
    ]
    leaves = {index: leaf_hash(entry) for index, entry in opened.entries.items()}
    if _placed(members.ENTRIES, selection.root_from, leaves, head.size, between) != head.root:
        raise Refused("the entries do not give the root of the signed tree", members.ENTRIES)
    whole = "all" if len(leaves) == head.size else f"{len(leaves)} of"
    return f"{whole} {head.size} entries stand in the signed tree"


def _seal(opened: _Opened) -> str:
    head, key = _known(opened.head), _known(opened.key)
    sealed = _placed(members.SEAL_PROOF, proof.decode_file, opened.members[members.SEAL_PROOF])
    signed = _placed(members.SEAL_PROOF, note.parse, sealed.checkpoint)
    later = _placed(members.SEAL_PROOF, note.parse_checkpoint, signed.text)
    if sealed.extra is not None or later.origin != head.origin or not note.verify(signed, key):
        raise Refused("the seal's checkpoint is not signed by the log's key", members.SEAL_PROOF)
    entry = opened.members[members.SEAL_ENTRY]
    issued = _placed(members.SEAL_ENTRY, envelope.decode, entry)
    digest = hashlib.sha256(opened.members[members.MANIFEST]).hexdigest()
    if issued.type != ISSUED or issued.data.get("manifest_sha256") != digest:
        raise Refused("the entry does not issue this manifest", members.SEAL_ENTRY)
    if not proof.verify_inclusion(sealed.index, later.size, leaf_hash(entry), sealed.path, later.root):
        raise Refused("the entry that issues the dossier is not in the sealed tree", members.SEAL_PROOF)
    texts = _texts(opened.members[members.SEAL_CONSISTENCY], members.SEAL_CONSISTENCY)
    path = [_placed(members.SEAL_CONSISTENCY, from_base64, text) for text in texts]
    if sealed.index < head.size or not proof.verify_consistency(
        head.size, later.size, path, head.root, later.root
    ):
        raise Refused(
            "the sealed tree does not continue the one that the entries stand in", members.SEAL_CONSISTENCY
        )
    opened.sealed_at, opened.seal_note = later, signed
    return f"issued as entry {sealed.index} of a tree of {later.size} that continues the first"


def _trust(opened: _Opened, policy: Policy | None) -> tuple[Quorum, str]:
    judged = (policy or unwitnessed(_known(opened.key))).judge(_known(opened.seal_note))
    if not judged.accepted:
        raise Refused("; ".join(judged.reasons), members.SEAL_PROOF)
    if policy is None:
        return judged.quorum, "no key is pinned: the dossier agrees with itself, nothing says whose it is"
    names = ", ".join(name for name, _ in judged.witnesses) or "no witness"
    return judged.quorum, f"pinned key of `{_known(opened.head).origin}`; cosigned by {names}"


def _disclosures(opened: _Opened) -> str:
    owners = {digest for record in opened.records.values() for digest in sealing.digests(dict(record.data))}
    found: set[str] = set()
    nested: set[str] = set()
    for line, value in _lines(opened.members[members.DISCLOSURES], members.DISCLOSURES):
        place = f"{members.DISCLOSURES}:{line}"
        disclosure = _placed(place, sealing.parse, canonical.encode(value))
        if disclosure.digest in found:
            raise Refused("it is disclosed twice", place)
        found.add(disclosure.digest)
        nested.update(sealing.digests(disclosure.value))
    if strangers := found - owners - nested:
        raise Refused(f"{len(strangers)} disclosures belong to no entry here", members.DISCLOSURES)
    return f"{len(found)} values disclosed, {len(owners - found)} kept sealed"


def _coherence(opened: _Opened) -> str:
    question = opened.manifest["question"]
    first = opened.records.get(0)
    if first is not None and question["log_began_us"] != first.recorded_at:
        raise Refused("the log did not begin when the manifest says", members.MANIFEST)
    tables = derive(opened.entries.items())
    assessment = statement.ask(tables, question)
    for name, anew in (
        (members.GAPS, statement.lines(assessment.gaps)),
        (members.LATE, statement.lines(assessment.late)),
        (members.RESULT, statement.result(assessment, tables, question)),
    ):
        if anew != opened.members[name]:
            raise Refused("the entries, derived and swept anew, give another answer", name)
    return f"{assessment.result.uses} uses swept anew: {assessment.result.gaps} gaps, as enclosed"


def _not_checked(opened: _Opened, policy: Policy | None) -> tuple[str, ...]:
    head = _known(opened.head)
    unchecked = [
        "that everything which happened was recorded: the balance of device time shows what no source reported",
        "that what the records say is true: each says how it is known",
        "report.html beyond its hash: it is a reader of the same data",
    ]
    if len(opened.entries) < head.size:
        unchecked.append("that no entry about these subjects was left out of the dossier")
    if policy is None:
        unchecked.append("whose log this is: pin the log's key in a policy and give it with --trust")
    elif policy.quorum == "none":
        unchecked.append(
            "that the operator showed nobody else another history: the policy asks for no witness"
        )
    return tuple(unchecked)


def _about(opened: _Opened) -> dict[str, Any]:
    names = ("operator", "scope", "audience", "known_at", "simulated", "question")
    return {name: opened.manifest[name] for name in names if name in opened.manifest}


def _object(data: bytes, place: str) -> dict[str, Any]:
    value = _placed(place, canonical.decode, data)
    if not isinstance(value, dict):
        raise Refused("it is not a JSON object", place)
    return value


def _texts(data: bytes, place: str) -> list[str]:
    value = _placed(place, canonical.decode, data)
    if not isinstance(value, list) or any(not isinstance(text, str) for text in value):
        raise Refused("it is not a list of texts", place)
    return value


def _lines(data: bytes, place: str) -> Iterator[tuple[int, Any]]:
    if data and not data.endswith(b"\n"):
        raise Refused("the last line does not end", place)
    for number, line in enumerate(data.split(b"\n")[:-1], 1):
        yield number, _placed(f"{place}:{number}", canonical.decode, line)


def _placed(place: str, step: Callable[..., T], *given: Any) -> T:
    try:
        return step(*given)
    except BadInput as error:
        raise Refused(error.message, place) from error


def _known(value: T | None) -> T:
    if value is None:
        raise Refused("a check that this one rests on was not made")
    return value
