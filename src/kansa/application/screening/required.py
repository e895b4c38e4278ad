"""Which lists no screening may lack: those of the gate pack that the operator adopted, else those that ship."""

from collections.abc import Iterable

from kansa.application.flags import FlagService
from kansa.application.screening.lists import records_of
from kansa.records.kinds.rule import RulePackAdopted
from kansa.rules.pack import GATE, Pack
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
        packs = flags.in_force(evidence).rulebook.packs
    return required_by(packs) or REQUIRED


def required_by(packs: Iterable[Pack]) -> frozenset[str]:
    """Return the lists that the gate packs among these require."""
    return frozenset(
        str(name)
        for pack in packs
        if pack.header.kind == GATE
        for each in pack.parameters
        if each.name == PARAMETER and isinstance(each.value, list | tuple | frozenset | set)
        for name in each.value
    )
