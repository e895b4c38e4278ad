"""Customer due diligence: who the parties are, what they say they do, what people decided about them."""

from typing import Annotated, ClassVar, Literal

from msgspec import UNSET, UnsetType, field

from kansa.records.kinds.claim import (
    OPEN,
    BasisPoints,
    Claim,
    Names,
    OpenText,
    OpenTexts,
    OptionalSubject,
    Sealed,
    Subject,
)


class PartyRegistered(Claim, frozen=True, kw_only=True):
    """A party is known to the operator under a name."""

    type: ClassVar[str] = "kansa.party.registered.v0"

    party_id: Subject
    roles: OpenTexts = field(default_factory=list)
    names: Names | UnsetType = UNSET
    country: Sealed = UNSET
    registration_number: Sealed = UNSET
    address: Sealed = UNSET


class PartyOwnershipDeclared(Claim, frozen=True, kw_only=True):
    """Somebody holds a share of the party; a later record on the same two takes over from its `valid_from`.

    `share_bp` is in basis points of the whole and left out where it is not known. `controls` says that the owner
    directs the party, whatever its share. Without `owner_id` the record is about the rest: `nobody` holds it, since
    all owners are named, or it is `dispersed` among many, none of whom is listed or directs the party.
    """

    type: ClassVar[str] = "kansa.party.ownership_declared.v0"

    party_id: Subject
    owner_id: OptionalSubject = None
    rest: Annotated[Literal["nobody", "dispersed"] | None, OPEN] = None
    share_bp: BasisPoints | UnsetType = UNSET
    controls: bool | UnsetType = UNSET
    declared_by: Sealed = UNSET


class PartyHeadquartersDetermined(Claim, frozen=True, kw_only=True):
    """A person determined where the party is headquartered, and from which facts.

    All places are ISO 3166-1 alpha-2. `ultimate_parent_id` is the parent that was found, the party itself if it has
    none; where that parent is headquartered is a determination of its own.
    """

    type: ClassVar[str] = "kansa.party.headquarters_determined.v0"
    keeper: ClassVar[tuple[str, ...]] = ("party_id",)

    party_id: Subject
    ultimate_parent_id: OptionalSubject = None
    country: Sealed = UNSET
    registered_seat: Sealed = UNSET
    place_of_management: Sealed = UNSET
    main_revenue: Sealed = UNSET
    main_staff: Sealed = UNSET
    determined_by: Sealed = UNSET
    reasons: Sealed = UNSET


class PartyRiskRated(Claim, frozen=True, kw_only=True):
    """A person rated the risk of the party or of what it uses the compute for."""

    type: ClassVar[str] = "kansa.party.risk_rated.v0"

    party_id: Subject
    of: Annotated[Literal["end_user", "end_use"], OPEN]
    tier: Annotated[Literal["low", "medium", "high"], OPEN]
    rated_by: Sealed = UNSET
    reasons: Sealed = UNSET


class PartyDocumentFiled(Claim, frozen=True, kw_only=True):
    """A document about the party is on file; issued at `valid_from`, good until `valid_to`.

    `document` names what it is (`registry_extract`, `ownership_chart`, `end_use_certificate`); `original_at` says
    where the original lies. Its SHA-256 is sealed, since the hash of a known form would name the form.
    """

    type: ClassVar[str] = "kansa.party.document_filed.v0"

    party_id: Subject
    document: OpenText
    form: Annotated[Literal["original", "scan", "electronic"], OPEN]
    signed_by: Annotated[Literal["seal", "hand", "e_signature", "nobody"], OPEN] = "nobody"
    original_at: Sealed = UNSET
    sha256: Sealed = UNSET


class CommitmentSigned(Claim, frozen=True, kw_only=True):
    """The party signed a commitment, in force from `valid_from` to `valid_to`.

    `commitment` names it (`end_use_certificate`, `no_onward_transfer`, `headquarters_affirmation`,
    `infrastructure_affirmation`).
    """

    type: ClassVar[str] = "kansa.commitment.signed.v0"
    keeper: ClassVar[tuple[str, ...]] = ("party_id",)

    party_id: Subject
    commitment: OpenText
    contract_id: OptionalSubject = None
    signed_by: Sealed = UNSET
    text: Sealed = UNSET
    sha256: Sealed = UNSET


class QuestionAnswered(Claim, frozen=True, kw_only=True):
    """A person looked and answered one question on a subject: a fact of the catalogue that no system can tell.

    `fact` is the name in the fact catalogue; `answer` is of its type, null for "asked, not known". A later answer to
    the same question on the same subject takes over from its `valid_from`.
    """

    type: ClassVar[str] = "kansa.question.answered.v0"
    keeper: ClassVar[tuple[str, ...]] = ("subject_id",)

    subject_id: Subject
    fact: OpenText
    answer: bool | int | str | list[str] | UnsetType | None = UNSET
    answered_by: Sealed = UNSET
    looked_at: Sealed = UNSET


class EndUseStated(Claim, frozen=True, kw_only=True):
    """The end user said what the compute is for."""

    type: ClassVar[str] = "kansa.end_use.stated.v0"

    end_user_id: Subject
    purpose: Annotated[Literal["train", "fine_tune", "infer", "other"], OPEN]
    statement: Sealed = UNSET
