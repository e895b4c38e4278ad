"""Kueue's admission check: a workload that the gate holds waits in its queue without using quota (kueue.x-k8s.io/v1beta1).

permit → `Ready`; deny → `Rejected`; hold → `Retry` with a delay, so that quota is given back and the check is asked
again. A check is answered only while its workload has quota and is not being evicted: an answer given between eviction
and requeueing leaves a workload that Kueue never takes up again (Kueue's KEP 3258, "Race Condition").
"""

from collections.abc import Iterator, Mapping
from typing import Any

from kansa.clients.kubernetes.asking import questions
from kansa.clients.kubernetes.pods import item_classes
from kansa.clients.kubernetes.settings import ClusterSettings
from kansa.clients.python import Answer, Question

CONTROLLER = "kansa/gate"
API = "kueue.x-k8s.io/v1beta1"
ASK_AGAIN_S = 60

_STATES = {"permit": "Ready", "hold": "Retry", "deny": "Rejected"}


def waiting_checks(workload: Mapping[str, Any], ours: frozenset[str]) -> Iterator[str]:
    """Yield the names of our checks that a workload waits for."""
    status = workload.get("status") or {}
    if not _holds(status, "QuotaReserved") or _holds(status, "Evicted"):
        return
    for check in status.get("admissionChecks") or ():
        if check.get("name") in ours and check.get("state") == "Pending":
            yield check["name"]


def questions_for(workload: Mapping[str, Any], settings: ClusterSettings) -> tuple[Question, ...]:
    """Return what to ask for a workload: one question for each item class that any of its pods would hold."""
    metadata = workload.get("metadata") or {}
    templates = [
        pod_set.get("template") or {} for pod_set in (workload.get("spec") or {}).get("podSets") or ()
    ]
    items = {item for template in templates for item in item_classes(template.get("spec") or {}, settings)}
    labels = metadata.get("labels") or {}
    purpose = labels.get(settings.purpose_label) or next(
        (found for template in templates if (found := _label(template, settings.purpose_label))), None
    )
    context = {"work": f"{settings.account_system}/{metadata.get('uid', '')}"}
    if purpose:
        context["purpose"] = purpose
    ordered = sorted(items, key=lambda item: item or "")
    return questions(settings, "schedule", metadata.get("namespace") or "", items=ordered, context=context)


def answered(workload: Mapping[str, Any], check: str, answer: Answer | None, now: str) -> dict[str, Any]:
    """Return what to apply to the workload's status; without an answer nothing is controlled and the check is ready.

    `now` is an RFC 3339 stamp in whole seconds, as Kubernetes keeps times.
    """
    metadata = workload["metadata"]
    state = "Ready" if answer is None else _STATES[answer.state]
    told: dict[str, Any] = {
        "name": check,
        "state": state,
        "lastTransitionTime": now,
        "message": _message(answer),
    }
    if state == "Retry":
        told["requeueAfterSeconds"] = ASK_AGAIN_S
    return {
        "apiVersion": API,
        "kind": "Workload",
        "metadata": {
            "name": metadata["name"],
            "namespace": metadata["namespace"],
            "uid": metadata["uid"],
            "resourceVersion": metadata["resourceVersion"],  # what changed meanwhile is asked for anew
        },
        "status": {"admissionChecks": [told]},
    }


def active(check: Mapping[str, Any], now: str) -> dict[str, Any]:
    """Return what to apply to an AdmissionCheck so that Kueue's queues use it."""
    return {
        "apiVersion": API,
        "kind": "AdmissionCheck",
        "metadata": {"name": check["metadata"]["name"]},
        "status": {
            "conditions": [
                {
                    "type": "Active",
                    "status": "True",
                    "reason": "Asking",
                    "message": "Kansa's gate is asked before each admission",
                    "lastTransitionTime": now,
                    "observedGeneration": check["metadata"].get("generation", 0),
                }
            ]
        },
    }


def _holds(status: Mapping[str, Any], condition: str) -> bool:
    conditions = status.get("conditions") or ()
    return any(each.get("type") == condition and each.get("status") == "True" for each in conditions)


def _label(template: Mapping[str, Any], name: str) -> str | None:
    found = ((template.get("metadata") or {}).get("labels") or {}).get(name)
    return found if isinstance(found, str) else None


def _message(answer: Answer | None) -> str:
    if answer is None:
        return "no controlled item"
    decision = f" ({answer.decision_id})" if answer.decision_id else ""
    return f"kansa: {answer.state}{decision}" + (f": {answer.reason}" if answer.reason else "")
