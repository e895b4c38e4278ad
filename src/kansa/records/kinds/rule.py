"""Rules: which packs the operator adopted, how it reads a rule whose status nobody states, what was suspended since."""

from typing import Annotated, ClassVar, Literal

from msgspec import UNSET

from kansa.records.kinds.claim import OPEN, OpenText, OptionalSubject, Sealed
from kansa.records.kinds.signed import Attributable


class RulePackAdopted(Attributable, frozen=True, kw_only=True):
    """From `valid_from` on the operator evaluates this version of a pack; it takes the place of the earlier one.

    `meaning_sha256` is the hash of what the pack means, under which the vault keeps it.
    """

    type: ClassVar[str] = "kansa.rule_pack.adopted.v0"

    pack: OpenText
    version: OpenText
    meaning_sha256: OpenText
    approver_id: OptionalSubject = None
    approver: Sealed = UNSET


class RuleReadingRecorded(Attributable, frozen=True, kw_only=True):
    """How the operator reads a rule whose status is unknown, from `valid_from` until `valid_to`, which must be given."""

    type: ClassVar[str] = "kansa.rule.reading_recorded.v0"

    rule: OpenText
    reading: Annotated[Literal["apply", "not_apply"], OPEN]
    approver_id: OptionalSubject = None
    approver: Sealed = UNSET


class RuleSuspended(Attributable, frozen=True, kw_only=True):
    """The rule binds nobody from `valid_from` until `valid_to`, or until it is reinstated, as `source` says.

    A suspension that is recorded later than it began counts from its record on: no past answer changes by it.
    """

    type: ClassVar[str] = "kansa.rule.suspended.v0"

    rule: OpenText
    source: Sealed = UNSET
    approver_id: OptionalSubject = None
    approver: Sealed = UNSET


class RuleReinstated(Attributable, frozen=True, kw_only=True):
    """A suspension of the rule ends at `valid_from`, as `source` says: its pack says again what it is."""

    type: ClassVar[str] = "kansa.rule.reinstated.v0"

    rule: OpenText
    source: Sealed = UNSET
    approver_id: OptionalSubject = None
    approver: Sealed = UNSET
