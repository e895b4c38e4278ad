"""One thing seen by a source of access, and the row that it becomes: a session, a refusal, or why it is none."""

import json
from dataclasses import dataclass
from typing import Any

from kansa.clock import MICROSECONDS, format_instant
from kansa.connectors.access.options import AccessRules
from kansa.connectors.base import Names, Parsed, Quarantined, Row, Skipped
from kansa.errors import Problem
from kansa.records.draft import Draft

SESSION = "kansa.access_path.session.v0"
REFUSED = "kansa.access_path.refused.v0"
OPERATORS = "account of the operator's own"
NOT_KEPT = "refused, and the options pass those over"
NOBODYS = "refused, and the account is no path's"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a row stands, and the row as it was read."""

    file: str
    line: int
    raw: Any


@dataclass(frozen=True, slots=True)
class Observed:
    """Somebody was let in, or refused. `target` is the host, cluster, realm or cloud account; `key` makes it unique.

    `method` and `basis` are given where the kind of system tells them; else the address of origin does.
    """

    key: tuple[Any, ...]
    start: int
    account: str
    target: str
    activity: str = "login"
    end: int | None = None
    refused: str | None = None
    origin: str | None = None
    person: str | None = None
    credential: str | None = None
    client: str | None = None
    session: str | None = None
    forwarded: str | None = None
    host: str | None = None
    method: tuple[str, str] | None = None
    account_key: tuple[str, str] | None = None
    inferred_end: str | None = None
    sequence: str | None = None


def row_of(seen: Observed, place: Place, rules: AccessRules, source: str, names: Names) -> Row:
    """Return the row that an observation becomes.

    An account that no rule names is quarantined with advice if it was let in; a refused one is passed over, since the
    internet tries all names. A rule's path that nobody introduced is quarantined.
    """
    if rules.is_operators(seen.account):
        return Skipped(OPERATORS)
    rule = rules.rule_for(seen.target, seen.account)
    if rule is None:
        problem = _unknown_account(seen, place)
        return Skipped(NOBODYS) if seen.refused is not None else _bad(problem, seen, place)
    if seen.refused is not None and not rules.records_refused:
        return Skipped(NOT_KEPT)
    path = names.find(rule.system, rule.path)
    if path is None:
        return _bad(
            Problem(
                "id.unknown",
                f"nobody introduced the path `{rule.path}`",
                place.file,
                place.line,
                "path",
                help="record the path's approval first, then read the file again",
            ),
            seen,
            place,
        )
    if seen.end is not None and seen.end < seen.start:
        return _bad(
            Problem(
                "access.order",
                f"the session ends at {format_instant(seen.end)}, before it began",
                place.file,
                place.line,
                help="check the clocks of the host and the order of its files",
            ),
            seen,
            place,
        )
    method = (rule.method, "stated") if rule.method else seen.method or rules.method(seen.origin)
    data = _facts(seen, rules, path, names) | {"method": method[0], "method_basis": method[1]}
    kind = SESSION if seen.refused is None else REFUSED
    draft = Draft(
        type=kind,
        source=source,
        natural_key=json.dumps([kind, *seen.key]),
        time=seen.start,
        data=data,
        sequence=seen.sequence,
        progresses=True,
    )
    return Parsed(draft, place.file, place.line, place.raw)


def _bad(problem: Problem, seen: Observed, place: Place) -> Quarantined:
    return Quarantined((problem,), place.raw, span=(seen.start, seen.end))


def _unknown_account(seen: Observed, place: Place) -> Problem:
    return Problem(
        "access.account",
        f"no rule of the options names the account `{seen.account}` on `{seen.target}`",
        place.file,
        place.line,
        "account",
        help="add it to `paths` with its path, or to `operator_accounts` if it is the operator's own; then read the file again",
    )


def _facts(seen: Observed, rules: AccessRules, path: str, names: Names) -> dict[str, Any]:
    tenant, end_user = names.holder(path)
    data: dict[str, Any] = {
        "path_id": path,
        "tenant_id": tenant,
        "end_user_id": end_user,
        "account_id": _account(seen, names),
        "valid_from": format_instant(seen.start),
        "valid_to": None,
        "known_by": "measured",
    }
    person = seen.person or rules.persons.get(seen.credential or "") or rules.persons.get(seen.account)
    told = {
        "person": person,
        "account": seen.account,
        "credential": seen.credential,
        "origin": seen.origin,
        "origin_country": rules.country(seen.origin) if seen.origin else None,
        "target": seen.target,
    }
    if seen.refused is None:
        data |= {"activity": seen.activity, "unit": names.find(rules.node_system, seen.host or seen.target)}
        data["valid_to"] = (
            format_instant(max(seen.end, seen.start + _LEAST)) if seen.end is not None else None
        )
        told |= {"client": seen.client, "session": seen.session, "forwarded": seen.forwarded}
        if seen.inferred_end is not None:
            data |= {"known_by": "inferred", "inferred_from": seen.inferred_end}
    else:
        told["reason"] = seen.refused
    return data | {name: value for name, value in told.items() if value}


def _account(seen: Observed, names: Names) -> str | None:
    """Return the account in an identity provider: by the provider's own key, else by its user name."""
    found = names.find(*seen.account_key) if seen.account_key is not None else None
    return found or names.find(USER_NAMES, seen.person or "") or names.find(USER_NAMES, seen.account)


USER_NAMES = "account"
"""The system in whose books user names of identity providers stand."""
_LEAST = MICROSECONDS // 1_000
"""A session that began and ended in the same moment held the shortest time that a record can say."""
