"""Comparing kinds of evidence that should agree: a log cannot prove what never reached it, two logs can show it.

Inventory against custody, accounting against what was observed of devices, accounts of identity providers against
approvals, sessions against uses. Each comparison leaves a record of its result; one whose subject is missing is not assessed.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from kansa.clock import MICROSECONDS, format_instant, parse_instant
from kansa.records.draft import Draft
from kansa.records.kinds.access_path import AccessPathSession
from kansa.records.kinds.account import AccountObserved
from kansa.records.kinds.custody import DeviceObserved
from kansa.records.kinds.intake import ReconciliationPerformed
from kansa.registers.rows import Access, Identity, Tables, Use
from kansa.vault.vault import Vault

KEPT = 200
"""Differences that a record keeps; all are counted."""

FOREVER = 1 << 62
Period = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that the two sides do not both say: which subject, what is wrong, on which records that rests."""

    subject: str
    what: str
    evidence: tuple[int, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """Return it as a stable JSON value."""
        return {"subject": self.subject, "what": self.what, "evidence": list(self.evidence)}


@dataclass(frozen=True, slots=True)
class Comparison:
    """What was compared: how many there are on either side, how many agree, what does not. `assessed`: both sides are there."""

    compared: str
    left: int
    right: int
    agreed: int
    differences: tuple[Difference, ...]
    assessed: bool

    def as_json(self) -> dict[str, Any]:
        """Return it as a stable JSON value."""
        return {
            "compared": self.compared,
            "assessed": self.assessed,
            "left": self.left,
            "right": self.right,
            "agreed": self.agreed,
            "found": len(self.differences),
            "differences": [each.as_json() for each in self.differences],
        }


class Known(NamedTuple):
    """A record that no later one took the place of, with its data revealed as far as open."""

    entry: int
    data: Mapping[str, Any]

    @property
    def span(self) -> Period:
        """When it holds; open is forever."""
        end = self.data.get("valid_to")
        return parse_instant(self.data["valid_from"]), FOREVER if end is None else parse_instant(end)


def reconcile(vault: Vault, period: Period) -> list[Comparison]:
    """Compare what the vault knows of a period, and record the results.

    Raises:
        BadInput: a result was refused.
    """
    tables = vault.tables()
    known = _latest(vault)
    done = [
        _inventory(tables, period),
        _accounting(tables, known[DeviceObserved.type], period),
        _accounts(tables, known[AccountObserved.type], period),
        _sessions(tables, known[AccessPathSession.type], period),
    ]
    vault.record_all([_record(vault, each, period) for each in done])
    return done


def _latest(vault: Vault) -> dict[str, list[Known]]:
    """Return the records of the kinds that are compared, without those that were corrected."""
    wanted = {DeviceObserved.type, AccountObserved.type, AccessPathSession.type}
    found: dict[str, dict[int, Known]] = {each: {} for each in wanted}
    for index, record in vault.records():
        if record.type in wanted:
            corrected = record.data.get("corrects")
            if isinstance(corrected, dict):
                found[record.type].pop(corrected["index"], None)
            found[record.type][index] = Known(index, record.data)
    return {kind: list(each.values()) for kind, each in found.items()}


def _inventory(tables: Tables, period: Period) -> Comparison:
    """Every device of the inventory has custody, and every device in custody stands in the inventory."""
    listed = {each.device_id for each in tables.installed if _meets(each, period)}
    held: dict[str, set[int]] = defaultdict(set)
    for each in tables.custody:
        if each.superseded_at is None and _meets(each, period):
            held[each.device_id].update(each.evidence)
    differences = [
        Difference(each, "in the inventory without custody") for each in sorted(listed - held.keys())
    ]
    differences += [
        Difference(each, "in custody and not in the inventory", tuple(sorted(held[each])))
        for each in sorted(held.keys() - listed)
    ]
    return _comparison("inventory and custody", listed, held, differences)


def _accounting(tables: Tables, observed: Sequence[Known], period: Period) -> Comparison:
    """Every unit that accounting says was used was seen by somebody else, at the site where it was used."""
    node_of = {each.device_id: each.node_id for each in tables.installed if _meets(each, period)}
    seen: dict[str, set[str]] = defaultdict(set)
    for each in observed:
        if _overlap(each.span, period):
            device = each.data["device_id"]
            for unit in (device, node_of.get(device)):
                if unit is not None:
                    seen[unit].add(each.data["site_id"])
    used: dict[str, list[Use]] = defaultdict(list)
    for use in tables.use:
        if use.start < period[1] and (use.end is None or use.end > period[0]):
            used[use.device_id].append(use)
    differences = []
    for unit in sorted(used):
        sites = {use.site_id for use in used[unit] if use.site_id is not None}
        evidence = tuple(sorted({index for use in used[unit] for index in use.evidence}))[:10]
        if unit not in seen:
            differences.append(Difference(unit, "used by accounting and never observed", evidence))
        elif sites and not sites & seen[unit]:
            differences.append(Difference(unit, "used at a site where it was not observed", evidence))
    return _comparison("accounting and telemetry", used, seen, differences)


def _accounts(tables: Tables, accounts: Sequence[Known], period: Period) -> Comparison:
    """Every account is of somebody whom onboarding knows, who has a path, and who is still verified while it is there."""
    verified: dict[str, list[Identity]] = defaultdict(list)
    for row in tables.identity:
        if row.superseded_at is None:
            for party in (row.end_user_id, row.tenant_id):
                verified[party].append(row)
    approved = {
        party
        for row in tables.access
        if row.superseded_at is None
        for party in (row.end_user_id, row.tenant_id)
    }
    current = [each for each in accounts if _overlap(each.span, period)]
    differences = list(_wrong_accounts(current, verified, approved, period[1]))
    holders = {each.data.get("party_id") for each in current} - {None}
    return _comparison(
        "identity provider and approvals", current, approved | holders if approved else approved, differences
    )


def _wrong_accounts(
    accounts: Iterable[Known], verified: Mapping[str, Sequence[Identity]], approved: set[str], now: int
) -> Iterator[Difference]:
    for each in accounts:
        account, party, until = each.data["account_id"], each.data.get("party_id"), min(each.span[1], now)
        rows = verified.get(party or "", ())
        if party is None:
            what = "account that no onboarding record knows"
        elif not rows:
            what = "account of a party that is not verified"
        elif all(row.valid_to is not None and row.valid_to < until for row in rows):
            what = "account that outlives its end user"
        elif party not in approved:
            what = "account of a party without an approved path"
        else:
            continue
        yield Difference(account, what, (each.entry,))


def _sessions(tables: Tables, sessions: Sequence[Known], period: Period) -> Comparison:
    """Every session is on a path that was approved and open then; whoever used a path that sessions show came by one."""
    access: dict[str, list[Access]] = defaultdict(list)
    for row in tables.access:
        if row.superseded_at is None:
            access[row.path_id].append(row)
    current = [each for each in sessions if _overlap(each.span, period)]
    by_path: dict[str, list[Period]] = defaultdict(list)
    differences = []
    for each in current:
        path = each.data.get("path_id")
        if path is None:
            differences.append(Difference("", "session on no path", (each.entry,)))
            continue
        by_path[path].append(each.span)
        if not any(
            row.valid_from <= each.span[0] and (row.valid_to is None or each.span[0] < row.valid_to)
            for row in access[path]
        ):
            differences.append(
                Difference(path, "session while the path was not approved and open", (each.entry,))
            )
    uses = [
        use
        for use in tables.use
        if use.path_id is not None and use.start < period[1] and (use.end is None or use.end > period[0])
    ]
    for use in uses:
        if not any(begun <= use.start for begun, _ in by_path.get(use.path_id or "", ())):
            evidence = use.evidence
            differences.append(
                Difference(use.path_id or "", "use that no session on its path came before", evidence)
            )
    return _comparison("sessions and uses", current, uses, differences)


def _comparison(
    compared: str, left: Iterable[Any], right: Iterable[Any], differences: Sequence[Difference]
) -> Comparison:
    first, second = len(list(left)), len(list(right))
    assessed = bool(first and second)
    wrong = len({(each.subject, each.evidence) for each in differences})
    return Comparison(
        compared, first, second, max(0, first - wrong) if assessed else 0, tuple(differences), assessed
    )


def _meets(row: Any, period: Period) -> bool:
    return _overlap((row.valid_from, FOREVER if row.valid_to is None else row.valid_to), period)


def _overlap(span: Period, period: Period) -> bool:
    return span[0] < period[1] and period[0] < span[1]


def _record(vault: Vault, done: Comparison, period: Period) -> Draft:
    now = vault.clock.now()
    data: dict[str, Any] = {
        "valid_from": format_instant(period[0]),
        "valid_to": format_instant(period[1]),
        "known_by": "inferred",
        "inferred_from": f"the records up to entry {vault.reader.size() - 1}",
        "compared": done.compared,
        "left": done.left,
        "right": done.right,
        "agreed": done.agreed,
        "found": len(done.differences),
        "assessed": done.assessed,
    }
    if done.differences:
        data["differences"] = [each.as_json() for each in done.differences[:KEPT]]
    key = f"{done.compared} {period[0]} {period[1]} {now} {vault.reader.size()}"
    return Draft(ReconciliationPerformed.type, f"{vault.urn}:reconcile", key, now, data)


def default_period(vault: Vault) -> Period:
    """Return the last 30 days up to now, or since the log began."""
    now = vault.clock.now()
    began = vault.began()
    return max(now - 30 * 86_400 * MICROSECONDS, 0) if began is None else min(
        began, now - 30 * 86_400 * MICROSECONDS
    ), now
