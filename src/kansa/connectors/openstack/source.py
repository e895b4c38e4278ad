"""Nova's notifications to placements, shifts and ends of instances with accelerators.

Nova names the host and the flavor; which accelerators of the host an instance holds it does not say: the unit is the
node, with the count. Only the end of an action changes a placement; starts and errors are passed over.
"""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from kansa.clock import format_instant
from kansa.connectors.base import Names, Parsed, PlainSource, Row, Skipped
from kansa.connectors.devices.faults import RowFault
from kansa.connectors.devices.workload_options import WorkloadOptions
from kansa.connectors.devices.workloads import ENDED, SHIFTED, Held, Placement, placed
from kansa.connectors.kubernetes.objects import MOST_DIGITS
from kansa.connectors.openstack.notification import (
    FORM_ADVICE,
    Notification,
    Unreadable,
    data_of,
    instant,
    notifications,
)
from kansa.records.draft import Draft

BEGINS = frozenset(
    {"instance.create.end", "instance.unshelve.end", "instance.evacuate.end", "instance.restore.end"}
)
SHIFTS = {
    "instance.live_migration_post_dest.end": "maintenance",
    "instance.live_migration_rollback.end": "failure",
    "instance.resize_finish.end": None,
    "instance.resize_revert.end": None,
}
"""Actions after which an instance runs on the host that the payload names, with the cause where the action says one."""

ENDS = frozenset({"instance.delete.end", "instance.shelve_offload.end", "instance.soft_delete.end"})
READ = BEGINS | SHIFTS.keys() | ENDS
NO_CHANGE = "a notification that changes no placement"
NO_ACCELERATORS = "an instance whose flavor has no accelerators"
NEVER_PLACED = "an instance that was never placed on a host"
TIME_ADVICE = "save the whole message: its envelope has `timestamp`; or give `taken_at` in the options"


class OpenStackSource(PlainSource):
    """Reads saved notifications."""

    def __init__(self, options: WorkloadOptions, urn: str) -> None:
        super().__init__(f"{urn}:{options.source}")
        self.options = options

    def rows(self, path: Path, names: Names) -> Iterator[Row]:
        sites = self.options.known_sites(names)
        for each in notifications(path, READ):
            if isinstance(each, Unreadable):
                broken = RowFault("openstack.form", each.message, "notification", FORM_ADVICE)
                yield broken.quarantined(path, each.line, each.raw)
                continue
            try:
                found = self._draft(each, names, sites)
            except RowFault as fault:
                yield fault.quarantined(
                    path, each.line, {"event_type": each.event, "uuid": each.payload.get("uuid")}
                )
                continue
            raw = {"event_type": each.event, "uuid": each.payload.get("uuid")}
            yield found if isinstance(found, Skipped) else Parsed(found, str(path), each.line, raw)

    def _draft(self, each: Notification, names: Names, sites: Mapping[str, str]) -> Draft | Skipped:
        if each.event not in READ:
            return Skipped(NO_CHANGE)
        payload = each.payload
        uuid, host = payload.get("uuid"), payload.get("host")
        if not isinstance(uuid, str):
            raise RowFault("openstack.instance", "the payload names no instance", "payload.uuid", FORM_ADVICE)
        count, item_class = self._accelerators(data_of(payload.get("flavor")))
        if not count:
            return Skipped(NO_ACCELERATORS)
        if not isinstance(host, str) or not host:
            return Skipped(NEVER_PLACED)
        at = self._time(each)
        if each.event in ENDS:
            return self._ended(each, uuid, at, names)
        if each.event in SHIFTS:
            return self._shifted(each, uuid, at, count, item_class, names, sites)
        placement = Placement(
            workload=uuid,
            system=self._system,
            account=str(payload.get("tenant_id", "")),
            user=payload.get("user_id") if isinstance(payload.get("user_id"), str) else None,
            host=host,
            held=Held((names.introduce("node", self.options.node_system, host),), count),
            start=at,
            end=None,
            natural=[each.event, self.options.cluster, uuid, each.id or at],
            item_class=item_class,
        )
        accounts = self.options.accounts_of("openstack")
        return placed(placement, self.name, self.options, names, sites=sites, accounts=accounts)

    @property
    def _system(self) -> str:
        return f"openstack:{self.options.cluster}"

    def _accelerators(self, flavor: Mapping[str, Any]) -> tuple[int, str | None]:
        """Return how many accelerators a flavor has, and their item class where all are of one."""
        specs = flavor.get("extra_specs")
        told = specs if isinstance(specs, Mapping) else {}
        aliases: dict[str, int] = {}
        for part in str(told.get("pci_passthrough:alias", "")).split(","):
            name, _, amount = part.strip().partition(":")
            if name in self.options.resources:
                aliases[name] = aliases.get(name, 0) + (
                    int(amount) if amount.isdecimal() and len(amount) <= MOST_DIGITS else 1
                )
        for key, amount in told.items():
            name = str(key).removeprefix("resources:")
            if (
                name != key
                and (name in {"VGPU", "PGPU"} or name in self.options.resources)
                and str(amount).isdecimal()
            ):
                aliases[name] = aliases.get(name, 0) + int(amount)
        classes = {self.options.resources[name] for name in aliases if name in self.options.resources}
        return sum(aliases.values()), classes.pop() if len(classes) == 1 else None

    def _shifted(  # noqa: PLR0917 - what a shift is made of
        self,
        each: Notification,
        uuid: str,
        at: int,
        count: int,
        item_class: str | None,
        names: Names,
        sites: Mapping[str, str],
    ) -> Draft | Skipped:
        workload = names.find(self._system, uuid)
        if workload is None:
            return Skipped("a shift of an instance of which no placement is on record")
        host = str(each.payload["host"])
        data = {
            "valid_from": format_instant(at),
            "known_by": "measured",
            "workload_id": workload,
            "site_id": self.options.site_of(host, sites),
            "units": [names.introduce("node", self.options.node_system, host)],
            "accelerators": count,
            "item_class": item_class,
            "cause": SHIFTS[each.event],
            "signal": each.event,
        }
        return Draft(SHIFTED, self.name, _key(each, uuid, at), at, data)

    def _ended(self, each: Notification, uuid: str, at: int, names: Names) -> Draft | Skipped:
        workload = names.find(self._system, uuid)
        if workload is None:
            return Skipped("the end of an instance of which no placement is on record")
        data = {
            "valid_from": format_instant(at),
            "known_by": "measured",
            "workload_id": workload,
            "outcome": each.event,
        }
        return Draft(ENDED, self.name, _key(each, uuid, at), at, data)

    def _time(self, each: Notification) -> int:
        """Return when it happened: when the message was sent, else as the payload says for this event.

        Raises:
            RowFault: nothing says when.
        """
        if each.at is not None:
            return each.at
        if self.options.taken_at is not None:
            return self.options.taken_at
        names = ("terminated_at", "deleted_at") if each.event in ENDS else ("launched_at",)
        stamp = next((each.payload[name] for name in names if each.payload.get(name)), None)
        if stamp is None or each.event in SHIFTS:
            raise RowFault(
                "openstack.time", f"`{each.event}` does not say when it happened", "timestamp", TIME_ADVICE
            )
        try:
            return instant(stamp)
        except ValueError as error:
            raise RowFault("openstack.time", str(error), "timestamp", TIME_ADVICE) from error


def _key(each: Notification, uuid: str, at: int) -> str:
    return json.dumps([each.event, uuid, each.id or at])
