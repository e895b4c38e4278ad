"""Whether a dossier is what it says, from its bytes and the reader's own trust policy alone.

The checks, in order; each rests on those before it:

 1. container    the file is a `kansa-dossier-1`, byte for byte
 2. manifest     it lists every member outside `seal/` with size and SHA-256, and nothing else; its statements agree
 3. checkpoint   the log's tree head that the entries stand under is signed by the log's key (C2SP signed-note)
 4. entries      each is canonical, in order, its recorded time never decreasing, and in that tree (RFC 9162, 2.1.3)
 5. seal         `dossier.issued` with this manifest's hash, audience and subjects is in a later signed tree that
                 continues the first (2.1.4)
 6. trust        the key is one that the reader pinned, and its quorum of witnesses cosigned (C2SP tlog-policy)
 7. disclosures  each belongs to a digest of an entry, and each digest stands once (RFC 9901, 7.1)
 8. rows         of a dossier with rows of segments: every segment is shown, and of each the rows of the subjects,
                 whole or absent, in the tree and trie of its entry; disclosed values are those that were sealed
 9. completeness the records about its subject are all that the subject index counts, which an entry of the log states
10. coherence    registers derived and swept anew give the enclosed gaps, late stretches and sums

No database, no network, no clock. Whatever a file holds, the answer is a verdict. It says as well what was not checked,
what is only the operator's word, and which records were not understood.
"""

import hashlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from kansa.clock import MICROSECONDS, format_instant
from kansa.dossier import complete, container, members, packing, selection, shown_segments, stated, statement
from kansa.dossier.complete import Completeness
from kansa.dossier.opened_rows import OpenedRows, open_rows
from kansa.dossier.passed_over import PassedOver, passed_over
from kansa.dossier.stated import Stated
from kansa.dossier.verdict import Check, Verdict, Word
from kansa.errors import BadInput, KansaError
from kansa.ids import kind_of
from kansa.ledger import note, proof
from kansa.ledger.note import Checkpoint, VerifierKey
from kansa.ledger.policy import Policy, Quorum, unwitnessed
from kansa.ledger.strict import from_base64
from kansa.ledger.tree import leaf_hash
from kansa.records import canonical, catalogue, envelope, sealing
from kansa.records.envelope import MAX_ENTRY_BYTES, Record
from kansa.records.kinds.evidence import EvidenceSegment
from kansa.records.kinds.party import PartyRegistered
from kansa.records.sealing import Disclosure
from kansa.registers.derive import derive
from kansa.registers.rows import Tables

MANIFEST_FORMAT = {"format": container.FORMAT, "profile": canonical.PROFILE}
WITH_ROWS_FORMAT = {"format": "kansa-dossier-2", "profile": canonical.PROFILE}
"""A dossier with rows of segments: a verifier that does not know them must not pass over them."""
ISSUED = "kansa.dossier.issued.v0"
MOST_PROBLEMS = 5

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
    stated: Stated | None = None
    key: VerifierKey | None = None
    head: Checkpoint | None = None
    entries: dict[int, bytes] = field(default_factory=dict)
    records: dict[int, Record] = field(default_factory=dict)
    places: dict[int, str] = field(default_factory=dict)
    issued: Record | None = None
    sealed_at: Checkpoint | None = None
    seal_note: note.Note | None = None
    quorum: Quorum = Quorum.NOT_ASKED
    disclosures: dict[str, Disclosure] = field(default_factory=dict)
    sealed: int = 0
    passed: PassedOver = field(default_factory=PassedOver)
    completeness: Completeness = field(default_factory=lambda: Completeness("not_assessed"))
    rows: OpenedRows | None = None
    tables: Tables | None = None


@dataclass(frozen=True, slots=True)
class Shown:
    """What a dossier that verifies shows: entries by ledger index, records, disclosed values by digest, and its tables."""

    entries: Mapping[int, bytes]
    records: Mapping[int, Record]
    disclosures: Mapping[str, Disclosure]
    tables: Tables
    question: Mapping[str, Any]
    known_at: int
    issued_at: int


