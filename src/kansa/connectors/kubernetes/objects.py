"""Kubernetes objects as files hold them, and what they say of devices: counts, UUIDs, claims.

Sources: Kubernetes API v1 Pod; resource.k8s.io v1alpha3 to v1 ResourceClaim and ResourceSlice; the kubelet's pod-resources
API v1 (`List`), as gRPC tools print it (`pod_resources` or `podResources`).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

MOST_DIGITS = 6
"""Digits of a count of accelerators: no pod holds a million."""

NVIDIA = ("nvidia.com/gpu", "nvidia.com/mig-")


def objects(value: Any) -> Iterator[Mapping[str, Any]]:
    """Yield the objects in a value: of a list its items."""
    if not isinstance(value, Mapping):
        return
    items = value.get("items")
    if isinstance(items, list):
        kind = str(value.get("kind", "")).removesuffix("List")
        for each in items:
            if isinstance(each, Mapping):
                yield each if each.get("kind") else {**each, "kind": kind}
    else:
        yield value


@dataclass(slots=True)
class Allocations:
    """What says more of pods than their own objects: UUIDs by pod, claims by pod, UUIDs of devices in pools."""

    by_name: dict[tuple[str, str], list[str]] = field(default_factory=dict)
    claimed: dict[str, list[tuple[str, str]]] = field(default_factory=dict)
    slices: dict[tuple[str, str], str] = field(default_factory=dict)

    def take(self, each: Mapping[str, Any]) -> None:
        """Note what an object says of devices."""
        listed = each.get("pod_resources", each.get("podResources"))
        if isinstance(listed, list):
            for pod in listed:
                self._pod_resources(pod)
        elif each.get("kind") == "ResourceSlice":
            self._slice(_map(each.get("spec")))
        elif each.get("kind") == "ResourceClaim":
            self._claim(_map(each.get("status")))

    def uuids(self, namespace: str, name: str, uid: str) -> list[str]:
        """Return the UUIDs of a pod's devices, as far as any of the files says them."""
        found = self.by_name.get((namespace, name), [])
        if found:
            return found
        return [uuid for key in self.claimed.get(uid, ()) if (uuid := self.slices.get(key))]

    def claims(self, uid: str) -> int:
        """Return how many devices were allocated to a pod by claims."""
        return len(self.claimed.get(uid, ()))

    def _pod_resources(self, pod: Any) -> None:
        told = _map(pod)
        found = self.by_name.setdefault((str(told.get("namespace", "")), str(told.get("name", ""))), [])
        for container in _list(told.get("containers")):
            for device in _list(_map(container).get("devices")):
                each = _map(device)
                name = str(each.get("resource_name", each.get("resourceName", "")))
                if name.startswith(NVIDIA):
                    found += [str(uuid) for uuid in _list(each.get("device_ids", each.get("deviceIds")))]

    def _slice(self, spec: Mapping[str, Any]) -> None:
        pool = str(_map(spec.get("pool")).get("name", ""))
        for device in _list(spec.get("devices")):
            each = _map(device)
            attributes = _map(each.get("attributes")) or _map(_map(each.get("basic")).get("attributes"))
            uuid = _map(attributes.get("uuid") or attributes.get("resource.kubernetes.io/uuid")).get("string")
            if isinstance(uuid, str):
                self.slices[pool, str(each.get("name", ""))] = uuid

    def _claim(self, status: Mapping[str, Any]) -> None:
        results = _list(_map(_map(status.get("allocation")).get("devices")).get("results"))
        devices = [
            (str(_map(each).get("pool", "")), str(_map(each).get("device", "")))
            for each in results
            if str(_map(each).get("driver", "")).endswith("nvidia.com")
        ]
        for each in _list(status.get("reservedFor")):
            uid = _map(each).get("uid")
            if isinstance(uid, str):
                self.claimed.setdefault(uid, []).extend(devices)


def requested(spec: Mapping[str, Any], further: Mapping[str, str]) -> dict[str, int]:
    """Return how many of each accelerator resource a pod holds at once: all containers, or the largest init container."""
    together: dict[str, int] = {}
    for container in _list(spec.get("containers")):
        for name, count in _asked(container, further):
            together[name] = together.get(name, 0) + count
    for container in _list(spec.get("initContainers")):
        for name, count in _asked(container, further):
            together[name] = max(together.get(name, 0), count)
    return together


def _asked(container: Any, further: Mapping[str, str]) -> Iterator[tuple[str, int]]:
    resources = _map(_map(container).get("resources"))
    limits = _map(resources.get("limits")) or _map(resources.get("requests"))
    for name, amount in limits.items():
        if name.startswith(NVIDIA) or name in further:
            text = str(amount)
            if text.isdecimal() and len(text) <= MOST_DIGITS and int(text) > 0:
                yield name, int(text)


def _map(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
