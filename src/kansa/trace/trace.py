"""Trace a subject: its chain from procurement to access, and every link that is missing."""

from kansa.errors import BadInput
from kansa.trace import breaks, statements
from kansa.trace.evidence_as_of import EvidenceAsOf
from kansa.trace.reach import REACHES
from kansa.trace.statement import Trace, in_order


def trace(kind: str, subject: str, world: EvidenceAsOf, known_at: int) -> Trace:
    """Return the chain of a subject of a kind (`REACHES`) as of the evidence's instant.

    Raises:
        BadInput: `trace.kind`.
    """
    if kind not in REACHES:
        raise BadInput(
            "trace.kind", f"`{kind}` cannot be traced", help=f"one of {', '.join(sorted(REACHES))}"
        )
    reach = REACHES[kind](subject, world)
    return Trace(
        kind=kind,
        subject=subject,
        as_of=world.at,
        known_at=known_at,
        statements=in_order(statements.all_of(reach, world)),
        checks=tuple(breaks.all_of(reach, world)),
    )
