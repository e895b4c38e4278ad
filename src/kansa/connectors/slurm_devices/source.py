"""Running jobs to placements on devices: the index that Slurm shows, and the device that nvidia-smi saw under that number.

The workload is that of accounting, so that `sacct` later says when it ended; of the two placements the one that names the
devices is used. Where a slot is not known, the whole job stays with its nodes, and says so.
"""

import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from kansa.clock import MICROSECONDS, format_instant
from kansa.connectors.base import Names, Parsed, PlainSource, Row, Skipped
from kansa.connectors.devices.faults import RowFault
from kansa.connectors.devices.names import SLOT
from kansa.connectors.formats import document
from kansa.connectors.slurm import hostlist
from kansa.connectors.slurm.coverage import workloads_of
from kansa.connectors.slurm.options import SlurmOptions
from kansa.connectors.slurm.source import PLACED, path_of, site_of
from kansa.connectors.slurm_devices.jobs import JobShown, jobs
from kansa.connectors.zones import instant_of
from kansa.errors import BadInput
from kansa.records.draft import Draft

FORM_ADVICE = "run `scontrol show job -d` while jobs run, as often as you want devices named"
SMI_ADVICE = "ingest `nvidia-smi -q -x` of the host first"
NOT_RUNNING = "a job that does not run: only while it runs does Slurm show its devices"
NO_DEVICES = "a job without accelerators, or of a Slurm that shows no index"
BY_INDEX = "the index of the gres, as the minor number of nvidia-smi"
ACCELERATORS = frozenset({"gpu", "mps", "shard"})
MAX_FILE = 256 << 20


class ScontrolSource(PlainSource):
    """Reads `scontrol show job -d`."""

    def __init__(self, options: SlurmOptions, urn: str) -> None:
        super().__init__(f"{urn}:{options.source}")
        self.options = options

    def rows(self, path: Path, names: Names) -> Iterator[Row]:
        text = document.read(path, MAX_FILE).decode("utf-8", "replace")
        if "JobId=" not in text and "No jobs in the system" not in text:
            raise BadInput(
                "scontrol.form", f"`{path}` is no output of `scontrol show job -d`", help=FORM_ADVICE
            )
        if self.options.zone is None or self.options.cluster is None:
            raise BadInput(
                "scontrol.options",
                f"`{path}` names neither cluster nor zone",
                help="give `cluster` and `zone` in the options",
            )
        sites = self._sites(names)
        for job in jobs(text):
            try:
                found = self._draft(job, names, sites)
            except RowFault as fault:
                yield fault.quarantined(path, job.line, job._asdict())
                continue
            yield found if isinstance(found, Skipped) else Parsed(found, str(path), job.line, job._asdict())

    def _sites(self, names: Names) -> dict[str, str]:
        found = {rule.key: names.find(rule.system, rule.key) for rule in self.options.sites}
        return {key: site for key, site in found.items() if site is not None}

    def _draft(self, job: JobShown, names: Names, sites: Mapping[str, str]) -> Draft | Skipped:
        if job.state not in {"RUNNING", "SUSPENDED", "COMPLETING"} or job.start is None:
            return Skipped(NOT_RUNNING)
        slots = self._slots(job)
        if not slots:
            return Skipped(NO_DEVICES)
        start = self._start(job.start)
        units, inferred = self._units(job, slots, names)
        hosts = list(dict.fromkeys(host for host, _ in slots))
        cluster, account = self.options.cluster or "", job.account or ""
        path = path_of(names, self.options, cluster, account, job.user or "")
        tenant, end_user = names.holder(path) if path is not None else (None, None)
        types = {
            type_ for each in job.nodes for name, type_, _ in each.gres if name in ACCELERATORS and type_
        }
        data: dict[str, Any] = {
            "workload_id": names.introduce("workload", workloads_of(cluster), job.id),
            "tenant_id": tenant,
            "end_user_id": end_user,
            "path_id": path,
            "site_id": site_of(hosts, self.options, dict(sites)),
            "units": units,
            "accelerators": None,
            "item_class": self.options.item_classes.get(types.pop()) if len(types) == 1 else None,
            "valid_from": format_instant(start),
            "valid_to": None,
            "known_by": "inferred",
            "inferred_from": inferred,
        }
        data |= {name: text for name, text in (("account", job.account), ("user", job.user)) if text}
        key = json.dumps(["scontrol", cluster, job.id, start // MICROSECONDS])
        return Draft(PLACED, self.name, key, start, data, sequence=job.id, progresses=True)

    def _slots(self, job: JobShown) -> list[tuple[str, int]]:
        """Return host and index of each accelerator that a job holds.

        Raises:
            RowFault: the nodes cannot be read.
        """
        found = []
        for each in job.nodes:
            indices = [index for name, _, listed in each.gres if name in ACCELERATORS for index in listed]
            try:
                hosts = hostlist.expand(each.hosts) if indices else []
            except ValueError as error:
                raise RowFault("scontrol.nodes", str(error), "Nodes") from error
            found += [(host, index) for host in hosts for index in indices]
        return found

    def _units(self, job: JobShown, slots: list[tuple[str, int]], names: Names) -> tuple[list[str], str]:
        """Return the devices in the slots.

        Raises:
            RowFault: nobody saw a device in one of them: the placement stays with the node, as accounting has it.
        """
        devices = {slot: names.find(SLOT, f"{slot[0]}/{slot[1]}") for slot in slots}
        missing = [f"{host}/{index}" for (host, index), device in devices.items() if device is None]
        if missing:
            told = ", ".join(f"`{each}`" for each in missing[:5])
            raise RowFault(
                "scontrol.slot",
                f"no device is on record in {told} of job {job.id}",
                "GRES",
                SMI_ADVICE,
            )
        return list(dict.fromkeys(device for device in devices.values() if device is not None)), BY_INDEX

    def _start(self, stamp: str) -> int:
        try:
            return instant_of(datetime.fromisoformat(stamp), self.options.zone)
        except ValueError as error:
            raise RowFault("scontrol.time", str(error), "StartTime") from error
