"""The rules of a source of access: whose account it is, how it came, from which country."""

import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path
from typing import TypeVar
from zoneinfo import ZoneInfo

from kansa.config_files import ProblemCollector
from kansa.config_files.models import read_model
from kansa.connectors.access.countries import Country, no_country, read_countries
from kansa.connectors.access.options_file import AccessOptions

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
_PRIVATE: tuple[Network, ...] = tuple(
    ipaddress.ip_network(each)
    for each in (
        "10.0.0.0/8",
        "172.16.0.0/12",
        "192.168.0.0/16",
        "127.0.0.0/8",
        "169.254.0.0/16",
        "::1/128",
        "fc00::/7",
        "fe80::/10",
    )
)
"""RFC 1918, 3927, 4193 and 4291: addresses that no one can have beyond their own network."""
_MOST_KEPT = 100_000
Model = TypeVar("Model", bound=AccessOptions)


@dataclass(frozen=True, slots=True)
class PathRule:
    """Accounts on targets that are one path, by patterns."""

    path: str
    system: str
    targets: tuple[str, ...]
    accounts: tuple[str, ...]
    method: str | None

    def fits(self, target: str, account: str) -> bool:
        """Tell whether an account on a target is this path's."""
        return _any(target, self.targets) and _any(account, self.accounts)


@dataclass(frozen=True, slots=True)
class AccessRules:
    """What an options file says, ready to be asked for each line."""

    source: str
    zone: ZoneInfo | None = None
    paths: tuple[PathRule, ...] = ()
    operator_accounts: tuple[str, ...] = ()
    persons: Mapping[str, str] = field(default_factory=dict)
    own_networks: tuple[Network, ...] = ()
    bastions: tuple[Network, ...] = ()
    country: Country = no_country
    node_system: str = "node"
    records_refused: bool = True
    _methods: dict[str | None, tuple[str, str]] = field(default_factory=dict, compare=False, repr=False)

    def rule_for(self, target: str, account: str) -> PathRule | None:
        """Return the first rule that fits an account on a target."""
        return next((rule for rule in self.paths if rule.fits(target, account)), None)

    def is_operators(self, account: str) -> bool:
        """Tell whether the account is the operator's own."""
        return _any(account, self.operator_accounts)

    def method(self, origin: str | None) -> tuple[str, str]:
        """Return the method of who comes from an address, and what it is told by."""
        return self._methods.get(origin) or self._methods.setdefault(origin, self._method(origin))

    def _method(self, origin: str | None) -> tuple[str, str]:
        address = _address(origin)
        if address is None:
            return "remote", "outside_network"
        if len(self._methods) > _MOST_KEPT:
            self._methods.clear()
        if any(address in each for each in self.bastions if each.version == address.version):
            return "brokered", "bastion"
        own = self.own_networks or _PRIVATE
        if any(address in each for each in own if each.version == address.version):
            return "direct", "own_network"
        return "remote", "outside_network"


def read_access_rules(
    path: Path | None, connector: str, model: type[Model], name: str | None = None
) -> tuple[AccessRules, Model | None]:
    """Read an options file; without one the rules are empty. `name` is the source's, where the file gives none.

    Raises:
        BadInput: `access.options`, with everything that is wrong; `access.countries`.
    """
    if path is None:
        return AccessRules(name or connector), None
    sink = ProblemCollector(str(path), "access.options")
    file = read_model(path, model, sink)
    if file.connector not in (None, connector):
        file.refuse(f"`{file.connector}` is another connector than `{connector}`", "connector")
    sink.settle("the options")
    return _rules(file, name or connector, path.parent), file


def _rules(file: AccessOptions, name: str, folder: Path) -> AccessRules:
    return AccessRules(
        source=file.source or name,
        zone=file.zone,
        paths=tuple(
            PathRule(each.path, each.system, each.targets, each.accounts, each.method) for each in file.paths
        ),
        operator_accounts=file.operator_accounts,
        persons=file.persons,
        own_networks=tuple(ipaddress.ip_network(each) for each in file.own_networks),
        bastions=tuple(ipaddress.ip_network(each) for each in file.bastions),
        country=no_country if file.countries is None else read_countries(folder / file.countries),
        node_system=file.node_system,
        records_refused=file.refused == "record",
    )


def _any(text: str, patterns: tuple[str, ...]) -> bool:
    return any(fnmatchcase(text, each) for each in patterns)


def _address(text: str | None) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        found = ipaddress.ip_address((text or "").partition("%")[0])
    except ValueError:
        return None
    mapped = getattr(found, "ipv4_mapped", None)
    return mapped or found
