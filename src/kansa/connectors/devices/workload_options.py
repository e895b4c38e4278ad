"""What a source that places workloads cannot say by itself."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from kansa.connectors.connector import Systems
from kansa.connectors.devices.describe import NAMES
from kansa.connectors.devices.options import DeviceOptions, read_file, shared_options


@dataclass(frozen=True, slots=True)
class WorkloadOptions(DeviceOptions):
    """How a source that places workloads is read; `resources` are further accelerators by name, with their item classes."""

    cluster: str = "default"
    account_system: str | None = None
    resources: Mapping[str, str] = field(default_factory=dict)

    def accounts_of(self, kind: str) -> str:
        """Return the system in whose books accounts stand; else that of the cluster."""
        return self.account_system or f"{kind}:{self.cluster}"


def read_options(path: Path | None, default_source: str) -> WorkloadOptions:
    """Read the options.

    Raises:
        BadInput: `connector.options`, with everything that is wrong.
    """
    if path is None:
        return WorkloadOptions(default_source)
    from kansa.connectors.devices.workloads_file import WorkloadOptionsFile  # noqa: PLC0415 - models take long to load

    file = read_file(path, WorkloadOptionsFile)
    return WorkloadOptions(
        **shared_options(file, default_source),
        cluster=file.cluster or "default",
        account_system=file.systems.account if file.systems else None,
        resources=dict(file.resources),
    )


def workload_systems(path: Path) -> tuple[Systems, Systems]:
    """Return the systems in whose books a source introduces subjects, and those that it refers to."""
    options = read_options(path, "workloads")
    needed = {options.node_system, *(rule.system for rule in options.sites)}
    return NAMES, frozenset(needed | ({options.account_system} if options.account_system else set()))
