"""What a source that sees devices cannot say by itself: time, host, site, item class, and in whose books its hosts stand."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar
from zoneinfo import ZoneInfo

from kansa.config_files import ProblemCollector
from kansa.connectors.base import Names
from kansa.connectors.slurm import hostlist
from kansa.connectors.slurm.options import SiteRule
from kansa.connectors.table import cells
from kansa.errors import BadInput, Problem

if TYPE_CHECKING:
    from kansa.connectors.devices.options_file import DeviceOptionsFile

CODE = "connector.options"
_Model = TypeVar("_Model", bound="DeviceOptionsFile")
_WORDS = re.compile(r"[a-z0-9]+")


@dataclass(frozen=True, slots=True)
class DeviceOptions:
    """How one source that sees devices is read; every part may be missing.

    `taken_at` is when the files were taken, where they do not say so; `item_classes` maps part numbers, models or words
    of a model to item classes.
    """

    source: str
    zone: ZoneInfo | None = None
    taken_at: int | None = None
    host: str | None = None
    node_system: str = "node"
    sites: tuple[SiteRule, ...] = ()
    item_classes: Mapping[str, str] = field(default_factory=dict)

    def item_class(self, model: str | None, part_number: str | None) -> str | None:
        """Return the item class of a part number, else of a model, else that of the longest run of words in the model."""
        wanted = {key.casefold(): found for key, found in self.item_classes.items()}
        for text in (part_number, model):
            if text is not None and text.casefold() in wanted:
                return wanted[text.casefold()]
        words = f" {' '.join(_WORDS.findall((model or '').casefold()))} "
        runs = {" ".join(_WORDS.findall(key)): found for key, found in wanted.items()}
        fitting = [key for key in runs if key and f" {key} " in words]
        return runs[max(fitting, key=len)] if fitting else None

    def site_of(self, host: str | None, sites: Mapping[str, str]) -> str | None:
        """Return the id of the site at which a host stands; `sites` are ids by key."""
        return next(
            (sites[rule.key] for rule in self.sites if rule.nodes is None or host in rule.nodes), None
        )

    def known_sites(self, names: Names) -> dict[str, str]:
        """Return the ids of the sites that the options name, by key.

        Raises:
            BadInput: a site that nobody introduced.
        """
        found = {rule.key: names.find(rule.system, rule.key) for rule in self.sites}
        problems = [
            Problem(
                "id.unknown",
                f"nobody introduced the site `{key}`",
                field="site",
                help="register the site first",
            )
            for key, site in found.items()
            if site is None
        ]
        if problems:
            raise BadInput(CODE, "the options name sites that are not known", problems=problems)
        return {key: site for key, site in found.items() if site is not None}


def read_file(path: Path, model: type[_Model]) -> _Model:
    """Read an options file into its model.

    Raises:
        BadInput: `connector.options`, with everything that is wrong.
    """
    from kansa.config_files.models import read_model  # noqa: PLC0415 - models take long to load

    sink = ProblemCollector(str(path), CODE)
    found = read_model(path, model, sink)
    sink.settle("the options")
    return found


def read_options(path: Path | None, default_source: str) -> DeviceOptions:
    """Return what an options file says; without one, what a source can do without.

    Raises:
        BadInput: `connector.options`, with everything that is wrong.
    """
    if path is None:
        return DeviceOptions(default_source)
    from kansa.connectors.devices.options_file import DeviceOptionsFile  # noqa: PLC0415 - models take long to load

    return DeviceOptions(**shared_options(read_file(path, DeviceOptionsFile), default_source))


def shared_options(file: "DeviceOptionsFile", default_source: str) -> dict[str, Any]:
    """Return the values of `DeviceOptions` in a file; a source's own options stand beside them.

    Raises:
        BadInput: `taken_at` is no time.
    """
    taken = None
    if file.taken_at is not None:
        try:
            taken = cells.instant(file.taken_at, cells.Reading(form="time", zone=file.zone))
        except cells.CellFault as fault:
            raise BadInput(CODE, f"`taken_at`: {fault.message}", help=fault.advice) from fault
    return {
        "source": file.source or default_source,
        "zone": file.zone,
        "taken_at": taken,
        "host": file.host,
        "node_system": file.systems.node if file.systems else "node",
        "sites": (
            *(SiteRule(site.system, site.key) for site in file.site),
            *(SiteRule(site.system, site.key, frozenset(hostlist.expand(site.nodes))) for site in file.sites),
        ),
        "item_classes": dict(file.item_classes),
    }
