"""The rows of a source's table of fields that all sources of access share."""

from kansa.connectors.access.observed import REFUSED, SESSION
from kansa.connectors.connector import FieldRow
from kansa.texts import Words

KINDS = (SESSION, REFUSED)
_SHORT = "access_path.session"


def fields(
    *,
    account: str,
    target: str,
    start: str,
    end: str,
    origin: str,
    credential: str,
    method: Words,
    refused: str,
) -> tuple[FieldRow, ...]:
    """Return the rows, from where the system writes each."""
    told = (
        (account, "account", Words("as written, sealed", "そのまま（封印）")),
        (account, "path_id", Words("by `paths` of the options; tenant and end user as approved", "オプションの `paths` による。契約者と最終需要者は承認のとおり")),
        (f"{account}, {credential}", "person", Words("by `persons` of the options, else as the system names the person; sealed", "オプションの `persons`、なければシステムが示す人（封印）")),
        (target, "target", Words("as written, sealed", "そのまま（封印）")),
        (target, "unit", Words("the node of that host name, where it is known", "そのホスト名のノード（わかる場合）")),
        (start, "valid_from", Words("the beginning", "始まり")),
        (end, "valid_to", Words("the end; null where none was seen", "終わり。見られなければ null")),
        (origin, "origin", Words("the address, sealed", "アドレス（封印）")),
        (origin, "origin_country", Words("by `countries` of the options, sealed", "オプションの `countries` による（封印）")),
        (credential, "credential", Words("key fingerprint or kind of proof, sealed", "鍵のフィンガープリントまたは認証方式（封印）")),
        (origin, "method", method),
    )  # fmt: skip
    return (
        *(FieldRow(read, f"{_SHORT}.{name}", said) for read, name, said in told),
        FieldRow(
            refused,
            "access_path.refused.reason",
            Words("why it was refused, sealed", "拒否された理由（封印）"),
        ),
    )


ACCOUNTS = "kansa.account.changed.v0"


def account_changes(read: str) -> tuple[FieldRow, ...]:
    """Return the rows of a system that also says how accounts change."""
    return (
        FieldRow(read, "account.changed.what", Words("what was changed", "変更の内容")),
        FieldRow(read, "account.changed.by", Words("who changed it, sealed", "変更した人（封印）")),
        FieldRow(read, "account.changed.valid_from", Words("when", "時刻")),
    )
