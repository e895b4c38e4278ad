"""SCIM, as a connector: saved answers, and a provider that is asked page by page."""

import json
from collections.abc import Iterator

from kansa.config_files.models import ConfigModel
from kansa.connectors.base import Source
from kansa.connectors.connector import Connector, Fetched, FieldRow, Get, Setup
from kansa.errors import BadInput
from kansa.texts import Words

PAGE = 200
MOST_PAGES = 10_000


def _make(setup: Setup) -> Source:
    from kansa.config_files import ProblemCollector  # noqa: PLC0415 - models take long to load
    from kansa.config_files.models import read_model  # noqa: PLC0415
    from kansa.connectors.scim.options_file import ScimOptions  # noqa: PLC0415
    from kansa.connectors.scim.source import ScimSource  # noqa: PLC0415

    if setup.options is None:
        raise BadInput(
            "ingest.map", "`scim` needs an options file", help="its `owners` say whose accounts which are"
        )
    sink = ProblemCollector(str(setup.options), "scim.options")
    options = read_model(setup.options, ScimOptions, sink)
    sink.settle("the options")
    return ScimSource(options, setup.urn, setup.name or CONNECTOR.id)


def _options() -> type[ConfigModel]:
    from kansa.connectors.scim.options_file import ScimOptions  # noqa: PLC0415 - models take long to load

    return ScimOptions


def _pull(get: Get, address: str) -> Iterator[Fetched]:
    """Ask for all users and groups, page by page (RFC 7644, 3.4.2.4)."""
    for kind in ("Users", "Groups"):
        start = 1
        for page in range(MOST_PAGES):
            content = get(f"{address.rstrip('/')}/{kind}?startIndex={start}&count={PAGE}")
            yield Fetched(f"{kind.lower()}-{page + 1}.json", content)
            try:
                told = json.loads(content)
                total, given = int(told["totalResults"]), len(told.get("Resources", ()))
            except (ValueError, KeyError, TypeError) as error:
                raise BadInput(
                    "scim.answer", f"the answer to `{kind}` is no list of resources: {error}"
                ) from error
            start += given
            if not given or start > total:
                break


def _row(read: str, name: str, en: str, ja: str) -> FieldRow:
    return FieldRow(read, f"account.observed.{name}", Words(en, ja))


CONNECTOR = Connector(
    id="scim",
    title=Words("SCIM: accounts of an identity provider", "SCIM：IDプロバイダーのアカウント"),
    reads=Words(
        "users and groups (RFC 7643), one by one or in list answers; a provider over HTTP",
        "ユーザーとグループ（RFC 7643）。一件ずつ、または一覧の応答。HTTP での取得も可",
    ),
    kinds=("kansa.account.observed.v0",),
    fields=(
        _row("`id`", "account_id", "one account a provider and id", "プロバイダーと ID ごとに一つのアカウント"),
        _row("`organization`, groups, domain, `externalId`", "party_id", "by `owners` of the options; null is a finding", "オプションの `owners` による。null は所見"),
        _row("`userName`", "user_name", "sealed; sessions find the account by it", "封印。セッションはこの名前でアカウントを探す"),
        _row("`externalId`", "external_id", "sealed", "封印"),
        _row("`displayName`, `name.formatted`", "person", "sealed", "封印"),
        _row("`organization` of the enterprise extension", "organization", "sealed", "封印"),
        _row("groups and their members", "groups", "sealed", "封印"),
        _row("`meta.created`", "valid_from", "the beginning", "始まり"),
        _row("`active`, `meta.lastModified`", "valid_to", "when it was switched off", "無効になった時刻"),
    ),
    natural_key=Words("provider and `id`", "プロバイダーと `id`"),
    cadence="P1D",
    make=_make,
    options=_options,
    needs_options=True,
    pull=_pull,
)  # fmt: skip
