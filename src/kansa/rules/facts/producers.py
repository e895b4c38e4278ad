"""Which function produces which fact: one each, by its name; what nothing tells is said here, with the reason."""

from collections.abc import Callable, Iterable, Mapping
from inspect import isfunction
from types import MappingProxyType, ModuleType

from kansa.rules.facts import (
    device,
    operator,
    party,
    party_headquarters,
    party_use,
    path,
    reconfiguration,
    screened,
    site,
    transaction,
    use,
)
from kansa.rules.facts.answers import answer
from kansa.rules.facts.world import Known, World, unknown

NOT_TOLD: Mapping[str, str] = MappingProxyType(
    {
        "device.firmware_attested": "no source of attestations is read",
        "operator.erased_under_hold": "no function joins erasures and holds",
        "operator.record_request_overdue_days": "no kind of record holds a request for records",
        "operator.retention_short": "no kind of record holds what retention was applied",
        "party.screening_address_listed": "no function reads the listed addresses that a screening keeps",
        "path.session_countries": "no source of sessions is read",
        "path.sessions_outside": "no source of sessions is read",
        "path.users_shared": "no source of sessions is read",
        "reconfiguration.handover_due_h": "hand-overs are recorded by decision of the gate; no function joins the two",
        "reconfiguration.handover_recorded": "hand-overs are recorded by decision of the gate; no function joins the two",
        "site.metered_low_weeks": "the power that a site's devices should draw is not recorded",
        "site.metered_percent": "the power that a site's devices should draw is not recorded",
        "site.vendor_groups": "no kind of record names the vendors of a site",
        "site.veu_report_overdue_days": "no kind of record lists the reports that an authorization asks for",
        "use.training_ops_e20": "no kind of record holds the operations of a training run",
    }
)
"""Facts that nothing tells yet, and why: unknown, and said so, until something does."""

Producer = Callable[[World, str], Known]

MODULES: Mapping[str, tuple[ModuleType, ...]] = MappingProxyType(
    {
        "party": (party, party_headquarters, party_use, screened),
        "transaction": (transaction,),
        "path": (path,),
        "site": (site,),
        "device": (device,),
        "use": (use,),
        "operator": (operator,),
        "reconfiguration": (reconfiguration,),
    }
)


def producer_of(name: str, source: str) -> Producer | None:
    """What computes a fact of the catalogue; None for what a caller or the gate gives, or nothing tells."""
    if source == "question":
        return lambda world, subject: answer(world, subject, name)
    return PRODUCERS.get(name)


def facts_of(
    names: Iterable[str], sources: Mapping[str, str], world: World, subject: str
) -> dict[str, Known]:
    """The named facts of a subject; what no record tells is unknown with that reason."""
    found = {}
    for name in sorted(names):
        produce = producer_of(name, sources[name])
        found[name] = produce(world, subject) if produce else unknown("not_told")
    return found


def _produced(prefix: str, modules: Iterable[ModuleType]) -> dict[str, Producer]:
    return {
        f"{prefix}.{name}": function
        for module in modules
        for name, function in vars(module).items()
        if isfunction(function) and function.__module__ == module.__name__ and not name.startswith("_")
    }


PRODUCERS: Mapping[str, Producer] = MappingProxyType(
    {
        name: function
        for prefix, modules in MODULES.items()
        for name, function in _produced(prefix, modules).items()
    }
)
