"""Intake: which sources are expected to report, what was mended of what could not be read, what was reconciled."""

from typing import Annotated, Any, ClassVar, Literal

from msgspec import UNSET, UnsetType

from kansa.records.kinds.claim import OPEN, Claim, OpenText, Sealed


class SourceExpected(Claim, frozen=True, kw_only=True):
    """A source is expected to report at least every `cadence` and `grace` (ISO 8601 durations) from `valid_from` on.

    `answers` is who answers for its silence. A later record on the same source takes its place.
    """

    type: ClassVar[str] = "kansa.source.expected.v0"

    system: OpenText
    connector: OpenText
    cadence: OpenText
    grace: OpenText
    answers: Sealed = UNSET


class SourceGap(Claim, frozen=True, kw_only=True):
    """A source itself shows that something did not arrive: numbers that are missing, bytes that were gone before they were read.

    Gone for good or still to come: `missing` is how many, where that is known.
    """

    type: ClassVar[str] = "kansa.source.gap.v0"

    system: OpenText
    what: Annotated[Literal["sequence", "bytes"], OPEN]
    first: Annotated[str | None, OPEN] = None
    last: Annotated[str | None, OPEN] = None
    missing: Annotated[int | None, OPEN] = None


class ReconciliationPerformed(Claim, frozen=True, kw_only=True):
    """Two kinds of evidence were compared over `[valid_from, valid_to)`: how many of each, how many agree, what does not.

    `differences` are the first of those that do not agree, sealed, since they name subjects; `found` counts all.
    """

    type: ClassVar[str] = "kansa.reconciliation.performed.v0"

    compared: OpenText
    left: Annotated[int, OPEN]
    right: Annotated[int, OPEN]
    agreed: Annotated[int, OPEN]
    found: Annotated[int, OPEN]
    assessed: Annotated[bool, OPEN] = True
    differences: list[dict[str, Any]] | UnsetType = UNSET
