"""An office that decides: four people, a route of three steps, and a log that grows as they speak."""

from dataclasses import dataclass, field
from typing import Any

import msgspec

from kansa import ids
from kansa.clock import DAY, HOUR
from kansa.people import signed_records
from kansa.people.keys import Key, key_from
from kansa.people.signed_records import Scope, Signer
from kansa.records import envelope
from kansa.records.catalogue import KINDS
from kansa.records.draft import Draft, complete, submit
from kansa.records.journal import MemoryJournal, note
from kansa.records.kinds.case import CaseOpened, CaseProposed, Step
from kansa.registers.derive import derive
from kansa.registers.rows import Clearance, Tables
from worlds import BEGIN, SOURCE, dice

ROUTE = (Step("draft", "sales"), Step("review", "trade", substitute="counsel"), Step("approve", "director"))
CONNECTOR = b"k" * 32


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody with a key of their own."""

    id: str
    key: Key


def person(seed: int) -> Person:
    """The same person every time."""
    random_bytes = dice(seed)
    return Person(ids.mint("person", random_bytes), key_from(random_bytes(32)))


ADMIN, SALES, TRADE, DIRECTOR, COUNSEL = (person(seed) for seed in range(100, 105))
ROLES = {"sales": SALES, "trade": TRADE, "director": DIRECTOR, "counsel": COUNSEL}


@dataclass
class Office:
    """The log of what the people said, an hour between records."""

    tenant: str
    end_user: str
    now: int = BEGIN - 10 * DAY
    entries: list[bytes] = field(default_factory=list)
    drafts: list[Draft] = field(default_factory=list)
    random_bytes: Any = field(default_factory=lambda: dice(5))
    route_id: str = field(default_factory=lambda: ids.mint("route", dice(6)))
    case_id: str = field(default_factory=lambda: ids.mint("case", dice(7)))

    def pen(self, who: Person | None, key: Key | None = None) -> Signer:
        """A person's hand, now; `key` in place of their own."""
        chosen = key or (ADMIN.key if who is None else who.key)
        return Signer(None if who is None else who.id, chosen, SOURCE, self.now, self.random_bytes)

    def add(self, draft: Draft, **changed: Any) -> int:
        """Record a draft, some of its fields changed after it was signed; returns its index."""
        data = {**draft.data, **changed}
        forged = Draft(draft.type, draft.source, draft.natural_key, draft.time, data)
        done = complete(submit(forged, CONNECTOR), self.now, self.random_bytes)
        self.entries.append(done.record.encode())
        self.drafts.append(forged)
        self.now += HOUR
        return len(self.entries) - 1

    def open(self) -> "Office":
        """Everybody is enrolled and has the role of their name; the route is adopted."""
        self.add(
            signed_records.enrol(self.pen(None), ADMIN.id, ADMIN.key.public, {"en": "Admin", "ja": "管理者"})
        )
        for role, who in ROLES.items():
            self.add(signed_records.enrol(self.pen(ADMIN), who.id, who.key.public, {"en": role, "ja": role}))
            self.add(signed_records.grant(self.pen(ADMIN), who.id, role))
        self.add(signed_records.adopt(self.pen(ADMIN), self.route_id, "standard", ROUTE))
        return self

    def claim(self, index: int) -> Any:
        """What the ledger says at an index, typed."""
        record = envelope.decode(self.entries[index])
        return msgspec.convert(dict(record.data), KINDS[record.type].struct)

    def case(self) -> CaseOpened:
        """The case that is decided here."""
        given = {"tenant_id": self.tenant, "end_user_id": self.end_user, "cause": "onboarding"}
        index = self.add(signed_records.open_case(SOURCE, self.now, self.case_id, **given))
        opened: CaseOpened = self.claim(index)
        return opened

    def propose(
        self, who: Person = SALES, decision: Any = "permit", key: Key | None = None, **more: Any
    ) -> int:
        """A proposal for a hundred days from the beginning."""
        given: dict[str, Any] = {"scope": Scope(), "until": BEGIN + 100 * DAY, "rests_on": {}, **more}
        case = CaseOpened(
            valid_from="2026-01-01T00:00:00.000Z",
            known_by="declared",
            case_id=self.case_id,
            tenant_id=self.tenant,
            end_user_id=self.end_user,
            cause="onboarding",
        )
        pen = self.pen(who, key)
        return self.add(
            signed_records.propose(pen, case, self.route_id, decision, reasons="a known customer", **given)
        )

    def proposal(self, index: int) -> CaseProposed:
        """The proposal at an index."""
        proposal: CaseProposed = self.claim(index)
        return proposal

    def review(
        self, index: int, who: Person = TRADE, outcome: Any = "endorsed", key: Key | None = None
    ) -> int:
        """The middle step."""
        pen = self.pen(who, key)
        return self.add(
            signed_records.review(pen, self.proposal(index), "review", outcome, reasons="papers are in order")
        )

    def decide(
        self,
        index: int,
        who: Person = DIRECTOR,
        decision: Any = "permit",
        key: Key | None = None,
    ) -> int:
        """The last step."""
        pen = self.pen(who, key)
        draft = signed_records.decide(pen, self.proposal(index), "approve", decision, reasons="agreed")
        return self.add(draft)

    def tables(self) -> Tables:
        """What follows."""
        return derive(enumerate(self.entries))

    def grounds(self) -> list[str]:
        """Why each decision counts or not, in ledger order."""
        return [row.ground for row in sorted(self.tables().clearance, key=_entry)]

    def journal(self) -> MemoryJournal:
        """The claims."""
        journal, roots = MemoryJournal(), dict[int, int]()
        found = (note(index, envelope.decode(entry), roots) for index, entry in enumerate(self.entries))
        journal.add(each for each in found if each is not None)
        return journal


def _entry(row: Clearance) -> int:
    return row.entry