def verify(data: bytes, policy: Policy | None = None) -> Verdict:
    """Judge a dossier's bytes under a reader's policy; without one nothing is pinned and it can only be consistent."""
    return _judged(data, policy)[0]


def open_verified(data: bytes, policy: Policy | None = None) -> tuple[Verdict, Shown | None]:
    """Judge a dossier, and return what it shows; nothing of one that does not verify."""
    verdict, opened = _judged(data, policy)
    if verdict.verdict == "not_ok" or opened.tables is None:
        return verdict, None
    last = max((record.recorded_at for record in opened.records.values()), default=0)
    known = opened.stated.known_at if opened.stated is not None else None
    return verdict, Shown(
        opened.entries,
        opened.records,
        opened.disclosures,
        opened.tables,
        opened.manifest["question"],
        last if known is None else known,
        last if opened.issued is None else opened.issued.recorded_at,
    )


def _judged(data: bytes, policy: Policy | None) -> tuple[Verdict, _Opened]:
    checks: list[Check] = []
    opened = _Opened({})
    steps: list[tuple[str, str | None, Callable[[], str]]] = [
        ("container", None, lambda: _container(opened, data)),
        ("manifest", members.MANIFEST, lambda: _manifest(opened)),
        ("checkpoint", members.CHECKPOINT, lambda: _checkpoint(opened, policy)),
        ("entries", members.ENTRIES, lambda: _entries(opened)),
        ("seal", members.SEAL_ENTRY, lambda: _seal(opened)),
        ("trust", members.SEAL_PROOF, lambda: _trust(opened, policy)),
        ("disclosures", members.DISCLOSURES, lambda: _disclosures(opened)),
        ("completeness", members.SUBJECTS, lambda: _completeness(opened, policy)),
        ("coherence", members.ENTRIES, lambda: _coherence(opened)),
    ]
    while steps:
        name, member, step = steps.pop(0)
        check = _checked(name, member, step)
        checks.append(check)
        if not check.ok:
            return Verdict("not_ok", tuple(checks), tuple(each for each, _, _ in steps)), opened
        if name == "disclosures" and (opened.manifest["format"] == WITH_ROWS_FORMAT["format"]):
            steps.insert(0, ("rows", shown_segments.FOLDER, lambda: _rows(opened)))
    word: Word = "ok" if opened.quorum is Quorum.MET else "ok_unwitnessed"
    verdict = Verdict(
        word if policy else "consistent_only",
        tuple(checks),
        _not_checked(opened, policy),
        _about(opened),
        _on_word(opened),
    )
    return verdict, opened


def _checked(name: str, member: str | None, step: Callable[[], str]) -> Check:
    """One check. A file that makes it stumble does not hold, whatever it stumbled over."""
    try:
        return Check(name, ok=True, detail=step())
    except KansaError as error:
        return Check(name, ok=False, detail=_in_full(error), place=getattr(error, "place", None) or member)
    except Exception as error:  # noqa: BLE001 - the bytes are a stranger's: a verdict, never a traceback
        found = f"it cannot be read: {type(error).__name__}: {error}"
        return Check(name, ok=False, detail=found, place=member)


def _in_full(error: KansaError) -> str:
    problems = error.problems[:MOST_PROBLEMS] if isinstance(error, BadInput) else ()
    return "; ".join([error.message, *map(str, problems)])


def _container(opened: _Opened, data: bytes) -> str:
    try:
        opened.members = container.decode(data)
    except BadInput as error:
        raise Refused(packing.reason(data, error.message)) from error
    missing = sorted(members.REQUIRED - opened.members.keys())
    if missing:
        raise Refused(f"members are missing: {', '.join(missing)}")
    return f"{len(opened.members)} members, every byte accounted for"


