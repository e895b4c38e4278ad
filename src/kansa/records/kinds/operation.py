"""Operation: what the system and its people did with the evidence."""

from typing import Annotated, ClassVar, Literal

from msgspec import UNSET, field

from kansa.records.kinds.claim import OPEN, Claim, OpenText, OpenTexts, OptionalSubject, Sealed, Subject


class ClockAnomaly(Claim, frozen=True, kw_only=True):
    """The clock went back, or jumped and was confirmed; `shift_ms` is what was seen."""

    type: ClassVar[str] = "kansa.clock.anomaly.v0"

    shift_ms: Annotated[int, OPEN]
    confirmed: Annotated[bool, OPEN] = False


class CheckpointRepublished(Claim, frozen=True, kw_only=True):
    """A published checkpoint of a log was missing, and somebody had it written anew in these places.

    Until then nothing there would have shown that the log was rolled back below `size`.
    """

    type: ClassVar[str] = "kansa.checkpoint.republished.v0"

    log: OpenText
    size: Annotated[int, OPEN]
    checkpoint: OpenText
    places: OpenTexts
    reasons: Sealed = UNSET


class ReportVerified(Claim, frozen=True, kw_only=True):
    """A vendor's signed report was checked on arrival, at `valid_from`; it is kept with its key, so that a later change of keys takes nothing away.

    `result` is `verified`, or `not_signed` where no signature came with it; one whose signature does not verify is
    refused as a whole. `public_key` is the key that the operator trusts, PEM; `bundle` the signature as it came.
    """

    type: ClassVar[str] = "kansa.report.verified.v0"

    system: OpenText
    result: Annotated[Literal["verified", "not_signed"], OPEN]
    report_sha256: OpenText
    bundle_sha256: Annotated[str | None, OPEN] = None
    key_sha256: Annotated[str | None, OPEN] = None
    algorithm: Annotated[str | None, OPEN] = None
    public_key: Sealed = UNSET
    bundle: Sealed = UNSET


class LogTimestamped(Claim, frozen=True, kw_only=True):
    """A time-stamping authority had this checkpoint of the log at `valid_from`, give or take `accuracy_ms` (RFC 3161).

    So the first `size` entries were there by then, and whatever stands after this record came later. `token` is the
    authority's whole answer, DER in base64.
    """

    type: ClassVar[str] = "kansa.log.timestamped.v0"

    log: OpenText
    size: Annotated[int, OPEN]
    checkpoint: OpenText
    token: OpenText
    accuracy_ms: Annotated[int, OPEN] = 0


class SubjectIndex(Claim, frozen=True, kw_only=True):
    """Which records there are about whom, in the first `size` entries of the log: the root of a trie of subjects.

    So a dossier can show that it holds all records about its subject, the last one included (docs/completeness.md).
    """

    type: ClassVar[str] = "kansa.subject.index.v0"

    log: OpenText
    size: Annotated[int, OPEN]
    root: OpenText
    subjects: Annotated[int, OPEN]
    records: Annotated[int, OPEN]


class DossierIssued(Claim, frozen=True, kw_only=True):
    """A dossier with this manifest hash was assembled for a reader."""

    type: ClassVar[str] = "kansa.dossier.issued.v0"

    manifest_sha256: OpenText
    audience: OpenText
    subjects: Annotated[list[str], OPEN] = field(default_factory=list)
    recipient: Sealed = UNSET
    legal_basis: Sealed = UNSET


class DossierVoided(Claim, frozen=True, kw_only=True):
    """A dossier that was issued was not handed out: its file could not be put where it was to be."""

    type: ClassVar[str] = "kansa.dossier.voided.v0"

    manifest_sha256: OpenText
    subjects: Annotated[list[str], OPEN] = field(default_factory=list)
    reasons: Sealed = UNSET


class ResponsibilityAllocated(Claim, frozen=True, kw_only=True):
    """A party answers for a duty along the value chain, under a contract if one says so.

    Where `duty` is the name of a fact or of a part of one (docs/tables.md), gaps name the party as who can close them.
    """

    type: ClassVar[str] = "kansa.responsibility.allocated.v0"

    party_id: Subject
    duty: OpenText
    contract_id: OptionalSubject = None
    person_id: OptionalSubject = None
    clause: Sealed = UNSET


class TrainingCompleted(Claim, frozen=True, kw_only=True):
    """A person completed a training at `valid_from`; it holds until `valid_to`."""

    type: ClassVar[str] = "kansa.training.completed.v0"

    person_id: OptionalSubject = None
    training: OpenText
    person: Sealed = UNSET
    trainer: Sealed = UNSET


class AuditPerformed(Claim, frozen=True, kw_only=True):
    """Somebody held the operator's practice against what it is to be; it holds until `valid_to`."""

    type: ClassVar[str] = "kansa.audit.performed.v0"

    audit: OpenText
    site_id: OptionalSubject = None
    result: Annotated[Literal["no_findings", "findings"], OPEN]
    findings: Sealed = UNSET
    auditor: Sealed = UNSET


class HoldPlaced(Claim, frozen=True, kw_only=True):
    """What there is about a subject must be kept, whatever else says that it may go; until `valid_to`."""

    type: ClassVar[str] = "kansa.hold.placed.v0"

    subject_id: Subject
    person_id: OptionalSubject = None
    matter: Sealed = UNSET
    reasons: Sealed = UNSET


class HoldLifted(Claim, frozen=True, kw_only=True):
    """The hold that entry `hold` placed on a subject ended at `valid_from`."""

    type: ClassVar[str] = "kansa.hold.lifted.v0"
    keeper: ClassVar[tuple[str, ...]] = ("person_id",)

    subject_id: Subject
    hold: Annotated[int, OPEN]
    person_id: OptionalSubject = None
    reasons: Sealed = UNSET


class ErasureDeferred(Claim, frozen=True, kw_only=True):
    """An erasure was asked for inside the period in which records must be kept; it is due at `valid_to`, if that is known.

    `schedules` are those that then forbade it. Until it is done nobody may use the values for anything else.
    """

    type: ClassVar[str] = "kansa.erasure.deferred.v0"
    keeper: ClassVar[tuple[str, ...]] = ("approver_id",)

    subject_id: Subject
    schedules: OpenTexts
    approver_id: OptionalSubject = None
    reasons: Sealed = UNSET


class RetentionApplied(Claim, frozen=True, kw_only=True):
    """Everything was looked at that may be past its period: of `subjects`, `erased` were, `held` by a hold were not."""

    type: ClassVar[str] = "kansa.retention.applied.v0"
    keeper: ClassVar[tuple[str, ...]] = ("approver_id",)

    schedules: OpenTexts
    subjects: Annotated[int, OPEN]
    erased: Annotated[int, OPEN]
    held: Annotated[int, OPEN]
    approver_id: OptionalSubject = None
    reasons: Sealed = UNSET


class ValueErased(Claim, frozen=True, kw_only=True):
    """The sealed values kept under a subject's key were destroyed at `valid_from`, in the stores that are named.

    `digests` are those of values that were kept under another's key and concerned this subject alone. `despite` are
    schedules under which they should still have been kept, where the approver decided otherwise.
    """

    type: ClassVar[str] = "kansa.value.erased.v0"
    keeper: ClassVar[tuple[str, ...]] = ("approver_id",)

    subject_id: Subject
    values: Annotated[int, OPEN]
    stores: OpenTexts
    digests: OpenTexts = field(default_factory=list)
    despite: OpenTexts = field(default_factory=list)
    approver_id: OptionalSubject = None
    reasons: Sealed = UNSET
