"""What every kind shares: validity, how it is known, what it corrects, which source keys it introduces."""

from typing import Annotated, ClassVar, Literal

import msgspec
from msgspec import UNSET, UnsetType

OPEN = msgspec.Meta(extra={"field": "open"})
SUBJECT = msgspec.Meta(extra={"field": "subject"})

Time = Annotated[
    str, msgspec.Meta(pattern=r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$", extra={"field": "open"})
]
"""RFC 3339 UTC, three decimals, `Z`."""

OpenText = Annotated[str, msgspec.Meta(min_length=1, extra={"field": "open"})]
Subject = Annotated[str, msgspec.Meta(pattern=r"^[a-z]{3}_[a-z2-7]{26}$", extra={"field": "subject"})]
OptionalSubject = Annotated[str | None, SUBJECT]
Subjects = Annotated[list[str], SUBJECT]
OpenTexts = Annotated[list[str], OPEN]
Sealed = str | UnsetType
BasisPoints = Annotated[int, msgspec.Meta(ge=0, le=10_000)]
"""A share of a whole, in hundredths of a per cent."""
KnownBy = Annotated[Literal["attested", "measured", "documented", "declared", "inferred"], OPEN]
Jurisdiction = Annotated[Literal["US", "JP"], OPEN]
Names = dict[Literal["ja", "en"], str]


class Reference(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An entry of a log."""

    log: str
    index: int


class Introduction(msgspec.Struct, frozen=True):
    """A source's own key for a subject; `system` says in whose books the key stands."""

    id: str
    system: str
    key: str


class Claim(msgspec.Struct, frozen=True, kw_only=True):
    """Base of every kind, named by `type`. `valid_from` and `valid_to` bound when it was true, half-open; null is open.

    `keeper` names the fields whose first value is the subject under whose key sealed values are kept. `apart` names a
    list of parties who need not know of each other: each gets a record of its own (`draft.apart`).
    """

    type: ClassVar[str]
    keeper: ClassVar[tuple[str, ...]] = ()
    apart: ClassVar[str | None] = None

    valid_from: Time
    valid_to: Annotated[Time | None, OPEN] = None
    known_by: KnownBy
    inferred_from: Annotated[str, OPEN] | UnsetType = UNSET
    corrects: Annotated[Reference, OPEN] | UnsetType = UNSET
    introduces: list[Introduction] | UnsetType = UNSET
    note: Sealed = UNSET
