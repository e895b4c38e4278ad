"""What Slurm's accounting cannot say by itself: cluster, zone, site, and in whose books its keys stand.

Reference: docs/sources/slurm.md.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from zoneinfo import ZoneInfo

from kansa.config_files import ProblemCollector
from kansa.config_files.models import read_model
from kansa.connectors.slurm import hostlist
from kansa.connectors.slurm.gres import Role
from kansa.connectors.slurm.options_file import OptionsFile, SiteOfNodesModel, SpanModel
from kansa.connectors.table.mapping import instant_in

OBSERVED = "observed"
RECORDS = "records"
SEGMENTS = "segments"
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
    `evidence` says in what uses enter: `records`, one each, or `segments`.
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
    evidence: str = RECORDS

    def accounts_of(self, cluster: str) -> str:
        """Return the system in whose books a cluster's accounts stand."""
        return self.account_system or f"slurm:{cluster}"


def read_options(path: Path, model: type[OptionsFile] = OptionsFile) -> SlurmOptions:
    """Read an options file, of Slurm's accounting or of a source that has the same options and more.

    Raises:
        BadInput: `slurm.options`, with everything that is wrong.
    """
    sink = ProblemCollector(str(path), "slurm.options")
    options = _options(read_model(path, model, sink))
    sink.settle("the options")
    return options


def _options(file: OptionsFile) -> SlurmOptions:
    systems = file.systems
    return SlurmOptions(
        source=file.source,
        cluster=file.cluster,
        zone=file.zone,
        delimiter=file.delimiter,
        columns=file.columns,
        node_system=systems.node if systems else "node",
        account_system=systems.account if systems else None,
        sites=(
            *(SiteRule(site.system, site.key) for site in file.site),
            *(SiteRule(site.system, site.key, _hosts(site)) for site in file.sites),
        ),
        item_classes=file.item_classes,
        gres={name.removeprefix("gres/"): role for name, role in file.gres.items()},
        accounted_from=_accounted_from(file),
        window=_window(file),
        evidence=file.evidence,
    )


def _hosts(site: SiteOfNodesModel) -> frozenset[str]:
    return frozenset(hostlist.expand(site.nodes)) if site.has("nodes") else frozenset()


def _accounted_from(file: OptionsFile) -> int | None:
    said = file.accounted_from
    if said is None or said == "never":
        return None if said is None else NEVER
    return instant_in(file, "accounted_from", said, file.zone)


def _window(file: OptionsFile) -> tuple[int, int] | str | None:
    window = file.window
    if not isinstance(window, SpanModel):
        return window
    bounds = [
        instant_in(window, name, text, file.zone) if window.has(name) else 0
        for name, text in (("from", window.from_), ("to", window.to))
    ]
    if bounds[0] >= bounds[1] > 0:
        window.refuse("`to` is not after `from`")
    return bounds[0], bounds[1]
