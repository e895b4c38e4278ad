"""Contracts: who has signed them, and who answers for what under them or whatever the contract.

One group a contract, and one a party for what it answers for without naming a contract.
"""

from collections.abc import Iterable, Iterator

from kansa.records.journal import IndexedClaim, Journal
from kansa.records.kinds.custody import ContractRecorded
from kansa.records.kinds.operation import ResponsibilityAllocated
from kansa.records.validity import validity
from kansa.registers.tables.line import Line

TABLES = ("contract_party", "responsibility")


def affected_keys(noted: IndexedClaim, _journal: Journal) -> Iterable[str]:
    group = _group(noted)
    return () if group is None else (group,)


def lines(key: str, journal: Journal) -> Iterator[Line]:
    for noted in journal.mentioning(key):
        if _group(noted) != key:
            continue
        if isinstance(noted.claim, ContractRecorded):
            for party in noted.claim.party_ids:
                yield Line("contract_party", (key, party, (noted.index,)))
        elif isinstance(noted.claim, ResponsibilityAllocated):
            allocated = noted.claim
            named = (allocated.duty, allocated.party_id, allocated.contract_id)
            yield Line("responsibility", (*named, *validity(allocated), (noted.index,)))


def _group(noted: IndexedClaim) -> str | None:
    if isinstance(noted.claim, ContractRecorded):
        return noted.claim.contract_id
    if isinstance(noted.claim, ResponsibilityAllocated):
        return noted.claim.contract_id or noted.claim.party_id
    return None
