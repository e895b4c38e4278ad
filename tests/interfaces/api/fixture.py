"""The fixture of the AuthZEN certification scenario: two subjects, two resources, three actions, eight decisions.

It is a pack of rules like any other, asked by the same evaluator and kept in the same log; only the facts are the
fixture's: the properties of the request, and for what the request leaves out those of the fixture's tables.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from gate.houses import EVIDENCE, NoNames, Standing, is_, rule, rulebook
from kansa.gate.authzen import Evaluation
from kansa.gate.context import RuleContext
from kansa.gate.question import Asked
from kansa.gate.snapshot import Question
from kansa.rules.conditions import All, Not

TABLES: Mapping[str, Mapping[str, Any]] = {
    "alice": {"role": "none"},
    "bob": {"role": "none"},
    "record-1": {"status": "active"},
    "record-2": {"status": "archived"},
}
FACTS = {
    "subject.id": "text",
    "subject.role": "text",
    "resource.id": "text",
    "resource.status": "text",
    "action.name": "text",
    "action.soft": "bool",
}
READ, WRITE, DELETE = (("read",), ("write",), ("delete",))


def _all(*parts: Any) -> All:
    return All(parts)


RULES = [
    rule("kansa.fixture.reads", "permit", _all(is_("resource.id", "record-1")), actions=READ),
    rule("kansa.fixture.alice-writes", "permit", is_("subject.id", "alice"), actions=WRITE),
    rule("kansa.fixture.admin-writes", "permit", is_("subject.role", "admin"), actions=WRITE),
    rule(
        "kansa.fixture.archived",
        "deny",
        _all(is_("resource.status", "archived"), Not(is_("subject.role", "admin"))),
        actions=WRITE,
    ),
    rule("kansa.fixture.soft", "permit", is_("action.soft", True), actions=DELETE),
]


@dataclass(frozen=True, slots=True, eq=False)
class FixtureBasis(RuleContext):
    """Reads the fixture's own facts out of a request."""

    def read(self, evaluation: Evaluation) -> Asked:
        subject, resource = evaluation.subject, evaluation.resource
        given = {
            **_of("subject", {"id": subject.id, **TABLES.get(subject.id, {}), **subject.properties}),
            **_of("resource", {"id": resource.id, **TABLES.get(resource.id, {}), **resource.properties}),
            **_of("action", evaluation.action.properties),
        }
        return Asked(evaluation.action.name, Question(), tuple(sorted(given.items())))


def _of(what: str, properties: Mapping[str, Any]) -> dict[str, Any]:
    return {f"{what}.{name}": value for name, value in properties.items() if f"{what}.{name}" in FACTS}


def fixture() -> RuleContext:
    """The fixture as a basis of a gate."""
    actions = frozenset({"read", "write", "delete"})
    return FixtureBasis(rulebook(RULES, FACTS), Standing(), NoNames(), EVIDENCE, actions=actions)
