"""Real gates in a directory of their own: a log, keys, a basis of rules built here, and a server where one is wanted."""

import contextlib
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec

from kansa.clock import Clock, SystemClock
from kansa.gate.authzen import Evaluation
from kansa.gate.context import RuleContext
from kansa.gate.decision_point import Asking, DecisionPoint
from kansa.gate.log import GateLog, origin_of
from kansa.gate.snapshot import FactSnapshot, Question, Value
from kansa.i18n import Words
from kansa.ledger import keys, note
from kansa.ledger.audit import Report, audit
from kansa.ledger.stores import sqlite, values
from kansa.ledger.stores.sqlite import SqliteReader, SqliteWriter
from kansa.ledger.stores.values import ValueReader, ValueWriter
from kansa.records import envelope
from kansa.records.envelope import Record
from kansa.rules.catalogue import Catalogue, Fact
from kansa.rules.citations import Source
from kansa.rules.conditions import Condition, Test
from kansa.rules.pack import ACTIONS, Header, Pack, Rule, Version
from kansa.rules.rulebook import Rulebook

EVIDENCE = "example.com/kansa/evidence"
ORIGIN = origin_of(EVIDENCE)
TENANT = "pty_" + "a" * 26
END_USER = "pty_" + "b" * 26
PATH = "pth_" + "a" * 26
SITE = "sit_" + "a" * 26
OTHER_SITE = "sit_" + "b" * 26
ITEM = "3A090.a"

FACTS = {
    "action.name": "text",
    "tenant.clearance": "text",
    "tenant.screening_age_s": "int",
    "tenant.clearance_left_s": "int",
    "path.belongs": "bool",
    "site.hold": "bool",
    "use.label": "text",
}


def fact(name: str, type_: str) -> Fact:
    """A declared fact of the gate."""
    return Fact(name, type_, "standing", ("gate",), Words(f"the {name}", f"{name}の値"))  # type: ignore[arg-type]


def rule(
    id_: str, outcome: str, when: Condition, *, actions: tuple[str, ...] = ACTIONS, verified: bool = True
) -> Rule:
    """A rule that always stood, from a policy of our own."""
    version = Version(
        start=0,
        text_status="in_force",
        enforcement_status="in_force",
        when=when,
        words=Words(f"rule {id_}", f"規則{id_}"),
        sources=(Source("own.policy", "P"),),
        verified=verified,
    )
    return Rule(id=id_, subject="gate", versions=(version,), outcome=outcome, actions=actions)  # type: ignore[arg-type]


def rulebook(rules: list[Rule], facts: Mapping[str, str] = FACTS, version: str = "1") -> Rulebook:
    """One pack of these rules."""
    header = Header("kansa.test.gate", version, "gate", "JP", Words("test", "試験"))
    catalogue = Catalogue({name: fact(name, type_) for name, type_ in facts.items()})
    return Rulebook((Pack(header=header, rules=tuple(rules)),), catalogue)


def is_(name: str, value: Any) -> Test:
    """The fact has this value."""
    return Test(name, "eq", value)


POLICY = [
    rule("kansa.test.gate.cleared", "permit", is_("tenant.clearance", "permit")),
    rule("kansa.test.gate.denied", "deny", is_("tenant.clearance", "deny")),
    rule("kansa.test.gate.screening-stale", "hold", Test("tenant.screening_age_s", "gt", 3600)),
    rule("kansa.test.gate.site-held", "hold", is_("site.hold", True)),
]


class NoNames:
    """Nobody is called anything."""

    def find(self, _system: str, _key: str, /) -> str | None:
        return None

    def only(self, _key: str, /) -> str | None:
        return None

    def holder(self, _path_id: str, /) -> tuple[str | None, str | None]:
        return None, None

    def knows(self, _subject: str, /) -> bool:
        return True

    def item(self, text: str, /) -> frozenset[str]:
        return frozenset({text})


@dataclass(frozen=True)
class Standing:
    """The same facts for everybody but those whom `of` names by their end user."""

    facts: Mapping[str, Value] = field(default_factory=dict)
    instants: Mapping[str, int] = field(default_factory=dict)
    of: Mapping[str, Mapping[str, Value]] = field(default_factory=dict)
    until: int | None = None
    entries: int = 7

    def ground(self, question: Question, now: int) -> FactSnapshot:  # noqa: ARG002 - the port's signature
        facts = {**self.facts, **self.of.get(question.end_user_id or "", {})}
        evidence = dict.fromkeys(facts, (1, 2))
        return FactSnapshot(self.entries, 0, self.until, facts, self.instants, evidence)


CLEAR: Mapping[str, Value] = {"tenant.clearance": "permit", "site.hold": False}


def basis(standing: Standing, rules: list[Rule] = POLICY) -> RuleContext:
    """What stands, under these rules."""
    return RuleContext(rulebook(rules), standing, NoNames(), EVIDENCE)


@dataclass
class House:
    """A gate's files, made at once and opened as often as one likes."""

    folder: Path
    clock: Clock = field(default_factory=SystemClock)
    _keepers: list[ValueWriter] = field(default_factory=list)

    def create(self) -> "House":
        self.folder.mkdir(parents=True, exist_ok=True)
        keys.create_log_key(self.folder / "gate.key", ORIGIN)
        sqlite.create(self.folder / "gate.db", ORIGIN)
        values.create(self.folder / "values.db", keys.create_key(self.folder / "values.key", "values"))
        return self

    @property
    def _value_key(self) -> bytes:
        return keys.load_key(self.folder / "values.key", "values")

    def log(self) -> GateLog:
        self._keepers.append(ValueWriter(self.folder / "values.db", self._value_key))
        return GateLog(
            SqliteWriter(self.folder / "gate.db"),
            self._keepers[-1],
            keys.load_log_key(self.folder / "gate.key"),
            self.clock,
            published=self.folder / "checkpoint",
        )

    @contextlib.contextmanager
    def gate(self, on: RuleContext) -> Iterator[DecisionPoint]:
        with closing(self.log()) as log:
            yield DecisionPoint(log, on, self.clock, b"t" * 32)
        while self._keepers:
            self._keepers.pop().close()

    def reader(self) -> SqliteReader:
        return SqliteReader(self.folder / "gate.db")

    def records(self) -> list[Record]:
        with closing(self.reader()) as reader:
            return [envelope.decode(entry) for _, entry in reader.entries()]

    def revealed(self, record: Record) -> Any:
        with closing(ValueReader(self.folder / "values.db", self._value_key)) as kept:
            (disclosure,) = kept.reveal(record.data["_sd"]).values()
            return disclosure.value

    def audit(self) -> Report:
        key = keys.load_log_key(self.folder / "gate.key").verifier
        with closing(self.reader()) as reader:
            report = audit(reader, key)
            published = note.checkpoint_in((self.folder / "checkpoint").read_bytes())
            assert published.size <= report.size
            assert reader.root(published.size) == published.root
            return report


def question(action: str = "schedule", end_user: str = END_USER, **context: Any) -> Evaluation:
    """May the end user do this at the site, by the path."""
    body = {
        "subject": {"type": "end_user", "id": end_user, "properties": {"tenant": TENANT}},
        "action": {"name": action},
        "resource": {"type": "site", "id": SITE, "properties": {"path": PATH, "item_class": ITEM}},
        "context": context,
    }
    return msgspec.convert(body, Evaluation)


def asking(*evaluations: Evaluation, caller: str = "slurm", semantic: Any = "execute_all") -> Asking:
    """One request of a caller that may ask anything."""
    return Asking(caller, frozenset(ACTIONS), evaluations, semantic)