def _manifest(opened: _Opened) -> str:
    manifest = _object(opened.members[members.MANIFEST], members.MANIFEST)
    with_rows = manifest.get("format") == WITH_ROWS_FORMAT["format"]
    for name, value in (WITH_ROWS_FORMAT if with_rows else MANIFEST_FORMAT).items():
        if manifest.get(name) != value:
            raise Refused(f"`{name}` is not `{value}`", members.MANIFEST)
    listed, actual = manifest.get("members"), packing.listing(opened.members)
    if listed != actual:
        differing = next(
            (row["name"] for row in actual if not isinstance(listed, list) or row not in listed),
            members.MANIFEST,
        )
        raise Refused("the members are not as the manifest lists them", str(differing))
    if not isinstance(manifest.get("log"), str):
        raise Refused("the log's key is not stated", members.MANIFEST)
    opened.manifest, opened.stated = manifest, _placed(members.MANIFEST, stated.read, manifest)
    return f"{len(actual)} members match their hashes"


def _checkpoint(opened: _Opened, policy: Policy | None) -> str:
    enclosed = _placed(members.MANIFEST, note.parse_vkey, opened.manifest["log"])
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
    latest, recorded_at = -1, 0
    for line, value in _lines(opened.members[members.ENTRIES], members.ENTRIES):
        place = f"{members.ENTRIES}:{line}"
        if not (isinstance(value, list) and len(value) == 2 and type(value[0]) is int):
            raise Refused("the line is not [index, entry]", place)
        index, entry = value[0], canonical.encode(value[1])
        if index <= latest:
            raise Refused(f"index {index} does not follow the one before", place)
        record = _record(entry, place)
        if record.recorded_at < recorded_at:
            raise Refused(f"entry {index} was recorded before the one that precedes it", place)
        latest, recorded_at = index, record.recorded_at
        opened.entries[index], opened.records[index], opened.places[index] = entry, record, place
    _check_recorded(opened)
    between = [
        _placed(members.BETWEEN, from_base64, text)
        for text in _texts(opened.members[members.BETWEEN], members.BETWEEN)
    ]
    leaves = {index: leaf_hash(entry) for index, entry in opened.entries.items()}
    if _placed(members.ENTRIES, selection.root_from, leaves, head.size, between) != head.root:
        raise Refused("the entries do not give the root of the signed tree", members.ENTRIES)
    whole = "all" if len(leaves) == head.size else f"{len(leaves)} of"
    return f"{whole} {head.size} entries stand in the signed tree"


def _record(entry: bytes, place: str) -> Record:
    if len(entry) > MAX_ENTRY_BYTES:
        raise Refused(f"an entry has at most {MAX_ENTRY_BYTES} bytes, this one {len(entry)}", place)
    return _placed(place, envelope.decode, entry)


def _check_recorded(opened: _Opened) -> None:
    """What the manifest states of recorded times, against the entries that are shown."""
    said = _known(opened.stated)
    last = max((record.recorded_at for record in opened.records.values()), default=0)
    if said.known_at is not None and last > said.known_at:
        raise Refused("entries were recorded after the manifest's `known_at`", members.MANIFEST)
    if said.simulated is False and any(record.simulated for record in opened.records.values()):
        raise Refused(
            "entries say that they are simulated, their times told; the manifest says that times were kept",
            members.MANIFEST,
        )
    first = opened.records.get(0)
    if first is not None and said.log_began != first.recorded_at:
        raise Refused("the log did not begin when the manifest says", members.MANIFEST)


