"""Which lists no screening may lack: those of the gate pack that the operator adopted, else those that ship."""

from kansa.application.flags import FlagService
from kansa.application.screening.lists import records_of
from kansa.records.kinds.rule import RulePackAdopted
from kansa.rules.pack import GATE
from kansa.screening.coverage import REQUIRED
from kansa.vault.vault import Vault

PARAMETER = "required_lists"


def required_lists(vault: Vault) -> frozenset[str]:
    """Return the lists that the gate requires of a screening in this vault.

    A gate pack that names none (`required_lists`) requires none at the gate; a screening then keeps to those that ship.
    """
    if next(records_of(vault, RulePackAdopted.type), None) is None:
        return REQUIRED
    flags = FlagService(vault)
    with vault.evidence() as evidence:
        packs = [pack for pack in flags.in_force(evidence).rulebook.packs if pack.header.kind == GATE]
    named = [
        each.value
        for pack in packs
        for each in pack.parameters
        if each.name == PARAMETER and isinstance(each.value, list | tuple | frozenset | set)
    ]
    return frozenset(str(each) for value in named for each in value) or REQUIRED
