"""CloudTrail, as a connector: who went into instances and the console."""

from kansa.config_files.models import ConfigModel
from kansa.connectors.access.fields import KINDS, fields
from kansa.connectors.base import Source
from kansa.connectors.connector import Connector, Setup
from kansa.texts import Words


def _make(setup: Setup) -> Source:
    from kansa.connectors.access.making import event_source  # noqa: PLC0415 - models take long to load
    from kansa.connectors.cloudtrail.events import meaning_of  # noqa: PLC0415

    return event_source(setup, CONNECTOR.id, meaning_of, wrappers=("Records", "Events"))


def _options() -> type[ConfigModel]:
    from kansa.connectors.access.options_file import AccessOptions  # noqa: PLC0415 - models take long to load

    return AccessOptions


CONNECTOR = Connector(
    id="cloudtrail",
    title=Words(
        "AWS CloudTrail: Session Manager, Instance Connect, serial console, console logins",
        "AWS CloudTrail：Session Manager・Instance Connect・シリアルコンソール・コンソールログイン",
    ),
    reads=Words(
        "CloudTrail JSON: log files, `lookup-events`, one event a line",
        "CloudTrail の JSON（ログファイル、`lookup-events`、一行に一つ）",
    ),
    kinds=KINDS,
    fields=fields(
        account="`userIdentity.arn`",
        target="`requestParameters.instanceId`, `requestParameters.target`, else the account and region",
        start="`eventTime`",
        end="`eventTime` of `TerminateSession` with the same session id",
        origin="`sourceIPAddress`",
        credential="key that was pushed, `accessKeyId`, MFA",
        method=Words(
            "`StartSession` brokered by the session manager, `SendSSHPublicKey` direct by a pushed key, `ConsoleLogin` remote",
            "`StartSession` はセッションマネージャーによる仲介、`SendSSHPublicKey` は鍵の配置による直接、`ConsoleLogin` は遠隔",
        ),
        refused="`errorCode`, `errorMessage`, `responseElements.ConsoleLogin`",
    ),
    natural_key=Words("`eventID`", "`eventID`"),
    cadence="PT1H",
    make=_make,
    options=_options,
)
