"""Small ledgers for controls: a record a line, with when it was recorded and from when to when it holds."""

from typing import Any

from kansa.clock import DAY, format_instant
from kansa.controls.assessment import Answer, Records, Shown
from kansa.controls.loading import read_controls
from kansa.records.catalogue import read
from kansa.records.journal import IndexedClaim
from worlds import BEGIN, cast

PACK = read_controls()
WHO = cast()
LOG = "small.example/kansa/evidence"


class Told:
    """A ledger that grows: each record says when it was recorded and from when to when it holds."""

    def __init__(self) -> None:
        self.claims: list[IndexedClaim] = []

    def say(
        self, kind: str, start: int = 0, end: int | None = None, *, recorded: int | None = None, **data: Any
    ) -> int:
        """Add a record; times in days from the beginning. Returns its index."""
        index = len(self.claims)
        times = {
            "valid_from": format_instant(BEGIN + start * DAY),
            "valid_to": None if end is None else format_instant(BEGIN + end * DAY),
        }
        claim = read(f"kansa.{kind}.v0", {"known_by": "documented", **times, **data})
        at = BEGIN + (start if recorded is None else recorded) * DAY
        self.claims.append(IndexedClaim(index, index, at, "urn:kansa:small.example:declared", (), claim))
        return index

    def path(self, **data: Any) -> int:
        """An approved path, which brings its tenant and end user into the populations."""
        ids = {"path_id": WHO.path, "tenant_id": WHO.tenant, "end_user_id": WHO.tenant, "method": "direct"}
        return self.say("access_path.approved", **ids | data)

    def shown(self, control: str, day: int) -> Shown:
        """One control on a day."""
        found = Records(PACK, self.claims).at(BEGIN + day * DAY)
        return next(each for each in found if each.control.id == f"kansa.controls.{control}")

    def answer(self, control: str, day: int) -> Answer:
        """Its answer for the one subject that it concerns."""
        (answer,) = self.shown(control, day).answers
        return answer
