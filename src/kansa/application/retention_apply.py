"""Erase what is past its period: where that was asked for and deferred, or of every party."""

from dataclasses import dataclass
from typing import Any

from kansa.application.erase import erase
from kansa.application.retention import retention, schedules
from kansa.clock import format_instant
from kansa.ids import ulid
from kansa.records.draft import Draft
from kansa.records.kinds.operation import RetentionApplied
from kansa.vault.vault import Vault


@dataclass(frozen=True, slots=True)
class Applied:
    """What was done: the parties that were looked at, those erased and those kept by a hold alone, and the entry; None if it was a rehearsal."""

    subjects: int
    erased: tuple[str, ...]
    held: tuple[str, ...]
    entry: int | None

    def as_json(self) -> dict[str, Any]:
        """Return the stable JSON value."""
        return {
            "subjects": self.subjects,
            "erased": list(self.erased),
            "held": list(self.held),
            "entry": self.entry,
        }


def apply(
    vault: Vault,
    reasons: str,
    approver: str | None = None,
    *,
    everybody: bool = False,
    rehearse: bool = False,
) -> Applied:
    """Erase the values of those whose period is over and whose erasure was deferred; `everybody` of all whose period is over.

    Each erasure is on record, and one record says what was looked at. `rehearse` erases and records nothing.
    """
    known, now = retention(vault), vault.clock.now()
    wanted = [each for each in known if everybody or each.deferred is not None]
    over = [each for each in wanted if each.until is not None and each.until <= now]
    due = tuple(each.subject for each in over if each.past)
    held = tuple(each.subject for each in over if each.holds)
    if rehearse:
        return Applied(len(wanted), due, held, None)
    erased = tuple(each for each in due if erase(vault, each, reasons, approver).entry is not None)
    data = {
        "valid_from": format_instant(now),
        "known_by": "measured",
        "schedules": [each.id for each in schedules()],
        "subjects": len(wanted),
        "erased": len(erased),
        "held": len(held),
        "reasons": reasons,
        **({"approver_id": approver} if approver else {}),
    }
    entry = vault.record(Draft(RetentionApplied.type, f"{vault.urn}:kansa", ulid(now), now, data))
    return Applied(len(wanted), erased, held, entry)
