"""The callers' settings: which gate, in whose books accounts stand, what is controlled here."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from kansa.config_files import ProblemCollector
from kansa.config_files.enforcement_point import SettingsFile
from kansa.config_files.models import read_model


@dataclass(frozen=True, slots=True)
class ClusterSettings:
    """One cluster at one site.

    `items` gives the item class of each resource name (`nvidia.com/gpu`), `device_classes` that of each device class of
    dynamic resource allocation; what neither names holds no controlled item. A pod that only points to a claim is asked
    for with `claims`, and without it the item stays unknown, which the gate holds.
    """

    gate: str
    cluster: str
    site: str
    site_system: str = "site"
    accounts: str | None = None
    items: Mapping[str, str] = field(default_factory=dict)
    device_classes: Mapping[str, str] = field(default_factory=dict)
    claims: str | None = None
    purpose_label: str = "kansa/purpose"
    token_file: Path | None = None
    ca_file: Path | None = None
    language: str | None = None
    timeout_s: float = 1.0
    spool: Path | None = None

    @property
    def account_system(self) -> str:
        """The system in whose books the cluster's namespaces are accounts."""
        return self.accounts or f"kubernetes:{self.cluster}"

    @property
    def token(self) -> str | None:
        """The caller's token, read anew each time so that it may be replaced while the caller runs."""
        return self.token_file.read_text().strip() if self.token_file else None


def read_settings(path: Path) -> ClusterSettings:
    """Read a settings file.

    Raises:
        BadInput: `enforcement_point.settings`, with everything that is wrong.
    """
    sink = ProblemCollector(str(path), "enforcement_point.settings")
    file = read_model(path, SettingsFile, sink)
    sink.settle("the settings")
    return ClusterSettings(
        gate=file.gate,
        cluster=file.cluster,
        site=file.site.key,
        site_system=file.site.system,
        accounts=file.account_system,
        items=file.items,
        device_classes=file.device_classes,
        claims=file.claims,
        purpose_label=file.purpose_label,
        token_file=file.token_file,
        ca_file=file.ca_file,
        language=file.language,
        timeout_s=1.0 if file.timeout_ms is None else float(file.timeout_ms) / 1000,
        spool=file.spool,
    )
