"""Which of the four facts are not evidenced for what runs at an instant."""

from kansa.facts.context import FactContext
from kansa.registers.spans import evidenced

Missing = frozenset[tuple[str, str]]
"""Workloads, each with a fact that is not evidenced for it."""


def missing(world: FactContext, subject: str) -> Missing:
    """Return what is missing of the uses of a workload, tenant, path or site that run now."""
    running = [use for use in world.uses(subject) if world.running(use)]
    return frozenset(
        (use.workload_id, fact) for use in running for fact in evidenced.missing(use, world.now, world.derive)
    )
