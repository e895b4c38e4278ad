"""Kubernetes asks before it takes a pod, a device claim or a connection into a pod (ValidatingAdmissionWebhook, admission.k8s.io/v1).

A validating webhook can only allow or refuse. A hold is refused with its reason and may be tried again; where work
should wait instead, Kueue holds it (`kansa.clients.kubernetes.kueue`). A login into a pod (exec, attach, port-forward) is asked
for the person; who is not known is held.
"""

from collections.abc import Mapping
from typing import Any

from kansa.clients.kubernetes.asking import questions
from kansa.clients.kubernetes.pods import UNKNOWN, item_classes, item_classes_of_claim
from kansa.clients.kubernetes.settings import ClusterSettings
from kansa.clients.python import Answer, Question

REVIEW = "admission.k8s.io/v1"
CONNECTIONS = frozenset({"exec", "attach", "portforward"})
CLAIMS = frozenset({"resourceclaims", "resourceclaimtemplates"})


class NotAReview(ValueError):
    """The request is no AdmissionReview of v1."""


def read_review(body: Any) -> Mapping[str, Any]:
    """Return the request of an AdmissionReview.

    Raises:
        NotAReview: it is none, and so cannot even be refused by its uid.
    """
    review = body if isinstance(body, dict) else {}
    request = review.get("request")
    if review.get("apiVersion") != REVIEW or not isinstance(request, dict):
        raise NotAReview(f"no AdmissionReview of `{REVIEW}`")
    if not isinstance(request.get("uid"), str):
        raise NotAReview("the request has no `uid`")
    return request


def questions_for(request: Mapping[str, Any], settings: ClusterSettings) -> tuple[Question, ...]:
    """Return what to ask before this request is let through; nothing where no controlled item is concerned."""
    resource = (request.get("resource") or {}).get("resource")
    object_ = request.get("object") or {}
    items: tuple[str | None, ...]
    user = None
    context: dict[str, Any] = {"work": f"{settings.account_system}/{request['uid']}"}
    if resource == "pods" and request.get("subResource") in CONNECTIONS:
        action, items, user = "login", (UNKNOWN,), _user(request)
    elif resource in CLAIMS:
        action, items = "schedule", item_classes_of_claim(object_, settings)
    elif resource == "pods" and request.get("subResource") in {None, "", "ephemeralcontainers"}:
        action, items = "schedule", item_classes(object_.get("spec") or {}, settings)
        purpose = ((object_.get("metadata") or {}).get("labels") or {}).get(settings.purpose_label)
        context |= {"purpose": purpose} if purpose else {}
    else:
        return ()
    namespace = request.get("namespace") or ""
    return questions(settings, action, namespace, items=items, context=context, user=user)


def response(request: Mapping[str, Any], answer: Answer | None) -> dict[str, Any]:
    """Return the AdmissionReview that goes back; without an answer nothing was asked and the request is allowed."""
    told: dict[str, Any] = {"uid": request["uid"], "allowed": answer is None or answer.permitted}
    if answer is not None:
        told["auditAnnotations"] = {"state": answer.state, "decision": answer.decision_id or "none"}
        if not answer.permitted:
            message = f"kansa: {answer.state}: {answer.reason or 'no reason was given'}"
            told["status"] = {"code": 403, "reason": "Forbidden", "message": message}
        elif not answer.answered:
            told["warnings"] = [f"kansa: {answer.reason}; this was let through and is recorded"]
    return {"apiVersion": REVIEW, "kind": "AdmissionReview", "response": told}


def _user(request: Mapping[str, Any]) -> str | None:
    name = (request.get("userInfo") or {}).get("username")
    return name if isinstance(name, str) else None