def _seal(opened: _Opened) -> str:
    head, key = _known(opened.head), _known(opened.key)
    sealed = _placed(members.SEAL_PROOF, proof.decode_file, opened.members[members.SEAL_PROOF])
    signed = _placed(members.SEAL_PROOF, note.parse, sealed.checkpoint)
    later = _placed(members.SEAL_PROOF, note.parse_checkpoint, signed.text)
    if sealed.extra is not None or later.origin != head.origin or not note.verify(signed, key):
        raise Refused("the seal's checkpoint is not signed by the log's key", members.SEAL_PROOF)
    entry = opened.members[members.SEAL_ENTRY]
    _check_issued(opened, _record(entry, members.SEAL_ENTRY))
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


def _check_issued(opened: _Opened, issued: Record) -> None:
    """The entry that issues the dossier says of it what the manifest says."""
    said, place = _known(opened.stated), members.SEAL_ENTRY
    digest = hashlib.sha256(opened.members[members.MANIFEST]).hexdigest()
    if issued.type != ISSUED or issued.data.get("manifest_sha256") != digest:
        raise Refused("the entry does not issue this manifest", place)
    _placed(place, catalogue.read, issued.type, dict(issued.data))
    if said.audience is not None and issued.data.get("audience") != said.audience:
        raise Refused(f"it was issued for `{issued.data.get('audience')}`, not for `{said.audience}`", place)
    if issued.data.get("subjects", []) != said.subjects:
        raise Refused("it was issued about other subjects than the question's", place)
    last = max((record.recorded_at for record in opened.records.values()), default=0)
    if issued.recorded_at < max(last, said.known_at or 0):
        raise Refused("it was issued before what it holds was known", place)
    opened.issued = issued


def _trust(opened: _Opened, policy: Policy | None) -> str:
    judged = (policy or unwitnessed(_known(opened.key))).judge(_known(opened.seal_note))
    if not judged.accepted:
        raise Refused("; ".join(judged.reasons), members.SEAL_PROOF)
    opened.quorum = judged.quorum
    if policy is None:
        return "no key is pinned: the dossier agrees with itself, nothing says whose it is"
    cosigned = (f"{name} ({format_instant(time * MICROSECONDS)})" for name, time in judged.witnesses)
    names = ", ".join(cosigned) or "no witness"
    return f"pinned key of `{_known(opened.head).origin}`; cosigned by {names}"


def _completeness(opened: _Opened, policy: Policy | None) -> str:
    """Whether every record about the dossier's subject is shown; see `kansa.dossier.complete`."""
    size, shown = _known(opened.head).size, len(opened.entries)
    signed, data = (opened.members.get(each) for each in (members.SEAL_SUBJECTS, members.SUBJECTS))
    if data is None and signed is not None:
        raise Refused("an index is signed that the dossier does not show", members.SEAL_SUBJECTS)
    if shown == size:
        opened.completeness = Completeness("complete", shown, 0, size)
        return f"complete: all {size} entries of the log are shown"
    if data is None:
        return "not assessed: no subject index is enclosed, so that records about the subject may be missing"
    try:
        found = complete.assess(
            data,
            stated=_known(opened.stated),
            origin=_known(opened.head).origin,
            entries=opened.entries,
            known=_registered(opened),
            signed=signed,
            policy=policy,
        )
    except (KeyError, TypeError, ValueError) as error:
        raise Refused(f"{error}", members.SUBJECTS) from error
    opened.completeness = found
    told = f"all {found.shown} records about the subject up to entry {found.up_to} of {size} are shown"
    if found.withheld:
        told = (
            f"{found.shown} records about the subject up to entry {found.up_to} of {size} are shown,"
            f" and {found.withheld} that name others too are withheld"
        )
    if found.state == "complete":
        return f"complete: {told}; {', '.join(found.signed_by)} rebuilt the index from the log"
    return f"complete as stated: {told}; the operator alone built the index"


def _registered(opened: _Opened) -> set[str]:
    """Return the parties that entries of the dossier register."""
    found = (r.data.get("party_id") for r in opened.records.values() if r.type == PartyRegistered.type)
    return {each for each in found if isinstance(each, str)}


