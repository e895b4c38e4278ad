"""One question for each item class; the strictest answer stands for all."""

import ssl
from collections.abc import Sequence
from typing import Any

from kansa.clients.kubernetes.settings import ClusterSettings
from kansa.clients.python import Answer, Gate, Question, Spool

_STRICTNESS = {"permit": 0, "hold": 1, "deny": 2}


def gate_of(settings: ClusterSettings) -> Gate:
    """Return the gate that the settings name."""
    secure = settings.gate.startswith("https:")
    return Gate(
        settings.gate,
        token=settings.token,
        tls=ssl.create_default_context(cafile=settings.ca_file) if secure else None,
        timeout=settings.timeout_s,
        spool=Spool(settings.spool) if settings.spool else None,
        language=settings.language,
    )


def questions(
    settings: ClusterSettings,
    action: str,
    namespace: str,
    *,
    items: Sequence[str | None],
    context: dict[str, Any],
    user: str | None = None,
) -> tuple[Question, ...]:
    """Return what to ask for a namespace's work: the namespace is the account in the cluster's books."""
    account = {"system": settings.account_system} | ({"user": user} if user else {})
    return tuple(
        Question(
            action,
            subject={"type": "account", "id": namespace, "properties": account},
            resource={
                "type": "site",
                "id": settings.site,
                "properties": {"system": settings.site_system} | ({"item_class": item} if item else {}),
            },
            context={"scheduler": "kubernetes", "cluster": settings.cluster, **context},
        )
        for item in items
    )


def strictest(answers: Sequence[Answer]) -> Answer:
    """Deny over hold over permit; the first of the strictest."""
    return max(answers, key=lambda answer: _STRICTNESS[answer.state])
