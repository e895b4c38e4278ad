"""The file of the identity provider as it is written: who issues the tokens, and which of its subjects is which person."""

from pathlib import Path
from typing import Annotated

from kansa.config_files import ProblemCollector
from kansa.config_files.models import ConfigModel, doc, read_model, title
from kansa.config_files.values import FilePath, OneOf, OneOrMore
from kansa.interfaces.web.oidc import ALGORITHMS, Provider


class PersonModel(ConfigModel):
    """One person of the ledger, as the provider knows them."""

    model_config = title("Person", "担当者")
    person: str = doc("the person, by id or name", "担当者の ID または氏名", example="Ken Ito")
    subject: str = doc(
        "the provider's `sub` of this person", "認証基盤での担当者の識別子（`sub`）", example="a1b2c3"
    )


class IdentityFile(ConfigModel):
    """How people sign in through an identity provider (OpenID Connect, code flow with PKCE)."""

    model_config = title("Identity provider", "認証基盤")
    issuer: str = doc("the provider's issuer", "認証基盤の発行者", example="https://idp.example")
    client: str = doc("our client id there", "認証基盤でのクライアント ID", example="kansa-web")
    secret: FilePath | None = doc(
        "the file of our client secret, from this file's folder; without it PKCE alone is used",
        "クライアントシークレットのファイル（このファイルのフォルダーから）。省けば PKCE のみ",
        None,
    )
    algorithms: OneOrMore[Annotated[str, OneOf(lambda: ALGORITHMS)]] = doc(
        "the signature algorithms of ID tokens that count", "認める ID トークンの署名アルゴリズム", ("RS256",)
    )
    people: OneOrMore[PersonModel] = doc("who is who", "担当者と識別子の対応", ())

    def check(self) -> None:
        """Refuse a subject that would be two persons."""
        seen: set[str] = set()
        for each in self.people:
            if each.subject in seen:
                each.refuse(
                    f"`{each.subject}` is another person already", "subject", "give each person their own"
                )
            seen.add(each.subject)


def read_identity(path: Path) -> Provider:
    """Read a file of an identity provider.

    Raises:
        BadInput: `web.identity`, with everything that is wrong.
    """
    sink = ProblemCollector(str(path), "web.identity")
    file = read_model(path, IdentityFile, sink)
    secret = None
    if file.secret is not None and file.has("secret"):
        try:
            secret = (path.parent / file.secret).read_text("utf-8").strip()
        except OSError as error:
            file.refuse(f"`{file.secret}` cannot be read: {error.strerror}", "secret")
    sink.settle("the identity provider")
    people = {each.subject: each.person for each in file.people}
    return Provider(file.issuer.rstrip("/"), file.client, secret, tuple(file.algorithms), people)
