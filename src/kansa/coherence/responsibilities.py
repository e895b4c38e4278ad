"""Who answers for a duty under a contract: the party that can close a gap, where contracts say so.

A duty is a fact of coherence or a part of one, by its name (`verification`, `custody`); what other words a contract
uses for duties is kept in its records and answers nothing here. A contract concerns the uses of those who signed it
and of the devices that were received under it.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import TypeVar

from kansa.coherence.facts import OPEN
from kansa.coherence.row_quality import why_ignored
from kansa.coherence.why import Why
from kansa.registers.rows import Installed, Tables, Use

BY_CONTRACT = "by_contract"
"""The role of a party that a contract names."""


class Duties:
    """The contracts of some tables, ready to be asked."""

    def __init__(self, tables: Tables) -> None:
        self._allocated = _by(
            (row.duty, row)
            for row in tables.responsibility
            if why_ignored((row.duty, row.party_id), row.valid_from, row.valid_to) is None
        )
        self._signed = _by((row.party_id, row.contract_id) for row in tables.contract_party)
        self._supplied = _by((row.device_id, row.contract_id) for row in tables.supply)
        self._members = _by((row.node_id, row) for row in tables.installed if row.node_id is not None)

    def answering(self, use: Use, reason: Why) -> str | None:
        """Return the party that answered for what a reason misses when the stretch began.

        What names the part goes before what names the fact, what names a contract before what names none, then what
        began last.
        """
        contracts = self._contracts(use, reason.start)
        found = [
            (duty == reason.part, row.contract_id is not None, row.valid_from, row.party_id)
            for duty in {reason.part, reason.fact}
            for row in self._allocated.get(duty, ())
            if row.valid_from <= reason.start < (OPEN if row.valid_to is None else row.valid_to)
            if row.contract_id is None or row.contract_id in contracts
        ]
        return max(found)[-1] if found else None

    def _contracts(self, use: Use, instant: int) -> set[str]:
        devices = {use.device_id, *(row.device_id for row in self._standing(use.device_id, instant))}
        supplied = (contract for device in devices for contract in self._supplied.get(device, ()))
        return {*self._signed.get(use.tenant_id or "", ()), *supplied}

    def _standing(self, node: str, instant: int) -> Iterable[Installed]:
        return (
            row
            for row in self._members.get(node, ())
            if row.valid_from <= instant < (OPEN if row.valid_to is None else row.valid_to)
        )


Key = TypeVar("Key")
Row = TypeVar("Row")


def _by(pairs: Iterable[tuple[Key, Row]]) -> Mapping[Key, list[Row]]:
    found: dict[Key, list[Row]] = defaultdict(list)
    for key, row in pairs:
        found[key].append(row)
    return found
