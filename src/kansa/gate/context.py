"""What the gate decides on, as one value: rules, readings, standing facts, names.

It is replaced whole, and what stands grows, only between two turns of the gate: a new pack or a change of standing is in
no answer of a turn or in all of them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from kansa.gate.authzen import Evaluation
from kansa.gate.question import Asked, Names, read_question
from kansa.gate.snapshot import SnapshotSource
from kansa.rules.citations import Citation
from kansa.rules.pack import ACTIONS
from kansa.rules.rulebook import Interpretation, Rulebook


@dataclass(frozen=True, slots=True, eq=False)
class RuleContext:
    """Everything a decision rests on but the question and the time. `log` is the origin of the evidence log."""

    rulebook: Rulebook
    standings: SnapshotSource
    names: Names
    log: str
    readings: Sequence[Interpretation] = ()
    citations: Mapping[str, Citation] = field(default_factory=dict)
    actions: frozenset[str] = frozenset(ACTIONS)

    def read(self, evaluation: Evaluation) -> Asked:
        """Return what an evaluation asks, in our ids."""
        return read_question(evaluation, self.names)
