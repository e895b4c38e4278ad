"""What each connector reads and records, as pages in both languages, written by `tools/generate-docs`."""

from collections.abc import Iterable, Iterator, Sequence

from kansa.connectors.connector import Connector
from kansa.texts import LANGUAGES, Language, Words

_OTHER = {"en": ("ja", "日本語"), "ja": ("en", "English")}
_READS = Words("Reads: {}.", "読み取るもの：{}。")
_KEY = Words("Unique by: {}.", "一意にするもの：{}。")
_CADENCE = Words("Usually reports every `{}`.", "通常の報告間隔：`{}`。")
_OPTIONS = Words(
    "Options file: `kansa schema {}` prints its JSON Schema.",
    "オプションファイル：`kansa schema {}` が JSON Schema を出力します。",
)
_MAPPED = Words(
    "Which fields become what, the mapping says.", "どの列がどの項目になるかは、マッピングで指定します。"
)
_HEAD = Words("| in the source | in the record | how |", "| 情報源の項目 | 証跡の項目 | 読み取り方 |")
_TITLE = Words("Connectors", "コネクター")
_LIST_HEAD = Words("| id | reads | records |", "| ID | 読み取るもの | 記録する証跡 |")
_LIST_INTRO = Words(
    "`kansa ingest ID PATH…` reads files, `kansa collect` fetches and follows them. Each page lists which field of the "
    "source becomes which field of a record.",
    "`kansa ingest ID PATH…` はファイルを読み取り、`kansa collect` は取得・追跡します。各ページに、情報源のどの項目が証跡のどの項目になるかを"
    "示します。",
)
_ANY = Words("any kind", "任意の種別")


def pages(connectors: Sequence[Connector]) -> Iterator[tuple[str, str]]:
    """Yield every page's name and text: an index and one page a connector, in both languages."""
    for language in LANGUAGES:
        yield f"index{_suffix(language)}", _index(connectors, language)
        for each in connectors:
            yield f"{each.id}{_suffix(language)}", _page(each, language)


def _suffix(language: Language) -> str:
    return ".md" if language == "en" else f".{language}.md"


def _index(connectors: Iterable[Connector], language: Language) -> str:
    rows = [
        f"| [`{each.id}`]({each.id}{_suffix(language)}) | {each.reads.in_(language)} | {_kinds(each, language)} |"
        for each in connectors
    ]
    table = "\n".join([_LIST_HEAD.in_(language), "|---|---|---|", *rows])
    return _document(_TITLE.in_(language), "index", [_LIST_INTRO.in_(language), table], language)


def _kinds(connector: Connector, language: Language) -> str:
    names = [f"`{_short(each)}`" for each in connector.kinds]
    return ", ".join(names) or _ANY.in_(language)


def _short(kind: str) -> str:
    return kind.removeprefix("kansa.").removesuffix(".v0")


def _page(connector: Connector, language: Language) -> str:
    parts = [
        _READS.in_(language).format(connector.reads.in_(language)),
        _KEY.in_(language).format(connector.natural_key.in_(language)),
    ]
    parts += [_CADENCE.in_(language).format(connector.cadence)] if connector.cadence else []
    if connector.options is not None:
        parts.append(_OPTIONS.in_(language).format("mapping" if connector.id == "table" else connector.id))
    rows = [f"| {each.read} | `{each.record}` | {each.said.in_(language)} |" for each in connector.fields]
    table = "\n".join([_HEAD.in_(language), "|---|---|---|", *rows])
    parts.append(table if rows else _MAPPED.in_(language))
    return _document(connector.title.in_(language), connector.id, parts, language)


def _document(title: str, name: str, parts: Iterable[str], language: Language) -> str:
    other, called = _OTHER[language]
    link = f"*[{called}]({name}{_suffix('ja' if other == 'ja' else 'en')})*"
    return "\n\n".join([f"# {title}", link, *parts]) + "\n"
