"""Operation: what the system and its people did with the evidence."""

from typing import Annotated, ClassVar

from msgspec import UNSET, field

from kansa.records.kinds.claim import OPEN, Claim, OpenText, Sealed


class ClockAnomaly(Claim, frozen=True, kw_only=True):
    """The clock went back, or jumped and was confirmed; `shift_ms` is what was seen."""

    type: ClassVar[str] = "kansa.clock.anomaly.v0"

    shift_ms: Annotated[int, OPEN]
    confirmed: Annotated[bool, OPEN] = False


class DossierIssued(Claim, frozen=True, kw_only=True):
    """A dossier with this manifest hash was assembled for a reader."""

    type: ClassVar[str] = "kansa.dossier.issued.v0"

    manifest_sha256: OpenText
    audience: OpenText
    subjects: Annotated[list[str], OPEN] = field(default_factory=list)
    recipient: Sealed = UNSET
    legal_basis: Sealed = UNSET
