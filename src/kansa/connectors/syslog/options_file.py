"""The options of a log read by patterns, as they are written."""

import re
from typing import Annotated, Literal

from pydantic import AfterValidator

from kansa.config_files.models import ConfigModel, Fault, doc, title
from kansa.config_files.values import Count, OneOf, OneOrMore
from kansa.connectors.access.options_file import AccessOptions

GROUPS = ("account", "address", "session", "person", "credential", "target", "reason")


def _pattern(text: str) -> str:
    try:
        groups = re.compile(text).groupindex
    except re.error as error:
        raise Fault(f"`{text}` is no regular expression: {error}") from error
    unknown = sorted(set(groups) - set(GROUPS))
    if unknown:
        raise Fault(
            f"the group `{unknown[0]}` means nothing",
            f"known are {', '.join(f'`{each}`' for each in GROUPS)}",
        )
    return text


class PatternModel(ConfigModel):
    """What one kind of message means."""

    model_config = title("Pattern", "パターン")
    means: Annotated[Literal["opened", "closed", "refused"], OneOf()] = doc(
        "what the message says: a session opened or closed, or somebody was refused",
        "メッセージの意味。セッションの開始（opened）・終了（closed）・拒否（refused）",
        example="opened",
    )
    match: Annotated[str, AfterValidator(_pattern)] = doc(
        "regular expression with the groups `account`, `address`, `session`, `person`, `credential`, `target`, `reason`",
        "正規表現。グループは `account`・`address`・`session`・`person`・`credential`・`target`・`reason`",
        example="'^user (?P<account>\\S+) logged in from (?P<address>\\S+)'",
    )
    program: str | None = doc("only of this program", "このプログラムの行だけ", None, example="openvpn")

    def check(self) -> None:
        """Refuse a pattern that names nobody, or ends nothing."""
        if not self.has("match", "means"):
            return
        groups = re.compile(self.match).groupindex
        if self.means != "closed" and "account" not in groups:
            self.refuse("the pattern has no group `account`", "match")
        if self.means == "closed" and not {"session", "account"} & set(groups):
            self.refuse("the pattern has neither a group `session` nor `account`", "match")


class SyslogOptions(AccessOptions):
    """How a log is read by patterns."""

    model_config = title("Options of a log read by patterns", "パターンで読むログの読み方")
    patterns: OneOrMore[PatternModel] = doc(
        "what messages mean; the first that fits counts",
        "メッセージの意味。最初に当てはまるものを使う",
        min_length=1,
    )
    year: Count | None = doc(
        "the year of a file's last line, where stamps have none",
        "ファイルの最終行の年（時刻に年がないとき）",
        None,
        example="2026",
    )