def _disclosures(opened: _Opened) -> str:
    owners: dict[str, str] = {}
    for index, record in opened.records.items():
        _own(owners, record.data, opened.places[index])
    entries = len(owners)
    for line, value in _lines(opened.members[members.DISCLOSURES], members.DISCLOSURES):
        place = f"{members.DISCLOSURES}:{line}"
        disclosure = _placed(place, sealing.parse, canonical.encode(value))
        if disclosure.digest in opened.disclosures:
            raise Refused("it is disclosed twice", place)
        opened.disclosures[disclosure.digest] = disclosure
        _own(owners, disclosure.value, place)
    if strangers := opened.disclosures.keys() - owners.keys():
        raise Refused(f"{len(strangers)} disclosures belong to no entry here", members.DISCLOSURES)
    for index, record in opened.records.items():
        _placed(opened.places[index], sealing.reveal, record.data, opened.disclosures)
    opened.sealed = len(owners)
    kept = len(owners.keys() - opened.disclosures.keys())
    nested = f", {len(owners) - entries} of them in others" if len(owners) > entries else ""
    return f"{len(opened.disclosures)} values disclosed{nested}, {kept} kept sealed"


def _own(owners: dict[str, str], data: Any, place: str) -> None:
    """Note whose the digests in some data are; one that stands a second time would name two things at once."""
    for digest in _digests(data, place):
        if digest in owners:
            raise Refused(f"the digest `{digest}` stands in {owners[digest]} as well", place)
        owners[digest] = place


def _digests(data: Any, place: str) -> Iterator[str]:
    if isinstance(data, list):
        for value in data:
            yield from _digests(value, place)
    if not isinstance(data, Mapping):
        return
    own = data.get("_sd", [])
    if not isinstance(own, list) or not all(isinstance(digest, str) for digest in own):
        raise Refused("`_sd` is not a list of digests", place)
    yield from own
    for name, value in data.items():
        if name != "_sd":
            yield from _digests(value, place)


def _rows(opened: _Opened) -> str:
    try:
        opened.rows = open_rows(opened.manifest, opened.records, opened.members)
    except shown_segments.RefusedRowsError as error:
        raise Refused(str(error), error.place) from error
    return opened.rows.sentence()


def _coherence(opened: _Opened) -> str:
    question = opened.manifest["question"]
    opened.passed = passed_over(opened.records.values(), opened.disclosures)
    tables = derive(opened.entries.items())
    if opened.rows is None:
        _check_no_rows(opened)
    else:
        tables = opened.rows.with_uses(tables)
    opened.tables = tables
    assessment = statement.ask(tables, question)
    for name, anew in (
        (members.GAPS, statement.lines(assessment.gaps)),
        (members.LATE, statement.lines(assessment.late)),
        (members.RESULT, statement.result(assessment, tables, question)),
    ):
        if anew != opened.members[name]:
            raise Refused("the entries, derived and swept anew, give another answer", name)
    passed = f"; {opened.passed.records} records were passed over" if opened.passed.records else ""
    return f"{assessment.result.uses} uses swept anew: {assessment.result.gaps} gaps, as enclosed{passed}"


def _check_no_rows(opened: _Opened) -> None:
    """Refuse a dossier that shows a segment of the period and none of its rows."""
    for index, record in opened.records.items():
        began = record.data.get("from_us")
        if record.type == EvidenceSegment.type and (
            type(began) is not int or began < _known(opened.stated).end
        ):
            raise Refused(
                "rows of this segment may stand in the period and are not shown", opened.places[index]
            )


