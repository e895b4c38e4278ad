"""The file of sources as it is written: what is collected, how, how often, and who answers for silence."""

import os
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator

from kansa.clock import parse_duration
from kansa.config_files import ProblemCollector
from kansa.config_files.models import ConfigModel, Fault, doc, read_model, title
from kansa.config_files.values import FilePath, OneOrMore
from kansa.connectors.registry import connector_ids, connector_named
from kansa.connectors.table.mapping_file import SourceName
from kansa.errors import BadInput


def _duration(text: str) -> str:
    try:
        length = parse_duration(text)
    except ValueError as error:
        raise Fault(str(error), "for example `PT5M`, `PT1H` or `P1D`") from error
    if length <= 0:
        raise Fault(f"`{text}` is no time at all", "for example `PT5M`, `PT1H` or `P1D`")
    return text


def _address(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme not in {"https", "http"} or not parts.hostname:
        raise Fault(f"`{text}` is no address of HTTP", "for example `https://idp.example/scim/v2`")
    if parts.username or parts.password:
        raise Fault(
            "an address holds no credentials",
            "say `bearer` or `user` and `password`, from a file or the environment",
        )
    return text


def _connector(text: str) -> str:
    if text not in connector_ids():
        raise Fault(
            f"no connector `{text}` is installed",
            f"installed are {', '.join(f'`{each}`' for each in connector_ids())}",
        )
    return text


Duration = Annotated[str, AfterValidator(_duration)]


class SecretModel(ConfigModel):
    """A secret, from a file or the environment; never written here."""

    model_config = title("Secret", "秘密")
    file: FilePath | None = doc("the file that holds it, alone", "秘密だけを含むファイル", None)
    env: str | None = doc(
        "the variable of the environment that holds it", "秘密を含む環境変数", None, example="SCIM_TOKEN"
    )

    def check(self) -> None:
        """Refuse both and neither."""
        if self.given("file") == self.given("env"):
            self.refuse("say either `file` or `env`")

    def read(self, folder: Path) -> str:
        """Return the secret.

        Raises:
            BadInput: `collect.secret`, if it is not there or empty.
        """
        try:
            found = (
                os.environ.get(self.env or "", "")
                if self.file is None
                else (folder / self.file).read_text("utf-8")
            )
        except (OSError, UnicodeDecodeError) as error:
            raise BadInput(
                "collect.secret", f"the secret in `{self.file}` cannot be read: {error}"
            ) from error
        if not found.strip():
            raise BadInput("collect.secret", f"the secret in `{self.env or self.file}` is empty")
        return found.strip()


class PullModel(ConfigModel):
    """A system that is asked over HTTP."""

    model_config = title("Pull", "取得")
    url: Annotated[str, AfterValidator(_address)] = doc(
        "the address; `{since}` stands for the time of the last answer",
        "アドレス。`{since}` は前回の取得時刻",
        example="https://idp.example/scim/v2",
    )
    bearer: SecretModel | None = doc("a token", "トークン", None)
    user: str | None = doc("the user of basic authentication", "Basic 認証のユーザー", None)
    password: SecretModel | None = doc("their password", "そのパスワード", None)
    ca: FilePath | None = doc(
        "the authority that vouches for the system's certificate (PEM)", "証明書を保証する認証局（PEM）", None
    )

    def check(self) -> None:
        """Refuse half a pair."""
        if self.given("user") != self.given("password"):
            self.refuse("`user` and `password` come together")


class ExpectedModel(ConfigModel):
    """When silence becomes a finding."""

    model_config = title("Expected", "想定される報告")
    every: Duration = doc(
        "at least how often the source reports", "少なくともこの間隔で報告がある", example="PT1H"
    )
    grace: Duration = doc("what is waited beyond that", "さらに待つ時間", "PT1H")
    answers: str | None = doc(
        "who answers for silence", "途絶えたときの担当", None, example="sre@operator.example"
    )


class SourceModel(ConfigModel):
    """One source."""

    model_config = title("Source", "情報源")
    name: SourceName = doc(
        "the source's name, in this file and in records",
        "情報源の名前（このファイルと証跡で共通）",
        example="openssh-tokyo",
    )
    connector: Annotated[str, AfterValidator(_connector)] = doc(
        "which connector reads it", "読み取るコネクター", example="openssh"
    )
    options: FilePath | None = doc(
        "the connector's options, from this file's folder",
        "コネクターのオプションファイル（このファイルのフォルダーから）",
        None,
    )
    every: Duration = doc("how often it is collected", "収集の間隔", "PT5M")
    follow: FilePath | None = doc(
        "a log that grows and is rotated", "追記・ローテーションされるログ", None, example="/var/log/auth.log"
    )
    folder: FilePath | None = doc(
        "a folder into which files are dropped", "ファイルが置かれるフォルダー", None
    )
    pull: PullModel | None = doc("a system that is asked over HTTP", "HTTP で問い合わせるシステム", None)
    push: str | None = doc(
        "the caller who sends it to `kansa serve`", "`kansa serve` に送ってくる呼び出し元", None
    )
    expected: ExpectedModel | None = doc("when silence becomes a finding", "途絶えが所見になる条件", None)

    def check(self) -> None:
        """Refuse a source that comes by no way, or by two."""
        ways = [way for way in ("follow", "folder", "pull", "push") if self.given(way)]
        if len(ways) != 1:
            self.refuse(
                "a source comes by one of `follow`, `folder`, `pull`, `push`", ways[1] if ways else ()
            )
        if (
            self.has("connector")
            and connector_named(self.connector).needs_options
            and not self.given("options")
        ):
            self.refuse(
                f"`{self.connector}` needs an options file",
                advice=f"say `options`; `kansa schema {self.connector}` says what is in it",
            )


class SourcesFile(ConfigModel):
    """What is collected."""

    model_config = title("Sources", "収集する情報源")
    sources: OneOrMore[SourceModel] = doc("the sources", "情報源", min_length=1)

    def check(self) -> None:
        """Refuse a name that stands twice."""
        seen: set[str] = set()
        for number, each in enumerate(self.sources):
            if each.has("name") and each.name in seen:
                self.refuse(f"the name `{each.name}` stands twice", ("sources", str(number)))
            seen.add(each.name)


def read_sources(path: Path) -> SourcesFile:
    """Read a file of sources.

    Raises:
        BadInput: `collect.sources`, with everything that is wrong.
    """
    sink = ProblemCollector(str(path), "collect.sources")
    file = read_model(path, SourcesFile, sink)
    sink.settle("the sources")
    return file
