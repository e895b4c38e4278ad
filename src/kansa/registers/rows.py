"""The tables that coherence reads, one frozen row type each.

Ids are strings (in tables from elsewhere also integers), times are instants (microseconds, UTC), intervals are
half-open; `valid_to`, `end` and `superseded_at` of None are open. `evidence` holds the ledger indexes of the
records that a row rests on. Only rows of the four evidence tables have two times.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

KNOWN_BY = ("inferred", "declared", "documented", "measured", "attested")
"""How something is known, weakest first; a conjunction is known as its weakest part is."""


class Use(NamedTuple):
    """One unit held by one workload of an end user; `weight` is the number of accelerators that the use holds."""

    use_id: str
    device_id: str
    tenant_id: str | None
    end_user_id: str | None
    path_id: str | None
    item_class: str | None
    site_id: str | None
    start: int
    end: int | None
    workload_id: str
    weight: int
    known_by: str
    evidence: tuple[int, ...]


class Identity(NamedTuple):
    """The end user is verified and a clearance permits the tenant to serve it."""

    tenant_id: str
    end_user_id: str
    valid_from: int
    valid_to: int | None
    recorded_at: int
    superseded_at: int | None
    known_by: str
    evidence: tuple[int, ...]


class Access(NamedTuple):
    """The path is approved for the end user, enabled, and mediated by a known party if it is mediated."""

    tenant_id: str
    end_user_id: str
    path_id: str
    valid_from: int
    valid_to: int | None
    recorded_at: int
    superseded_at: int | None
    known_by: str
    evidence: tuple[int, ...]


class Custody(NamedTuple):
    """An unbroken chain from a receipt puts the unit at the site."""

    device_id: str
    site_id: str
    valid_from: int
    valid_to: int | None
    recorded_at: int
    superseded_at: int | None
    known_by: str
    evidence: tuple[int, ...]


class Authorization(NamedTuple):
    """A basis in force, or the intersection of one for each jurisdiction that applies."""

    authorization_id: str
    end_user_id: str
    valid_from: int
    valid_to: int | None
    recorded_at: int
    superseded_at: int | None
    known_by: str
    evidence: tuple[int, ...]


class AuthorizationItem(NamedTuple):
    """The item classes that a basis covers; never changes for one authorization id."""

    authorization_id: str
    item_class: str


class AuthorizationSite(NamedTuple):
    """The sites that a basis covers; never changes for one authorization id."""

    authorization_id: str
    site_id: str


class Installed(NamedTuple):
    """The inventory says that the device, of an item class, is in the node at the site: the denominator of the balance."""

    device_id: str
    node_id: str | None
    site_id: str | None
    valid_from: int
    valid_to: int | None
    item_class: str | None = None


class Part(NamedTuple):
    """Evidence of one part of a fact; says why a gap is one.

    `key` holds what it is about, joined by blanks: ids, and last an item class, which may itself hold blanks.
    """

    part: str
    key: str
    valid_from: int
    valid_to: int | None
    evidence: tuple[int, ...]


class Supply(NamedTuple):
    """The device was received under the contract at `valid_from`."""

    device_id: str
    contract_id: str
    valid_from: int
    evidence: tuple[int, ...]


class ContractParty(NamedTuple):
    """The party has signed the contract."""

    contract_id: str
    party_id: str
    evidence: tuple[int, ...]


class Responsibility(NamedTuple):
    """The party answers for a duty (`coherence.duties`): under the contract, or, without one, for all of them."""

    duty: str
    party_id: str
    contract_id: str | None
    valid_from: int
    valid_to: int | None
    evidence: tuple[int, ...]


class Clearance(NamedTuple):
    """A decision on a tenant and an end user as it was taken; later ones are held against it by whoever asks.

    `ground` says why it counts, or why not (`people.approval`). `scope` (of `item_classes`, `site_ids`, `path_ids`,
    where it is limited) and `rests_on` (ledger indexes by aspect) are canonical JSON. `entry` is its ledger index.
    """

    tenant_id: str
    end_user_id: str
    case_id: str | None
    decision: str
    ground: str
    scope: str
    rests_on: str
    entry: int
    valid_from: int
    valid_to: int | None
    evidence: tuple[int, ...]


class Window(NamedTuple):
    """A source has reported in full on a site, node or device from `valid_from` to `valid_to`."""

    source: str
    scope_id: str
    valid_from: int
    valid_to: int


@dataclass(frozen=True, slots=True)
class Tables:
    """All that coherence reads, each in the order of its columns' values."""

    use: Sequence[Use] = ()
    identity: tuple[Identity, ...] = ()
    access: tuple[Access, ...] = ()
    custody: tuple[Custody, ...] = ()
    authorization: tuple[Authorization, ...] = ()
    authorization_item: tuple[AuthorizationItem, ...] = ()
    authorization_site: tuple[AuthorizationSite, ...] = ()
    installed: tuple[Installed, ...] = ()
    window: tuple[Window, ...] = ()
    part: tuple[Part, ...] = ()
    supply: tuple[Supply, ...] = ()
    contract_party: tuple[ContractParty, ...] = ()
    responsibility: tuple[Responsibility, ...] = ()
    clearance: tuple[Clearance, ...] = ()