def _not_checked(opened: _Opened, policy: Policy | None) -> tuple[str, ...]:
    head, sealed = _known(opened.head), _known(opened.sealed_at)
    unchecked = [
        "that everything which happened was recorded: the balance of device time shows what no source reported",
        "that what the records say is true: each says how it is known",
        "report.html beyond its hash: it is a reader of the same data",
        *opened.passed.sentences(),
        *(opened.rows.not_checked() if opened.rows is not None else ()),
    ]
    if since := sealed.size - head.size - 1:
        unchecked.append(f"{since} entries recorded since, before the dossier was sealed: they are not shown")
    if hidden := head.size - len(opened.entries):
        unchecked.append(
            f"that no entry about these subjects was left out of the dossier: {hidden} of {head.size} are not shown"
        )
    unchecked.append(f"what was recorded after the dossier was sealed, in a tree of {sealed.size} entries")
    if policy is None:
        unchecked.append("whose log this is: pin the log's key in a policy and give it with --trust")
    elif policy.quorum == "none":
        unchecked.append(
            "that the operator showed nobody else another history: the policy asks for no witness"
        )
    return tuple(unchecked)


def _on_word(opened: _Opened) -> tuple[str, ...]:
    """Return what the operator signed and nothing in the dossier can be held against."""
    said = _known(opened.stated)
    words = [
        "when entries were recorded: the times are its own clock's, only their order is bound",
        "which period, grace and time of knowledge were asked: another question has another answer",
    ]
    if said.known_at is not None and len(opened.entries) < _known(opened.head).size:
        words.append("that nothing else had been recorded by the time of knowledge")
    if 0 not in opened.records:
        words.append("when the log began: entry 0 is not here")
    if opened.rows is not None:
        words += opened.rows.on_word(complete=len(opened.entries) == _known(opened.head).size)
    if opened.manifest.get("operator"):
        words.append("its name")
    return tuple(words)


def _about(opened: _Opened) -> dict[str, Any]:
    names = ("operator", "scope", "audience", "known_at", "question")
    told = sum(record.simulated for record in opened.records.values())
    tenant = _known(opened.stated).tenant
    return {
        **{name: opened.manifest[name] for name in names if name in opened.manifest},
        "simulated": bool(told or _known(opened.issued).simulated or _known(opened.stated).simulated),
        "log": _known(opened.head).origin,
        "names": {each: _names(opened, each) for each in _known(opened.stated).subjects},
        "entries": {"shown": len(opened.entries), "of": _known(opened.head).size, "simulated": told},
        "values": {"disclosed": len(opened.disclosures), "of": opened.sealed},
        **({"rows": opened.rows.as_json()} if opened.rows is not None else {}),
        "issued": format_instant(_known(opened.issued).recorded_at),
        "completeness": opened.completeness.as_json(),
        "passed_over": opened.passed.as_json(),
        "other_parties": _others(opened) if tenant is not None else None,
    }


def _names(opened: _Opened, party: str) -> dict[str, str]:
    """Return what a party is called by the last disclosed name that it was registered under; nothing if that is sealed."""
    found: dict[str, str] = {}
    for record in opened.records.values():
        if record.type == PartyRegistered.type and record.data.get("party_id") == party:
            names = sealing.reveal(record.data, opened.disclosures).get("names")
            if isinstance(names, dict) and all(isinstance(name, str) for name in names.values()):
                found = names
    return found


def _others(opened: _Opened) -> dict[str, int]:
    """Ids of parties that stand in the entries and of whom the dossier says nothing else."""
    registered = {
        record.data.get("party_id")
        for record in opened.records.values()
        if record.type == PartyRegistered.type
    }
    mentioned = [
        {each for each in _texts_in(dict(record.data)) if kind_of(each) == "party"} - registered
        for record in opened.records.values()
    ]
    return {"parties": len(set().union(*mentioned)), "records": sum(bool(each) for each in mentioned)}


def _texts_in(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for item in value.values():
            yield from _texts_in(item)
    elif isinstance(value, list):
        for item in value:
            yield from _texts_in(item)


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
        raise Refused(_in_full(error), place) from error
    except ValueError as error:
        raise Refused(str(error), place) from error


def _known(value: T | None) -> T:
    if value is None:
        raise Refused("a check that this one rests on was not made")
    return value
