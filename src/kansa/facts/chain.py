"""Who stands between the operator and an end user: resellers and integrators, through chains of any length.

A link is read from approvals of access paths: the end user of one buys from its tenant and mediator, and these, where
another approval names them as its end user, from theirs. The first link is the party that buys from the operator.
"""

from collections.abc import Iterator
from typing import NamedTuple

from kansa.facts.context import FactContext
from kansa.records.journal import IndexedClaim
from kansa.records.kinds.party import PartyRegistered
from kansa.registers.spans.access import Approval, approvals_of

_SELLS = frozenset({"reseller", "integrator"})
_USES = frozenset({"end_user", "tenant"})


class Chain(NamedTuple):
    """The parties between operator and end user, without tenant and end user themselves, and the records that say so.

    `complete` is false where a link is missing (a broker without a name, a link that nobody registered, an end user that
    only sells on) or where the links lead back to where they began.
    """

    links: tuple[str, ...]
    complete: bool
    records: tuple[int, ...]


def chain_of(world: FactContext, tenant: str, end_user: str, path: str | None = None) -> Chain:
    """Return the chain of a tenant's end user over one path, or over all that are approved for them."""
    first = [
        approval
        for approval in _approved(world, end_user)
        if approval.claim.tenant_id == tenant and path in {None, approval.claim.path_id}
    ]
    above = {end_user: {tenant, *_sellers(first)} - {end_user}}
    met, frontier = list(first), sorted(above[end_user])
    while frontier:
        party = frontier.pop()
        if party not in above:
            approvals = _approved(world, party)
            met += approvals
            above[party] = {each.claim.tenant_id for each in approvals} | _sellers(approvals)
            above[party].discard(party)
            frontier += sorted(above[party])
    registered = {party: world.current(party, PartyRegistered, party_id=party) for party in above}
    whole = (
        not any(each.claim.method == "brokered" and each.claim.mediator_id is None for each in met)
        and all(registered.values())
        and not _only_sells(registered[end_user])
        and not _circular(above)
    )
    rests = {each.noted.index for each in met} | {n.index for said in registered.values() for n, _ in said}
    links = sorted(above.keys() - {tenant, end_user})
    return Chain(tuple(links), whole, tuple(sorted(rests)))


def _approved(world: FactContext, end_user: str) -> list[Approval]:
    return world.holding(approvals_of(end_user, world))


def _sellers(approvals: list[Approval]) -> set[str]:
    return {each.claim.mediator_id for each in approvals if each.claim.mediator_id is not None}


def _only_sells(registered: list[tuple[IndexedClaim, PartyRegistered]]) -> bool:
    """Tell whether a party is known as one who sells on and as nothing else: then who uses the compute is not named."""
    roles = {role for _, claim in registered for role in claim.roles}
    return bool(roles & _SELLS) and not roles & _USES


def _circular(above: dict[str, set[str]]) -> bool:
    """Tell whether following the links up leads back to a party: they cannot be put into an order."""
    open_links = {party: set(sellers) for party, sellers in above.items()}
    while ready := list(_without_links(open_links)):
        for party in ready:
            del open_links[party]
        for sellers in open_links.values():
            sellers.difference_update(ready)
    return bool(open_links)


def _without_links(open_links: dict[str, set[str]]) -> Iterator[str]:
    return (party for party, sellers in open_links.items() if not sellers)
