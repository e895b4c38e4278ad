"""Screening: which lists there were, who was held against them, what people made of it.

"No hit" can be shown because a screening says which editions it asked, under which keys, how many entries were
looked at, and where it cut off.
"""

from typing import Annotated, Any, ClassVar, Literal

import msgspec
from msgspec import UNSET, UnsetType

from kansa.records.kinds.claim import (
    OPEN,
    Claim,
    OpenText,
    OpenTexts,
    OptionalSubject,
    Reference,
    Sealed,
)
from kansa.records.kinds.signed import Attributable

Count = Annotated[int, OPEN]
Digest = Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{64}$", extra={"field": "open"})]
Outcome = Annotated[Literal["no_hit", "alert", "dismissed", "confirmed"], OPEN]
"""`alert`: a candidate that nobody disposed of. `dismissed`: people found every candidate to be someone else."""


class ListFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One file as published."""

    sha256: str
    bytes: int


class ListShortfall(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How one file of an edition says itself that it is not whole; `file` counts from 0 in `files`."""

    file: int
    what: Literal["end_mark", "cut", "numbers"]
    missing: int = 0


class ListCount(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How many entries of a publication are on one list."""

    list: str
    entries: int


class EditionAsked(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An edition that was asked; `record` is the ledger index of its `list.imported`, null outside a vault."""

    publication: str
    record_set_sha256: str
    entries: int
    rejected: int
    date: str | None
    record: int | None


class Version(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A program or data set that took part."""

    name: str
    version: str


class Asked(Claim, frozen=True, kw_only=True):
    """What every screening says of how it asked. No kind by itself.

    `not_covered` and `stale` are lists that ought to have been asked, `partial` those whose edition says itself that it
    is not whole; `entries` is how many were; `configuration_sha256`
    covers threshold, cut-off and weights, `normaliser_sha256` the data by which names are folded.
    """

    editions: Annotated[list[EditionAsked], OPEN]
    not_covered: OpenTexts
    stale: OpenTexts
    partial: OpenTexts = msgspec.field(default_factory=list)
    versions: Annotated[list[Version], OPEN]
    configuration_sha256: Digest
    normaliser_sha256: Digest
    threshold_ppm: Count
    limit: Count
    entries: Count


class ListImported(Claim, frozen=True, kw_only=True):
    """An edition of a publication was read. What it held is kept under `record_set_sha256`, whatever comes later.

    `added`, `removed` and `changed` are against the edition that `replaces` names; `rejected` rows gave no entry,
    `set_aside` counts fields that could not be read of rows that did. `shortfalls` say in what an edition is `partial`.
    """

    type: ClassVar[str] = "kansa.list.imported.v0"

    publication: OpenText
    format: OpenText
    importer: OpenText
    edition_date: Annotated[str | None, OPEN]
    files: Annotated[list[ListFile], OPEN]
    record_set_sha256: Digest
    lists: Annotated[list[ListCount], OPEN]
    rows: Count
    entries: Count
    rejected: Count
    set_aside: Count
    added: Count
    removed: Count
    changed: Count
    partial: Annotated[bool, OPEN] = False
    shortfalls: Annotated[list[ListShortfall], OPEN] = msgspec.field(default_factory=list)
    replaces: Annotated[Reference | None, OPEN] = None
    source_url: Sealed = UNSET
    file_names: list[str] | UnsetType = UNSET
    shrink_reason: Sealed = UNSET


class PartyScreened(Asked, frozen=True, kw_only=True):
    """A party was held against the lists.

    `blocked` is how many entries came near enough to be scored, `cut_off` whether there were more than were compared or told;
    `more` reached the threshold beyond the `limit`, `not_asked` entries are of another kind (vessels, aircraft).
    Sealed: the party as asked with its hash, every key derived from its names, and each candidate with its entry's
    hash, the name that matched, its tier, score and parts; and listed parties at one of its addresses.
    """

    type: ClassVar[str] = "kansa.party.screened.v0"
    keeper: ClassVar[tuple[str, ...]] = ("party_id",)

    party_id: OptionalSubject = None
    trigger: Annotated[
        Literal["asked", "first", "party_changed", "list_changed", "engine_changed", "disposition_changed"],
        OPEN,
    ]
    outcome: Outcome
    blocked: Count
    cut_off: Annotated[bool, OPEN]
    more: Count = 0
    not_asked: Count = 0
    party_sha256: Sealed = UNSET
    query: dict[str, Any] | UnsetType = UNSET
    keys: list[dict[str, Any]] | UnsetType = UNSET
    candidates: list[dict[str, Any]] | UnsetType = UNSET
    shared_addresses: list[dict[str, Any]] | UnsetType = UNSET


class ScreeningSwept(Asked, frozen=True, kw_only=True):
    """Many parties were held against the lists in one run; those with a candidate have a record of their own.

    A `batch` reads and writes files, named by their hashes. In a `delta` only entries that are not in `basis` were
    asked of parties that had been screened against it; `parties_sha256` covers their ids and hashes.
    """

    type: ClassVar[str] = "kansa.screening.swept.v0"

    method: Annotated[Literal["batch", "delta"], OPEN]
    parties: Count
    alerts: Count
    unreadable: Count = 0
    basis: OpenTexts = msgspec.field(default_factory=list)
    parties_sha256: Sealed = UNSET
    input_sha256: Sealed = UNSET
    output_sha256: Sealed = UNSET


class ScreeningDisposed(Attributable, frozen=True, kw_only=True):
    """A person judged one candidate of one screening; it holds until `valid_to`, for exactly this party and entry.

    Both hashes are bound: whatever changes in the party or in the entry reopens the candidate.
    """

    type: ClassVar[str] = "kansa.screening.disposed.v0"
    keeper: ClassVar[tuple[str, ...]] = ("party_id",)

    party_id: OptionalSubject = None
    screening: Annotated[Reference, OPEN]
    disposition: Annotated[Literal["true_match", "false_match", "undetermined"], OPEN]
    reason_code: OpenText
    replaces: Annotated[Reference | None, OPEN] = None
    reviewer_id: OptionalSubject = None
    second_reviewer_id: OptionalSubject = None
    party_sha256: Sealed = UNSET
    entry_sha256: Sealed = UNSET
    entry_id: Sealed = UNSET
    reviewer: Sealed = UNSET
    second_reviewer: Sealed = UNSET
