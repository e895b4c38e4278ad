"""What Slurm's accounting cannot say by itself: cluster, zone, site, and in whose books its keys stand.

Reference: docs/sources/slurm.md.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from zoneinfo import ZoneInfo

from kansa.config_files import ProblemCollector, Section, listing, load
from kansa.connectors import zones
from kansa.connectors.slurm import hostlist
from kansa.connectors.slurm.gres import ROLES, Role
from kansa.connectors.table.mapping import NAME, instant_if, instant_in

OBSERVED = "observed"
NEVER = (1 << 63) - 1
"""Accelerators are accounted from no instant on."""


@dataclass(frozen=True, slots=True)
class SiteRule:
    """A site by its key; `nodes` are the hosts that stand there, None is all of them."""

    system: str
    key: str
    nodes: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class SlurmOptions:
    """How one cluster's accounting is read.

    `gres` is what a site's own gres are, by name (`hpu`) or name and type (`gpu:half`). `accounted_from` is the instant
    from which accelerators are accounted as gres, `NEVER` if they are not; None: as the accounting itself shows.
    `window` is what the files report on in full; None: no window is closed; `observed`: from first start to last end.
    """

    source: str = "slurm"
    cluster: str | None = None
    zone: ZoneInfo | None = None
    delimiter: str | None = None
    columns: tuple[str, ...] | None = None
    node_system: str = "node"
    account_system: str | None = None
    sites: tuple[SiteRule, ...] = ()
    item_classes: Mapping[str, str] = field(default_factory=dict)
    gres: Mapping[str, Role] = field(default_factory=dict)
    accounted_from: int | None = None
    window: tuple[int, int] | str | None = None

    def accounts_of(self, cluster: str) -> str:
        """Return the system in whose books a cluster's accounts stand."""
        return self.account_system or f"slurm:{cluster}"


def read_options(path: Path) -> SlurmOptions:
    """Read an options file.

    Raises:
        BadInput: `slurm.options`, with everything that is wrong.
    """
    sink = ProblemCollector(str(path), "slurm.options")
    top = load(path, sink)
    zone = _zone(top)
    systems = top.section("systems")
    options = SlurmOptions(
        source=_source(top),
        cluster=top.text("cluster"),
        zone=zone,
        delimiter=top.text("delimiter"),
        columns=top.texts("columns") or None,
        node_system=(systems.text("node") if systems else None) or "node",
        account_system=systems.text("account") if systems else None,
        sites=_sites(top),
        item_classes=_item_classes(top),
        gres=_gres(top),
        accounted_from=_accounted_from(top, zone),
        window=_window(top, zone),
    )
    for section in (top, systems):
        if section is not None:
            section.close()
    sink.settle("the options")
    return options


def _source(top: Section) -> str:
    source = top.text("source") or "slurm"
    if not NAME.fullmatch(source):
        top.refuse(f"`{source}` is not lower-case words of letters, digits, `.`, `_`, `-`", "source")
    return source


def _zone(top: Section) -> ZoneInfo | None:
    name = top.text("zone")
    try:
        return zones.zone_named(name) if name is not None else None
    except ValueError as error:
        top.refuse(str(error), "zone")
        return None


def _sites(top: Section) -> tuple[SiteRule, ...]:
    if "site" in top and "sites" in top:
        top.refuse("say either `site` or `sites`", "sites")
    rules = []
    for name in ("site", "sites"):
        for section in top.sections(name):
            nodes = _hosts(section) if name == "sites" else None
            rules.append(
                SiteRule(section.text("system") or "site", section.text("key", required=True) or "", nodes)
            )
            section.close()
    return tuple(rules)


def _hosts(section: Section) -> frozenset[str]:
    text = section.text("nodes", required=True)
    try:
        return frozenset(hostlist.expand(text)) if text is not None else frozenset()
    except ValueError as error:
        section.refuse(str(error), "nodes")
        return frozenset()


def _item_classes(top: Section) -> dict[str, str]:
    section = top.section("item_classes")
    return {name: str(entry.value) for name, entry in section.named()} if section is not None else {}


def _gres(top: Section) -> dict[str, Role]:
    section = top.section("gres")
    found: dict[str, Role] = {}
    for name, entry in section.named() if section is not None else ():
        role = next((role for role in ROLES if role == entry.value), None)
        if role is not None:
            found[name.removeprefix("gres/")] = role
        elif section is not None:
            section.refuse(f"`{entry.value}` is not one of {listing(ROLES)}", name)
    return found


def _accounted_from(top: Section, zone: ZoneInfo | None) -> int | None:
    entry = top.entry("accounted_from")
    if entry is not None and entry.value == "never":
        return NEVER
    return instant_if(top, "accounted_from", zone)


def _window(top: Section, zone: ZoneInfo | None) -> tuple[int, int] | str | None:
    entry = top.entry("window")
    if entry is None or entry.value == OBSERVED:
        return None if entry is None else OBSERVED
    section = top.section("window")
    if section is None:
        return None
    bounds = instant_in(section, "from", zone), instant_in(section, "to", zone)
    if bounds[0] >= bounds[1] > 0:
        section.refuse("`to` is not after `from`")
    section.close()
    return bounds
