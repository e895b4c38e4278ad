"""Pods with accelerators to placements: from pod lists, the audit log, pod-resources and claims of Dynamic Resource Allocation.

A pod says how many accelerators it holds and on which node. Which ones only the kubelet's pod-resources list or a claim
with its resource slice says; without them the unit is the node, with the count. A pod that runs is open; the same pod
read again once it has ended corrects it.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from kansa.clock import format_instant
from kansa.connectors.base import Names, Parsed, PlainSource, Row, Skipped
from kansa.connectors.devices.faults import RowFault
from kansa.connectors.devices.workload_options import WorkloadOptions
from kansa.connectors.devices.workloads import ENDED, Placement, held, placed
from kansa.connectors.formats import json_values
from kansa.connectors.kubernetes.objects import Allocations, objects, requested
from kansa.connectors.table import cells
from kansa.errors import BadInput
from kansa.records.draft import Draft

FORM_ADVICE = "give `kubectl get pods -A -o json`, the audit log, the kubelet's pod-resources list, or ResourceClaims and ResourceSlices"
NO_ACCELERATORS = "a pod without accelerators"
NOT_PLACED = "a pod that was never placed on a node"
NOT_STARTED = "a pod that never started"
TELLS_DEVICES = "what tells which devices a pod holds"
OTHER_KIND = "an object that places nothing"
OTHER_STAGE = "a stage of a request before its answer"
NO_CHANGE = "a request that places no pod"
REFUSED = "a request that was refused"
CREATED = "the creation of a pod, which holds nothing until it is bound"
_ENDED = frozenset({"Succeeded", "Failed"})
_ANSWERED = 300


class KubernetesSource(PlainSource):
    """Reads what a cluster says of its pods."""

    def __init__(self, options: WorkloadOptions, urn: str) -> None:
        super().__init__(f"{urn}:{options.source}")
        self.options = options
        self._allocations = Allocations()
        self._created: dict[tuple[str, str], Mapping[str, Any]] = {}

    def survey(self, paths: Sequence[Path]) -> None:
        """Note which devices pods hold, whatever file says it, and what pods asked for when they were created."""
        for path in paths:
            with suppress(BadInput, OSError):
                for value in json_values.values(path):
                    for each in objects(value.value):
                        self._allocations.take(each)
                        self._note_created(each)

    def rows(self, path: Path, names: Names) -> Iterator[Row]:
        sites = self.options.known_sites(names)
        for value in json_values.values(path):
            if value.fault is not None or not isinstance(value.value, Mapping):
                broken = RowFault("kubernetes.form", f"it is no object: {value.fault or 'another value'}", "object", FORM_ADVICE)  # fmt: skip
                yield broken.quarantined(path, value.line, value.value)
                continue
            for each in objects(value.value):
                try:
                    yield self._row(each, path, value.line, names, sites)
                except RowFault as fault:
                    yield fault.quarantined(path, value.line, _shown(each))

    def _row(
        self, each: Mapping[str, Any], path: Path, line: int, names: Names, sites: Mapping[str, str]
    ) -> Row:
        told = each.get("kind")
        kind = told if isinstance(told, str) else None
        if kind == "Pod":
            found = self._pod(each, names, sites)
        elif kind == "Event" and str(each.get("apiVersion", "")).startswith("audit.k8s.io/"):
            found = self._audited(each, names, sites)
        elif kind in {"ResourceClaim", "ResourceSlice"} or "pod_resources" in each or "podResources" in each:
            return Skipped(TELLS_DEVICES)
        elif kind is None:
            raise RowFault("kubernetes.form", "it is no object of Kubernetes", "kind", FORM_ADVICE)
        else:
            return Skipped(OTHER_KIND)
        return found if isinstance(found, Skipped) else Parsed(found, str(path), line, _shown(each))

    def _pod(self, pod: Mapping[str, Any], names: Names, sites: Mapping[str, str]) -> Draft | Skipped:
        meta, spec, status = (_map(pod.get(name)) for name in ("metadata", "spec", "status"))
        uid = str(meta.get("uid", ""))
        wanted = requested(spec, self.options.resources)
        count = sum(wanted.values()) or self._allocations.claims(uid)
        if not count:
            return Skipped(NO_ACCELERATORS)
        node = spec.get("nodeName")
        if not isinstance(node, str) or not node:
            return Skipped(NOT_PLACED)
        start = _instant(status.get("startTime"), "status.startTime")
        if start is None:
            return Skipped(NOT_STARTED)
        end = self._end(meta, status) if str(status.get("phase")) in _ENDED else None
        if end is not None and end <= start:
            return Skipped("a pod that held its accelerators for no time")
        return self._placed(meta, node, wanted, count, start, end, names, sites, spec=spec)

    def _end(self, meta: Mapping[str, Any], status: Mapping[str, Any]) -> int:
        """Return when the last container of an ended pod ended.

        Raises:
            RowFault: nothing says when.
        """
        told = [
            _instant(_map(_map(_map(each).get("state")).get("terminated")).get("finishedAt"), "finishedAt")
            for name in ("containerStatuses", "initContainerStatuses")
            for each in _list(status.get(name))
        ]
        ends = [each for each in told if each is not None]
        ends += [
            each
            for each in [_instant(meta.get("deletionTimestamp"), "deletionTimestamp")]
            if each is not None
        ]
        if not ends:
            raise RowFault(
                "kubernetes.end",
                "the pod has ended, and nothing says when",
                "status.containerStatuses",
                FORM_ADVICE,
            )
        return max(ends)

    def _audited(self, event: Mapping[str, Any], names: Names, sites: Mapping[str, str]) -> Draft | Skipped:
        """Return what an audited request places or ends: a binding, a deletion."""
        reference = _map(event.get("objectRef"))
        reason = _says_nothing(event, reference)
        if reason is not None:
            return Skipped(reason)
        at = _instant(event.get("stageTimestamp") or event.get("timestamp"), "stageTimestamp")
        if at is None:
            raise RowFault("kubernetes.time", "the event has no time", "stageTimestamp")
        created = self._created.get((str(reference.get("namespace", "")), str(reference.get("name", ""))))
        if created is None:
            return Skipped("a pod of which no file says what it asked for")
        meta, spec = _map(created.get("metadata")), _map(created.get("spec"))
        wanted = requested(spec, self.options.resources)
        if not wanted:
            return Skipped(NO_ACCELERATORS)
        if event.get("verb") == "delete":
            return self._ended(str(meta.get("uid", "")), event, at, names)
        target = _map(_map(event.get("requestObject")).get("target")).get("name")
        if not isinstance(target, str):
            raise RowFault(
                "kubernetes.binding",
                "the binding names no node: audit it at the level Request",
                "requestObject.target",
            )
        return self._placed(meta, target, wanted, sum(wanted.values()), at, None, names, sites, spec=spec)

    def _note_created(self, each: Mapping[str, Any]) -> None:
        """Note what an audited creation of a pod asked for, under the name that it was given."""
        reference = _map(each.get("objectRef"))
        if each.get("kind") != "Event" or (reference.get("resource"), each.get("verb"), reference.get("subresource")) != ("pods", "create", None):  # fmt: skip
            return
        pod = _map(each.get("responseObject"))
        meta = _map(pod.get("metadata"))
        if meta.get("uid"):
            self._created[str(meta.get("namespace", "")), str(meta.get("name", ""))] = pod

    def _ended(self, uid: str, event: Mapping[str, Any], at: int, names: Names) -> Draft | Skipped:
        workload = names.find(self._system, uid)
        if workload is None:
            return Skipped("the end of a pod of which no placement is on record")
        data = {
            "valid_from": format_instant(at),
            "known_by": "measured",
            "workload_id": workload,
            "outcome": "deleted",
        }
        key = json.dumps(["ended", self.options.cluster, uid, str(event.get("auditID", ""))])
        return Draft(ENDED, self.name, key, at, data)

    @property
    def _system(self) -> str:
        return f"kubernetes:{self.options.cluster}"

    def _placed(  # noqa: PLR0917 - the parts of a placement, all of them told by one object
        self,
        meta: Mapping[str, Any],
        node: str,
        wanted: Mapping[str, int],
        count: int,
        start: int,
        end: int | None,
        names: Names,
        sites: Mapping[str, str],
        *,
        spec: Mapping[str, Any],
    ) -> Draft:
        namespace, name, uid = (str(meta.get(each, "")) for each in ("namespace", "name", "uid"))
        uuids = self._allocations.uuids(namespace, name, uid)
        classes = {self.options.resources[each] for each in wanted if each in self.options.resources}
        user = spec.get("serviceAccountName")
        placement = Placement(
            workload=uid or f"{namespace}/{name}",
            system=self._system,
            account=namespace,
            user=user if isinstance(user, str) else None,
            host=node,
            held=held(node, uuids, count, self.options, names),
            start=start,
            end=end,
            natural=["pod", self.options.cluster, uid or f"{namespace}/{name}"],
            item_class=classes.pop() if len(classes) == 1 else None,
            sequence=str(meta.get("resourceVersion")) if meta.get("resourceVersion") else None,
        )
        return placed(
            placement,
            self.name,
            self.options,
            names,
            sites=sites,
            accounts=self.options.accounts_of("kubernetes"),
        )


def _says_nothing(event: Mapping[str, Any], reference: Mapping[str, Any]) -> str | None:
    """Return why an audited request neither places nor ends a pod; None if it does."""
    if reference.get("resource") != "pods":
        return NO_CHANGE
    if event.get("stage") != "ResponseComplete":
        return OTHER_STAGE
    code = _map(event.get("responseStatus")).get("code")
    if isinstance(code, int) and code >= _ANSWERED:
        return REFUSED
    part = reference.get("subresource")
    done = str(event.get("verb")), part if part is None else str(part)
    if done == ("create", None):
        return CREATED
    return None if done in {("create", "binding"), ("delete", None)} else NO_CHANGE


def _instant(stamp: Any, field: str) -> int | None:
    if stamp is None:
        return None
    try:
        return cells.instant(stamp, cells.Reading(form="time"))
    except cells.CellFault as fault:
        raise RowFault(fault.code, fault.message, field, fault.advice) from fault


def _map(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _shown(each: Mapping[str, Any]) -> Mapping[str, Any]:
    return {name: each[name] for name in ("kind", "metadata", "auditID", "verb", "objectRef") if name in each}
