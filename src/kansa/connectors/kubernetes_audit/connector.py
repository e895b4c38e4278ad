"""The audit log of Kubernetes, as a connector: who went into pods."""

from kansa.config_files.models import ConfigModel
from kansa.connectors.access.fields import KINDS, fields
from kansa.connectors.base import Source
from kansa.connectors.connector import Connector, Setup
from kansa.texts import Words


def _make(setup: Setup) -> Source:
    from kansa.connectors.access.making import event_source  # noqa: PLC0415 - models take long to load
    from kansa.connectors.kubernetes_audit.events import meaning_of  # noqa: PLC0415

    return event_source(setup, CONNECTOR.id, meaning_of, wrappers=("items",))


def _options() -> type[ConfigModel]:
    from kansa.connectors.access.options_file import AccessOptions  # noqa: PLC0415 - models take long to load

    return AccessOptions


CONNECTOR = Connector(
    id="kubernetes-audit",
    title=Words(
        "Kubernetes audit log: exec, attach, port-forward", "Kubernetes 監査ログ：exec・attach・port-forward"
    ),
    reads=Words(
        "audit events `audit.k8s.io/v1` and `v1beta1`, one a line or in an `EventList`",
        "監査イベント `audit.k8s.io/v1`・`v1beta1`（一行に一つ、または `EventList`）",
    ),
    kinds=KINDS,
    fields=fields(
        account="`user.username`, `impersonatedUser.username`",
        target="`objectRef.namespace`/`objectRef.name`",
        start="`requestReceivedTimestamp`",
        end="`stageTimestamp` of `ResponseComplete` with the same `auditID`",
        origin="first of `sourceIPs`",
        credential="`user.groups`",
        method=Words("`remote`, through the API of the cluster", "`remote`（クラスターの API 経由）"),
        refused="`responseStatus.code` 401 or 403, `annotations`",
    ),
    natural_key=Words("`auditID`", "`auditID`"),
    cadence="PT1H",
    make=_make,
    options=_options,
)
