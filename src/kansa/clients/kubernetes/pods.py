"""Which controlled items a pod would hold: extended resources and dynamic resource allocation (resource.k8s.io)."""

from collections.abc import Iterator, Mapping
from typing import Any

from kansa.clients.kubernetes.settings import ClusterSettings

UNKNOWN = None
"""The item class of a claim that is somewhere else."""


def item_classes(pod_spec: Mapping[str, Any], settings: ClusterSettings) -> tuple[str | None, ...]:
    """Return the item classes that a pod asks for, sorted; None among them for a claim whose devices are not known here."""
    found: set[str | None] = set(_resources(pod_spec, settings))
    if pod_spec.get("resourceClaims"):
        found.add(settings.claims or UNKNOWN)
    return tuple(sorted(found, key=lambda item: item or ""))


def item_classes_of_claim(claim: Mapping[str, Any], settings: ClusterSettings) -> tuple[str | None, ...]:
    """Return the item classes of a ResourceClaim or ResourceClaimTemplate (v1 and the betas before it)."""
    spec = claim.get("spec") or {}
    requests = ((spec.get("spec") or spec).get("devices") or {}).get("requests") or []
    classes = {name for request in requests for name in _device_classes(request)}
    found = {settings.device_classes[name] for name in classes if name in settings.device_classes}
    return tuple(sorted(found))


def _resources(pod_spec: Mapping[str, Any], settings: ClusterSettings) -> Iterator[str]:
    for group in ("initContainers", "containers", "ephemeralContainers"):
        for container in pod_spec.get(group) or ():
            resources = container.get("resources") or {}
            for kind in ("limits", "requests"):
                for name, amount in (resources.get(kind) or {}).items():
                    if name in settings.items and str(amount) != "0":
                        yield settings.items[name]


def _device_classes(request: Mapping[str, Any]) -> Iterator[str]:
    for choice in (request, request.get("exactly") or {}, *(request.get("firstAvailable") or ())):
        if isinstance(choice.get("deviceClassName"), str):
            yield choice["deviceClassName"]
