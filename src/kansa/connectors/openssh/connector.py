"""OpenSSH's log, as a connector."""

from kansa.config_files.models import ConfigModel
from kansa.connectors.access.fields import KINDS, fields
from kansa.connectors.base import Source
from kansa.connectors.connector import Connector, Setup
from kansa.texts import Words


def _make(setup: Setup) -> Source:
    from kansa.connectors.access.options import read_access_rules  # noqa: PLC0415 - models take long to load
    from kansa.connectors.openssh.options_file import OpenSshOptions  # noqa: PLC0415
    from kansa.connectors.openssh.source import OpenSshSource  # noqa: PLC0415

    rules, file = read_access_rules(setup.options, CONNECTOR.id, OpenSshOptions, setup.name)
    return OpenSshSource(rules, setup.urn, file.year if file is not None else None, setup.now)


def _options() -> type[ConfigModel]:
    from kansa.connectors.openssh.options_file import OpenSshOptions  # noqa: PLC0415 - models take long to load

    return OpenSshOptions


CONNECTOR = Connector(
    id="openssh",
    title=Words("OpenSSH", "OpenSSH"),
    reads=Words(
        "sshd's log (7 to 10) in syslog, `journalctl -o json` or `-o export`, rotated and packed files as well",
        "sshd のログ（7〜10）。syslog、`journalctl -o json`・`-o export`。ローテーション・圧縮されたファイルも可",
    ),
    kinds=KINDS,
    fields=fields(
        account="`Accepted … for ACCOUNT`",
        target="host of the entry",
        start="time of `Accepted …`",
        end="`Disconnected from …`, `Connection closed by …`, `session closed …`",
        origin="`… from ADDRESS port …`",
        credential="`… ssh2: ED25519 SHA256:… ID …`",
        method=Words(
            "`direct` from the operator's own networks, `brokered` from a bastion, else `remote`",
            "事業者のネットワークからは `direct`、踏み台からは `brokered`、それ以外は `remote`",
        ),
        refused="`Failed …`, `Invalid user …`, `not allowed because …`",
    ),
    natural_key=Words("host, address, port and time of the login", "ホスト・アドレス・ポート・ログイン時刻"),
    cadence="PT1H",
    make=_make,
    options=_options,
)
