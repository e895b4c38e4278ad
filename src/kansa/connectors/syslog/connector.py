"""A log read by patterns, as a connector."""

from kansa.config_files.models import ConfigModel
from kansa.connectors.access.fields import KINDS, fields
from kansa.connectors.base import Source
from kansa.connectors.connector import Connector, Setup
from kansa.errors import BadInput
from kansa.texts import Words


def _make(setup: Setup) -> Source:
    from kansa.connectors.access.options import read_access_rules  # noqa: PLC0415 - models take long to load
    from kansa.connectors.syslog.options_file import SyslogOptions  # noqa: PLC0415
    from kansa.connectors.syslog.source import SyslogSource  # noqa: PLC0415

    rules, file = read_access_rules(setup.options, CONNECTOR.id, SyslogOptions, setup.name)
    if file is None:
        raise BadInput(
            "ingest.map", "`syslog` needs an options file", help="its `patterns` say what messages mean"
        )
    return SyslogSource(rules, file, setup.urn, setup.now)


def _options() -> type[ConfigModel]:
    from kansa.connectors.syslog.options_file import SyslogOptions  # noqa: PLC0415 - models take long to load

    return SyslogOptions


CONNECTOR = Connector(
    id="syslog",
    title=Words("Logs read by patterns", "パターンで読むログ"),
    reads=Words(
        "syslog and journald of any system, by patterns that say what its messages mean",
        "任意のシステムの syslog・journald（メッセージの意味をパターンで指定）",
    ),
    kinds=KINDS,
    fields=fields(
        account="group `account`",
        target="group `target`, else the host",
        start="time of the entry that fits `opened`",
        end="time of the entry that fits `closed`",
        origin="group `address`",
        credential="group `credential`",
        method=Words(
            "`direct` from the operator's own networks, `brokered` from a bastion, else `remote`",
            "事業者のネットワークからは `direct`、踏み台からは `brokered`、それ以外は `remote`",
        ),
        refused="group `reason` of an entry that fits `refused`",
    ),
    natural_key=Words(
        "host, program, account, address, session and time",
        "ホスト・プログラム・アカウント・アドレス・セッション・時刻",
    ),
    cadence="PT1H",
    make=_make,
    options=_options,
    needs_options=True,
)
