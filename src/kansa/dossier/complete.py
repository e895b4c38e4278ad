"""Whether a dossier holds every record about its subject: the member `log/subjects.json`, written and read.

Three answers. *complete*: an outsider whom the reader trusts rebuilt the index from the whole log and signed it.
*complete as stated*: the index is in the log, and the operator alone has built it. *not assessed*: there is none. It
never says that whatever happened was recorded: the device-time balance and the sources' windows are for that.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from kansa.dossier.stated import Stated
from kansa.evidence import trie
from kansa.evidence.subject_index import (
    CLASSIFIED,
    GROUPS,
    PEOPLE,
    PLACES,
    SEGMENT,
    STANDING,
    Chain,
    Incomplete,
    Places,
    Shown,
    SubjectIndex,
    Tag,
    TagProof,
    check,
    months,
    set_of,
    statement,
)
from kansa.evidence.trie import Proof
from kansa.ids import kind_of
from kansa.ledger import note
from kansa.ledger.note import Algorithm, Note, VerifierKey
from kansa.ledger.policy import Policy, Quorum
from kansa.ledger.strict import from_base64, to_base64
from kansa.ledger.tree import HASH_BYTES
from kansa.records import canonical

INDEX = "kansa.subject.index.v0"
_GOVERNED = PLACES.union(GROUPS.values())
State = Literal["complete", "complete_as_stated", "not_assessed"]


@dataclass(frozen=True, slots=True)
class Completeness:
    """What can be said of a dossier's completeness.

    `shown` records about its subject are shown and `withheld` are not, since they name others too; of the log's first
    `up_to` entries. `signed_by` are the reader's witnesses who rebuilt the index, which entry `index` states.
    """

    state: State
    shown: int = 0
    withheld: int = 0
    up_to: int = 0
    index: int | None = None
    signed_by: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """Return the stable JSON value."""
        return {
            "state": self.state,
            "shown": self.shown,
            "withheld": self.withheld,
            "up_to": self.up_to,
            "index": self.index,
            "signed_by": list(self.signed_by),
        }


Facts = tuple[str, Mapping[str, Any]]
"""The kind of an entry and its data."""


def tags_of(
    tenant: str | None, end_user: str | None, start: int, end: int, entries: Mapping[int, Facts]
) -> list[Tag]:
    """Return the tags that a dossier about a tenant or an end user must show, sorted; none for the whole vault.

    The end user where both are given, else the tenant with the end users that its records name; then, from the entries
    that are shown, the paths, bases, devices, contracts, nodes and sites that they are about, each with what governs it and
    the windows that speak for it; every segment and classification; and the people and their roles, if anybody of them is shown. The log's first entry is
    always shown, and brings nothing with it.
    """
    subject = end_user or tenant
    if subject is None:
        return []
    rest = [facts for index, facts in entries.items() if index > 0]
    found = {subject, SEGMENT, CLASSIFIED}
    if end_user is None:
        served = (data.get("end_user_id") for _, data in rest if data.get("tenant_id") == tenant)
        found |= {each for each in served if isinstance(each, str) and kind_of(each) == "party"}
    named = (each for _, data in rest for name in ("about", "units") for each in data.get(name, ()))
    found |= {each for each in named if isinstance(each, str) and kind_of(each) in _GOVERNED}
    found |= {*PEOPLE} if any(kind in PEOPLE for kind, _ in rest) else set()
    buckets = [STANDING, *months(start, end)]
    return sorted(Tag(each, bucket) for each in found for bucket in buckets)


def member(
    index: SubjectIndex,
    entry: int,
    tags: Sequence[Tag],
    named: Callable[[Tag, bytes], tuple[str, ...] | None],
) -> bytes:
    """Return the member that shows these tags.

    Args:
        index: The index that entry `entry` of the log states.
        entry: That entry.
        tags: The tags to show.
        named: Gives the parties of a set of a tag, by its hash, if all its entries are shown.
    """
    built = index.trie()
    told: list[dict[str, Any]] = []
    for tag in tags:
        proof = built.proof(tag.key)
        shown = [
            {
                **_set(named(tag, each), each),
                "count": chain.length,
                "head": chain.head.hex(),
            }
            for each, chain in sorted(index.tags.get(tag, {}).items())
        ]
        other = None if proof.other is None else [proof.other.key.hex(), proof.other.value_hash.hex()]
        siblings = [to_base64(each) for each in proof.siblings]
        told.append(
            {
                "subject": tag.subject,
                "bucket": tag.bucket,
                "sets": shown,
                "siblings": siblings,
                "other": other,
            }
        )
    return canonical.encode({"entry": entry, "tags": told})


def _set(parties: tuple[str, ...] | None, together: bytes) -> dict[str, Any]:
    return {"set": together.hex()} if parties is None else {"parties": list(parties)}


def assess(
    data: bytes,
    *,
    stated: Stated,
    origin: str,
    entries: Mapping[int, bytes],
    known: Iterable[str],
    signed: bytes | None,
    policy: Policy | None,
) -> Completeness:
    """Return what a dossier's member shows.

    Args:
        data: The member.
        stated: What the manifest states of scope and period.
        origin: The log's name.
        entries: The entries that are shown, by index.
        known: The parties that they register.
        signed: The signed statement of who rebuilt the index, if there is one.
        policy: The reader's policy, if one was given.

    Raises:
        Incomplete: records are missing, or the member does not hold; `ValueError` where it is of another form.
        BadInput: it is not canonical JSON, or the statement is not a signed note.
    """
    value = canonical.decode(data)
    if not isinstance(value, dict) or value.keys() != {"entry", "tags"}:
        raise ValueError("it is not `entry` and `tags`")
    entry, claim = value["entry"], _claim(entries, value["entry"], origin)
    root = bytes.fromhex(claim["root"])
    shown = [_tag(each) for each in value["tags"]]
    facts = {index: _facts(each) for index, each in entries.items()}
    wanted = tags_of(stated.tenant, stated.end_user, stated.start, stated.end, facts)
    if [each.tag for each in shown] != wanted:
        raise ValueError("it does not show the tags of the dossier's subject and period")
    parties = {*known, *stated.subjects}
    places = Places(entries)
    done = [check(each, root, claim["size"], places, parties) for each in shown]
    names = _signers(signed, statement(origin, claim["size"], root), policy)
    trusted = policy is not None and policy.quorum_of(set(names)) is Quorum.MET
    return Completeness(
        "complete" if trusted else "complete_as_stated",
        len(frozenset[int]().union(*(each.indexes for each in done))),
        sum(each.withheld for each in done),
        claim["size"],
        entry,
        names,
    )


def index_key(key: VerifierKey) -> VerifierKey:
    """Return the key under which a witness signs an index that it rebuilt: its own, as a signer of notes."""
    return VerifierKey(key.name, Algorithm.ED25519, key.public_key)


def _facts(entry: bytes) -> Facts:
    record = canonical.decode(entry)
    return record["type"], record["data"]


def _claim(entries: Mapping[int, bytes], index: Any, origin: str) -> Mapping[str, Any]:
    entry = entries.get(index) if type(index) is int else None
    record = None if entry is None else canonical.decode(entry)
    if not isinstance(record, dict) or record.get("type") != INDEX:
        raise Incomplete("the entry that states the index is not shown")
    data: Mapping[str, Any] = record["data"]
    if data["log"] != origin or not 0 <= data["size"] <= index or len(data["root"]) != 2 * HASH_BYTES:
        raise Incomplete("the entry does not state an index of this log before itself")
    return data


def _tag(value: Mapping[str, Any]) -> TagProof:
    other = None if value["other"] is None else trie.Leaf(*(bytes.fromhex(each) for each in value["other"]))
    siblings = tuple(from_base64(each, HASH_BYTES) for each in value["siblings"])
    sets = tuple(_shown(each) for each in value["sets"])
    return TagProof(Tag(value["subject"], value["bucket"]), sets, Proof(siblings, other))


def _shown(value: Mapping[str, Any]) -> Shown:
    count, head = value["count"], bytes.fromhex(value["head"])
    if type(count) is not int or not 0 < count < 1 << 63 or len(head) != HASH_BYTES:
        raise ValueError("a set's count or head is not possible")
    if "parties" in value:
        parties = tuple(value["parties"])
        return Shown(parties, set_of(parties), Chain(count, head))
    together = bytes.fromhex(value["set"])
    if len(together) != HASH_BYTES:
        raise ValueError("a set's hash is not possible")
    return Shown(None, together, Chain(count, head))


def _signers(signed: bytes | None, text: str, policy: Policy | None) -> tuple[str, ...]:
    if signed is None:
        return ()
    found: Note = note.parse(signed)
    if found.text != text:
        raise Incomplete("the signed statement is about another index")
    if policy is None:
        return ()
    return tuple(name for name, key in policy.witnesses.items() if note.verify(found, index_key(key)))
