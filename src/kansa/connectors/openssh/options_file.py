"""The options of OpenSSH's log as they are written."""

from kansa.config_files.models import doc, title
from kansa.config_files.values import Count
from kansa.connectors.access.options_file import AccessOptions


class OpenSshOptions(AccessOptions):
    """How sshd's log is read."""

    model_config = title("Options of OpenSSH's log", "OpenSSH のログの読み方")
    year: Count | None = doc(
        "the year of a file's last line, where stamps have none and the file's own date is not that of its writing",
        "ファイルの最終行の年。時刻に年がなく、ファイルの日付が書かれた日と違うときに指定",
        None,
        example="2026",
    )
