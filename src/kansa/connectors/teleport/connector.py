"""Teleport's audit log, as a connector."""

from kansa.config_files.models import ConfigModel
from kansa.connectors.access.fields import ACCOUNTS, KINDS, account_changes, fields
from kansa.connectors.base import Source
from kansa.connectors.connector import Connector, Setup
from kansa.texts import Words


def _make(setup: Setup) -> Source:
    from kansa.connectors.access.making import event_source  # noqa: PLC0415 - models take long to load
    from kansa.connectors.teleport.events import meaning_of  # noqa: PLC0415

    return event_source(setup, CONNECTOR.id, meaning_of)


def _options() -> type[ConfigModel]:
    from kansa.connectors.access.options_file import AccessOptions  # noqa: PLC0415 - models take long to load

    return AccessOptions


CONNECTOR = Connector(
    id="teleport",
    title=Words("Teleport", "Teleport"),
    reads=Words(
        "audit events as JSON, one a line (the audit log file, the event handler, an S3 export)",
        "監査イベントの JSON（一行に一つ。監査ログ、イベントハンドラー、S3 への出力）",
    ),
    kinds=(*KINDS, ACCOUNTS),
    fields=(
        *fields(
            account="`user`",
            target="`server_hostname`, `kubernetes_cluster`, `app_name`, `db_service`, `server_id`",
            start="`time` of `session.start`, `user.login`, `exec`",
            end="`time` of `session.end` with the same `sid`",
            origin="`addr.remote`",
            credential="`login`, `method`",
            method=Words(
                "`brokered`: every session goes through the broker",
                "`brokered`。すべてのセッションはブローカーを経由する",
            ),
            refused="`auth` with `error`, `user.login` with `success: false`",
        ),
        *account_changes("`user.create`, `role.created`, `lock.created`, …"),
    ),
    natural_key=Words("session or event id", "セッションまたはイベントの ID"),
    cadence="PT1H",
    make=_make,
    options=_options,
)
