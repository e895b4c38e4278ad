"""Reads SCIM resources (RFC 7643): users as accounts, groups as what they belong to."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from fnmatch import fnmatchcase
from functools import partial
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from kansa.clock import format_instant
from kansa.connectors.access.observed import USER_NAMES
from kansa.connectors.base import Names, Parsed, PlainSource, Quarantined, Row, Skipped
from kansa.connectors.formats.json_values import JsonValue, values
from kansa.connectors.scim.options_file import OwnerModel, ScimOptions
from kansa.connectors.zones import instant_of
from kansa.errors import BadInput, Problem
from kansa.records.draft import Draft

OBSERVED = "kansa.account.observed.v0"
USER = "urn:ietf:params:scim:schemas:core:2.0:User"
GROUP = "urn:ietf:params:scim:schemas:core:2.0:Group"
ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
MESSAGE = "urn:ietf:params:scim:api:messages:2.0:"
OF_GROUP = Skipped("group, told with its members")
REQUEST = Skipped("request or answer, no resource")
OTHER = Skipped("resource that is no account")
OPERATORS = Skipped("account of the operator's own")

_listed = partial(values, wrappers=("Resources",))


class ScimSource(PlainSource):
    """Reads users and groups, in list answers or one by one."""

    def __init__(self, options: ScimOptions, urn: str, name: str) -> None:
        self._short = options.source or name
        super().__init__(f"{urn}:{self._short}")
        self._options = options
        self._groups: dict[str, list[str]] = {}
        self._surveyed: set[Path] = set()

    def survey(self, paths: Sequence[Path]) -> None:
        """Know all groups before the first account is read."""
        for path in paths:
            self._surveyed.add(path)
            try:
                for value in _listed(path):
                    if isinstance(value.value, dict) and GROUP in _schemas(value.value):
                        self._know(value.value)
            except (BadInput, OSError):
                continue  # said when the file's turn comes

    def rows(self, path: Path, names: Names) -> Iterator[Row]:
        if path not in self._surveyed:
            self.survey([path])
        for value in _listed(path):
            yield self._row(value, str(path), names)

    def _know(self, group: Mapping[str, Any]) -> None:
        called = group.get("displayName") or group.get("id")
        for member in group.get("members") or ():
            if isinstance(member, dict) and isinstance(member.get("value"), str):
                self._groups.setdefault(member["value"], []).append(str(called))

    def _row(self, value: JsonValue, file: str, names: Names) -> Row:
        found = value.value
        if value.fault is not None or not isinstance(found, dict):
            told = value.fault or "it is no JSON object"
            problem = Problem("scim.resource", f"the resource cannot be read: {told}", file, value.line)
            return Quarantined((problem,), found)
        schemas = _schemas(found)
        if any(each.startswith(MESSAGE) for each in schemas):
            return REQUEST
        if USER not in schemas:
            return OF_GROUP if GROUP in schemas else OTHER
        return self._account(found, value.line, file, names)

    def _account(self, user: Mapping[str, Any], line: int, file: str, names: Names) -> Row:
        name, key = user.get("userName"), user.get("id")
        problems = [
            Problem("scim.field", f"the account has no `{each}`", file, line, each)
            for each, given in (("userName", name), ("id", key))
            if not isinstance(given, str) or not given
        ]
        start, end = self._bounds(user, file, line, problems)
        if problems:
            return Quarantined(tuple(map(_advised, problems)), user)
        if any(fnmatchcase(str(name), each) for each in self._options.operator_accounts):
            return OPERATORS
        groups = [*self._groups.get(str(key), ()), *_values(user.get("groups"), "display")]
        extension = user.get(ENTERPRISE)
        organization = extension.get("organization") if isinstance(extension, dict) else None
        owner = self._owner(str(name), user.get("externalId"), organization, groups)
        account = names.introduce("account", f"scim:{self._short}", str(key))
        if names.find(USER_NAMES, str(name)) is None:
            names.also(account, USER_NAMES, str(name))
        data: dict[str, Any] = {
            "account_id": account,
            "party_id": names.find(owner.system, owner.party) if owner is not None else None,
            "valid_from": format_instant(start),
            "valid_to": format_instant(end) if end is not None else None,
            "known_by": "measured",
            "user_name": str(name),
        }
        shown = user.get("displayName") or (user.get("name") or {}).get("formatted")
        told = {
            "external_id": user.get("externalId"),
            "person": shown,
            "organization": organization,
            "groups": ", ".join(sorted(set(groups))),
        }
        data |= {each: str(text) for each, text in told.items() if text}
        draft = Draft(OBSERVED, self.name, f"account {key}", start, data, progresses=True)
        return Parsed(draft, file, line, user)

    def _bounds(
        self, user: Mapping[str, Any], file: str, line: int, problems: list[Problem]
    ) -> tuple[int, int | None]:
        """Return since when the account is there, and when it was switched off, if it is."""
        meta = user.get("meta")
        found = {}
        for name in ("created", "lastModified"):
            stamp = meta.get(name) if isinstance(meta, dict) else None
            if isinstance(stamp, str):
                try:
                    found[name] = instant_of(datetime.fromisoformat(stamp), ZoneInfo("UTC"))
                except ValueError:
                    problems.append(
                        Problem("scim.field", f"`{stamp}` is not a time", file, line, f"meta.{name}")
                    )
        if not found:
            problems.append(
                Problem("scim.field", "the account does not say since when it is there", file, line, "meta")
            )
            return 0, None
        start = found.get("created", found.get("lastModified", 0))
        active = user.get("active", True)
        if active is not False and str(active).lower() != "false":
            return start, None
        return start, max(found.get("lastModified", start), start + 1_000)

    def _owner(self, name: str, external: Any, organization: Any, groups: Sequence[str]) -> OwnerModel | None:
        domain = name.rpartition("@")[2].lower() if "@" in name else ""
        for owner in self._options.owners:
            if (
                domain in owner.domains
                or _fits(organization, owner.organizations)
                or any(_fits(each, owner.groups) for each in groups)
                or _fits(name, owner.accounts)
                or _fits(external, owner.accounts)
            ):
                return owner
        return None


def _advised(problem: Problem) -> Problem:
    return replace(problem, help="give resources as `GET /Users` answers them, with `id` and `meta`")


def _schemas(resource: Mapping[str, Any]) -> tuple[str, ...]:
    found = resource.get("schemas")
    return tuple(map(str, found)) if isinstance(found, list) else ()


def _values(items: Any, name: str) -> list[str]:
    listed = items if isinstance(items, list) else []
    return [str(each[name]) for each in listed if isinstance(each, dict) and each.get(name)]


def _fits(text: Any, patterns: Sequence[str]) -> bool:
    return isinstance(text, str) and any(fnmatchcase(text, each) for each in patterns)
