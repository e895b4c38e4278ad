"""Keycloak's events, as a connector."""

from kansa.config_files.models import ConfigModel
from kansa.connectors.access.fields import ACCOUNTS, KINDS, account_changes, fields
from kansa.connectors.base import Source
from kansa.connectors.connector import Connector, Setup
from kansa.texts import Words


def _make(setup: Setup) -> Source:
    from kansa.connectors.access.making import event_source  # noqa: PLC0415 - models take long to load
    from kansa.connectors.keycloak.events import meaning_of  # noqa: PLC0415
    from kansa.connectors.keycloak.lines import events_in  # noqa: PLC0415

    return event_source(setup, CONNECTOR.id, meaning_of, listed=events_in)


def _options() -> type[ConfigModel]:
    from kansa.connectors.access.options_file import AccessOptions  # noqa: PLC0415 - models take long to load

    return AccessOptions


CONNECTOR = Connector(
    id="keycloak",
    title=Words("Keycloak", "Keycloak"),
    reads=Words(
        "login and admin events: the REST answers, JSON lines, the server log with JSON events; also other OpenID providers that log so",
        "ログイン・管理イベント（REST の応答、JSON Lines、JSON イベントを含むサーバーログ）",
    ),
    kinds=(*KINDS, ACCOUNTS),
    fields=(
        *fields(
            account="`details.username`, `userId`",
            target="`realmId`, `clientId`",
            start="`time` of `LOGIN`",
            end="`time` of `LOGOUT` with the same session",
            origin="`ipAddress`",
            credential="`auth_method`, `identity_provider`",
            method=Words("`remote`, told by the identity provider", "`remote`（IDプロバイダーの記録）"),
            refused="`LOGIN_ERROR` with `error`",
        ),
        *account_changes("admin events: `resourceType`, `operationType`, `resourcePath`"),
    ),
    natural_key=Words(
        "event id, else realm, type, user, session and time",
        "イベント ID、なければレルム・種類・利用者・セッション・時刻",
    ),
    cadence="PT1H",
    make=_make,
    options=_options,
)
