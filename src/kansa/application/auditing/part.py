"""One part of a vault that was looked at: how much of how much, and all that is wrong with it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from kansa.errors import KansaError
from kansa.ledger.audit import MOST_FAULTS, Fault


@dataclass(frozen=True, slots=True)
class Part:
    """What was looked at, and what is wrong with it.

    `checked` of `total` things named by `unit` could be checked; `notes` say why the others could not, and what is
    right only because a record explains it.
    """

    name: str
    unit: str
    checked: int
    total: int
    faults: tuple[Fault, ...] = ()
    faults_not_listed: int = 0
    notes: tuple[str, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether there is no fault."""
        return not self.faults


@dataclass(slots=True)
class Findings:
    """A part while it is being looked at."""

    name: str
    unit: str
    checked: int = 0
    total: int = 0
    faults: list[Fault] = field(default_factory=list)
    unlisted: int = 0
    notes: list[str] = field(default_factory=list)

    def fault(self, code: str, place: str, message: str) -> None:
        """Note a fault."""
        if len(self.faults) < MOST_FAULTS:
            self.faults.append(Fault(code, place, message))
        else:
            self.unlisted += 1

    @contextmanager
    def attempt(self, place: str) -> Iterator[None]:
        """Look at something; an error that looking raises is a fault of that place."""
        try:
            yield
        except KansaError as error:
            self.fault(error.code, place, error.message)
        except IndexError as error:
            self.fault("audit.missing", place, str(error))

    def part(self) -> Part:
        """Return what was found."""
        return Part(
            self.name,
            self.unit,
            self.checked,
            self.total,
            tuple(self.faults),
            self.unlisted,
            tuple(self.notes),
        )
