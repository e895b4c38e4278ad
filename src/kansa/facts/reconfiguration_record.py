"""The occasion of a reconfiguration: its record, when it took effect, and what it touches."""

from kansa.clock import parse_instant
from kansa.facts.context import FactContext
from kansa.records.journal import IndexedClaim
from kansa.records.kinds.access_path import ConfigurationTemporary
from kansa.records.kinds.custody import SiteCommissioned
from kansa.records.kinds.workload import WorkloadShifted

KINDS = {SiteCommissioned: "commissioning", WorkloadShifted: "shift", ConfigurationTemporary: "temporary"}
"""The kinds of record that reconfigure, and what each is called."""


def record_of(world: FactContext, subject: str) -> IndexedClaim:
    """Return the record that reconfigured."""
    noted = world.at(int(subject.rpartition("@")[2]))
    if noted is None:
        raise LookupError(subject)
    return noted


def when(noted: IndexedClaim) -> int:
    """Return when it took effect."""
    return parse_instant(noted.claim.valid_from)


def touches(world: FactContext, noted: IndexedClaim) -> list[str]:
    """Return the subjects that a reconfiguration touches: those of its record, and the end users of its workloads or path."""
    return sorted({*noted.about, *end_users(world, noted)})


def end_users(world: FactContext, noted: IndexedClaim) -> list[str]:
    """Return who used the workload or the path; nobody for a site."""
    name = next((subject for subject in noted.about if subject[:4] in {"wkl_", "pth_"}), None)
    if name is None or isinstance(noted.claim, SiteCommissioned):
        return []
    return sorted({use.end_user_id for use in world.uses(name) if use.end_user_id is not None})
