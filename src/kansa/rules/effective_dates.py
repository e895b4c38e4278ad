"""Stretches of time in which a text was one and the same, and what was known of its force.

Two statuses are kept apart: what the text said of itself, and what its agency said it enforced. Only both in force
bind; where one of them is unknown it is unsettled whether it binds.
"""

from collections.abc import Sequence
from datetime import datetime
from itertools import pairwise
from typing import Literal

import msgspec

from kansa.clock import format_instant, to_instant
from kansa.config_files import Section

Status = Literal["in_force", "not_enforced", "suspended", "withdrawn", "proposed", "unknown"]
STATUSES = ("in_force", "not_enforced", "suspended", "withdrawn", "proposed", "unknown")
Standing = Literal["binds", "unsettled", "does_not_bind"]


class Stretch(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """`[start, end)` in µs UTC, end None is open, with the two statuses."""

    start: int
    end: int | None = None
    text_status: Status
    enforcement_status: Status

    def covers(self, instant: int) -> bool:
        """Tell whether an instant lies in it."""
        return self.start <= instant and (self.end is None or instant < self.end)

    @property
    def standing(self) -> Standing:
        """Whether it binds: text and enforcement in force; unsettled where one of them is not known."""
        statuses = {self.text_status, self.enforcement_status}
        if statuses == {"in_force"}:
            return "binds"
        return "unsettled" if statuses <= {"in_force", "unknown"} else "does_not_bind"


def read_stretch(section: Section) -> Stretch | None:
    """Return the fields `from`, `to`, `text_status` and `enforcement_status`; what is wrong is said there."""
    start, end = read_instant(section, "from", required=True), read_instant(section, "to")
    text = section.choice("text_status", STATUSES, required=True)
    enforcement = section.choice("enforcement_status", STATUSES, required=True)
    if start is not None and end is not None and end <= start:
        section.refuse("ends before it begins", "to")
    if start is None or text is None or enforcement is None:
        return None
    return Stretch(start=start, end=end, text_status=text, enforcement_status=enforcement)  # type: ignore[arg-type] # by choice


def read_instant(section: Section, name: str, *, required: bool = False) -> int | None:
    """Return an instant that says its zone, as µs UTC; None where it is null or absent."""
    entry = section.entry(name)
    if entry is None or entry.value is None:
        if required:
            section.refuse(f"`{name}` is missing")
        return None
    try:
        moment = datetime.fromisoformat(entry.value)
    except (TypeError, ValueError):
        moment = None
    if moment is None or moment.tzinfo is None:
        section.refuse(f"`{entry.value}` is no instant with a zone", name, "write 2025-05-13T00:00:00-04:00")
        return None
    return to_instant(moment)


def check_contiguous(section: Section, stretches: Sequence[Stretch]) -> None:
    """Say where stretches, in the order in which they are written, overlap or leave a gap."""
    for earlier, later in pairwise(stretches):
        if earlier.end != later.start:
            fault = "overlaps" if earlier.end is None or earlier.end > later.start else "leaves a gap after"
            until = "open" if earlier.end is None else format_instant(earlier.end)
            section.refuse(
                f"the version from {format_instant(later.start)} {fault} the one before it, whose end is {until}",
                "versions",
            )
