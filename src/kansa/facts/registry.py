"""Which function produces which fact: one each, by its name; what nothing tells is said here, with the reason."""

from collections.abc import Callable, Iterable, Mapping
from inspect import isfunction
from types import MappingProxyType, ModuleType

from kansa.facts import (
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
from kansa.facts.answered_questions import answer
from kansa.facts.context import FactContext, FactValue, unknown

Producer = Callable[[FactContext, str], FactValue]

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
    """Return what computes a fact of the catalogue; None for what a caller or the gate gives, or nothing tells."""
    if source == "question":
        return lambda world, subject: answer(world, subject, name)
    return PRODUCERS.get(name)


def facts_of(
    names: Iterable[str], sources: Mapping[str, str], world: FactContext, subject: str
) -> dict[str, FactValue]:
    """Return the named facts of a subject; what no record tells is unknown with that reason."""
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
