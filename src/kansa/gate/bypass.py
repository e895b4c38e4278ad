"""What a client let through without an answer, told afterwards: from a line of its spool to a record of the evidence log."""

from datetime import datetime
from typing import Annotated, Any, Literal

import msgspec

from kansa.clock import format_instant, to_instant
from kansa.errors import BadInput
from kansa.gate.authzen import Evaluation
from kansa.gate.question import Names, read_question
from kansa.records.draft import Draft
from kansa.records.kinds.gate import GateBypassed


class Bypassed(msgspec.Struct, frozen=True):
    """One line of a spool; `id` is its SHA-256, by which it is recorded once however often it is told."""

    id: Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{64}$")]
    at: datetime
    question: Evaluation
    reason: Literal["timeout", "unreachable", "refused", "unreadable"]


def draft_of(bypassed: Bypassed, caller: str, names: Names, source: str) -> Draft:
    """Return the record of it, declared by the caller.

    Raises:
        BadInput: `gate.bypass`, if its time has no zone.
    """
    if bypassed.at.tzinfo is None:
        raise BadInput("gate.bypass", "the time `at` has no zone", help="give it in UTC, with `Z`")
    asked = read_question(bypassed.question, names)
    about = asked.about
    at = to_instant(bypassed.at)
    data: dict[str, Any] = {
        "known_by": "declared",
        "valid_from": format_instant(at),
        "valid_to": None,
        "tenant_id": about.tenant_id,
        "end_user_id": about.end_user_id,
        "path_id": about.path_id,
        "site_id": about.site_id,
        "from_site_id": about.from_site_id,
        "item_class": about.item_class,
        "action": asked.action,
        "caller": caller,
        "reason": bypassed.reason,
        "spooled": bypassed.id,
    }
    if asked.work is not None:
        data["work"] = asked.work
    return Draft(GateBypassed.type, source, f"bypassed {caller} {bypassed.id}", at, data)
