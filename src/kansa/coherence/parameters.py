"""What is asked of the tables, once they have been looked at."""

from dataclasses import dataclass

from kansa.coherence.facts import FACTS, Fact
from kansa.coherence.row_quality import Horizon


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked of the tables, and which of their optional columns they have.

    `first_at` and `last_at` bound all uses, and `middle` lies where most of them are: it guides the choice of
    representatives and changes no answer. `clean` is whether all of them can be evaluated. `recorded` names the facts
    whose table says when it was recorded; lateness can be assessed for these only. `known` is whether all four tables
    say how they are known: if one does not, no instant is known better than unknown and there is nothing to compute.
    `least_known` is the level below which evidence does not count.
    """

    horizon: Horizon
    first_at: int = 0
    last_at: int = 0
    middle: int = 0
    clean: bool = False
    known_at: int | None = None
    late: bool = False
    grace: int = 0
    log_began: int | None = None
    recorded: frozenset[str] = frozenset()
    known: bool = False
    least_known: int = 0

    def timed(self, fact: Fact) -> bool:
        """Tell whether the lateness of this fact is assessed."""
        return self.late and fact.name in self.recorded

    @property
    def plain(self) -> bool:
        """Whether an instant has no state but its missing facts."""
        return not self.known and not any(self.timed(fact) for fact in FACTS)
