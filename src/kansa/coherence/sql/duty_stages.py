# ruff: noqa: S608 - the SQL is put together from names and numbers of this package, never from what a user gave
"""Who answers for a duty under a contract, as SQL on the reasons of `why_stages`; the rules are those of `duties`.

Reads `run(number, fact, part, detail, start_at, end_at)`, `residual`, and `responsibility_row(duty, party_id,
contract_id, valid_from, valid_to)`, `contract_party_row(contract_id, party_id)`, `supply_row(device_id, contract_id)`;
gives `answering(number, fact, start_at, party_id)`, at most one row a reason.
"""

from collections.abc import Iterator

from kansa.coherence.facts import OPEN
from kansa.coherence.sql.stages import Stage


def duty_stages() -> Iterator[Stage]:
    """Yield all stages in order."""
    yield Stage("allocated", _ALLOCATED)
    yield Stage("supplied", _SUPPLIED)
    yield Stage("answering", _ANSWERING)


_ALLOCATED = f"""
        SELECT duty, party_id, contract_id, valid_from, CASE WHEN valid_to IS NULL THEN {OPEN} ELSE valid_to END AS valid_to
        FROM responsibility_row
        WHERE duty IS NOT NULL AND party_id IS NOT NULL AND valid_from IS NOT NULL
          AND (valid_to IS NULL OR valid_from < valid_to)"""

# A unit is a device, or a node while a device that was supplied under the contract stands in it.
_SUPPLIED = f"""
        SELECT device_id, contract_id, -{OPEN} AS low, {OPEN} AS high FROM supply_row
        UNION ALL
        SELECT i.node_id, s.contract_id, i.valid_from, CASE WHEN i.valid_to IS NULL THEN {OPEN} ELSE i.valid_to END
        FROM supply_row AS s JOIN installed_row AS i ON i.device_id = s.device_id
        WHERE i.node_id IS NOT NULL AND i.valid_from IS NOT NULL"""


def _meets(contracts: str, where: str) -> str:
    """Return the duties of a reason that an allocation answers for, by how it comes to concern the use."""
    return f"""
            SELECT d.number, d.fact, d.start_at, d.nearer, CASE WHEN a.contract_id IS NULL THEN 0 ELSE 1 END AS named,
                   a.valid_from, a.party_id
            FROM duty AS d JOIN residual AS r ON r.number = d.number {contracts}
            JOIN allocated AS a ON a.duty = d.duty AND a.valid_from <= d.start_at AND d.start_at < a.valid_to AND {where}"""


_UNDER_IT = "a.contract_id = c.contract_id"
_SIGNED = _meets("JOIN contract_party_row AS c ON c.party_id = r.tenant_id", _UNDER_IT)
_RECEIVED = _meets(
    "JOIN supplied AS c ON c.device_id = r.device_id AND c.low <= d.start_at AND d.start_at < c.high",
    _UNDER_IT,
)
_ANYWAY = _meets("", "a.contract_id IS NULL")

_ANSWERING = f"""
        WITH duty AS (
            SELECT number, fact, start_at, part AS duty, 1 AS nearer FROM run
            UNION ALL SELECT number, fact, start_at, fact, 0 FROM run),
        found AS ({_SIGNED} UNION ALL {_RECEIVED} UNION ALL {_ANYWAY}),
        ranked AS (SELECT number, fact, start_at, party_id, ROW_NUMBER() OVER (
            PARTITION BY number, fact, start_at
            ORDER BY nearer DESC, named DESC, valid_from DESC, party_id DESC) AS place FROM found)
        SELECT number, fact, start_at, party_id FROM ranked WHERE place = 1"""
