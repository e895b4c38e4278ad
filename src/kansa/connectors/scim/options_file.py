"""The options of a SCIM provider as they are written: which accounts belong to which onboarding record."""

from typing import Annotated

from pydantic import AfterValidator

from kansa.config_files.models import ConfigModel, Fault, doc, title
from kansa.config_files.values import OneOrMore, Texts
from kansa.connectors.options_file import ConnectorOptions


def _domain(values: tuple[str, ...]) -> tuple[str, ...]:
    for value in values:
        if "@" in value:
            raise Fault(f"`{value}` is no domain", "for example `kyoto.example`")
    return tuple(value.lower() for value in values)


class OwnerModel(ConfigModel):
    """Whose accounts some are."""

    model_config = title("Owner of accounts", "アカウントの所属先")
    party: str = doc(
        "the key of the end user, else of the tenant", "最終需要者（なければ契約者）のコード", example="kyoto"
    )
    system: str = doc("in whose books the key stands", "どの台帳のコードか", "party")
    organizations: Texts = doc(
        "`organization` of the enterprise extension, with `*`",
        "エンタープライズ拡張の `organization`（`*` 可）",
        (),
    )
    groups: Texts = doc("groups, with `*`", "グループ（`*` 可）", ())
    domains: Annotated[Texts, AfterValidator(_domain)] = doc(
        "domains of user names", "ユーザー名のドメイン", ()
    )
    accounts: Texts = doc("user names or external ids, with `*`", "ユーザー名または外部 ID（`*` 可）", ())

    def check(self) -> None:
        """Refuse an owner of nothing."""
        if not (self.organizations or self.groups or self.domains or self.accounts):
            self.refuse("it says no account", advice="say `organizations`, `groups`, `domains` or `accounts`")


class ScimOptions(ConnectorOptions):
    """How the accounts of an identity provider are read."""

    model_config = title("Options of a SCIM provider", "SCIM の読み方")
    owners: OneOrMore[OwnerModel] = doc(
        "whose accounts which are; the first that fits counts, an account that none fits is a finding",
        "アカウントの所属先。最初に当てはまるものを使う。どれにも当てはまらないアカウントは所見になる",
        (),
    )
    operator_accounts: Texts = doc(
        "accounts of the operator's own people and machines, with `*`: passed over",
        "事業者自身の人・機械のアカウント（`*` 可）。対象外とする",
        (),
    )
