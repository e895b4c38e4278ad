"""The placement and telemetry schema: every field of the kinds that say what is where, held by whom, and which source fills it.

One schema for physical and logical placement, whatever the system: the kinds are those of `kansa.records.kinds`, their JSON
Schemas lie in docs/schemas. `tools/generate-docs` writes the page in both languages.
"""

from collections.abc import Iterable, Iterator, Sequence

from kansa.connectors.connector import Connector
from kansa.records.catalogue import KINDS, Kind
from kansa.texts import LANGUAGES, Language, Words

PHYSICAL = (
    "site.registered",
    "site.power",
    "device.identified",
    "device.named",
    "device.moved",
    "device.move_withdrawn",
    "device.observed",
    "device.attested",
    "device.located",
)
LOGICAL = ("workload.placed", "workload.shifted", "workload.ended", "access_path.session")
COVERAGE = ("source.reported", "report.verified")

ALL_SOURCES = frozenset(
    {"valid_from", "valid_to", "known_by", "inferred_from", "corrects", "introduces", "note"}
)
"""Fields of every record: when, how known, what it corrects, which keys it introduces."""

_TITLE = Words(
    "Placement and telemetry: which source fills which field",
    "配置とテレメトリー：どの情報源がどの項目を埋めるか",
)
_INTRO = Words(
    "One schema for where devices stand and what runs on them, whatever system says it. Every record also has `valid_from`, "
    "`valid_to`, `known_by`, and where they apply `inferred_from`, `corrects`, `introduces`. A field that only tables fill is "
    "marked `table`: a [mapping](../table.md) can fill any field of any kind.",
    "機器の所在とそこで動くものを、どのシステムの情報でも一つのスキーマで表します。すべての証跡には `valid_from`、`valid_to`、`known_by` があり、"
    "該当する場合は `inferred_from`、`corrects`、`introduces` もあります。`table` とある項目を埋めるのは表だけです。"
    "[マッピング](../table.ja.md)は、どの種別のどの項目も埋められます。",
)
_PARTS = (
    (Words("Physical placement", "物理的な配置"), PHYSICAL),
    (Words("Logical placement", "論理的な配置"), LOGICAL),
    (Words("What was covered and verified", "報告の範囲と検証"), COVERAGE),
)
_HEAD = Words("| field | open or sealed | filled by |", "| 項目 | 公開・封印 | 情報源 |")
_SEALED = Words("sealed", "封印")
_OPEN = Words("open", "公開")
_SCHEMA = Words("JSON Schema: [{0}](../../schemas/{0}.json)", "JSON Schema：[{0}](../../schemas/{0}.json)")
_OTHER: dict[Language, tuple[Language, str]] = {"en": ("ja", "日本語"), "ja": ("en", "English")}


def fills(connectors: Iterable[Connector]) -> dict[str, tuple[str, ...]]:
    """Return the connectors that fill each field, by `kind.field`, in order of their ids."""
    found: dict[str, dict[str, None]] = {}
    for each in sorted(connectors, key=lambda connector: connector.id):
        for row in each.fields:
            found.setdefault(row.record, {})[each.id] = None
    return {field: tuple(ids) for field, ids in found.items()}


def pages(connectors: Sequence[Connector]) -> Iterator[tuple[str, str]]:
    """Yield the page's name and text, in both languages."""
    for language in LANGUAGES:
        yield _name(language), "\n".join(_page(connectors, language)) + "\n"


def _name(language: Language) -> str:
    return "schema.md" if language == "en" else f"schema.{language}.md"


def _page(connectors: Sequence[Connector], language: Language) -> Iterator[str]:
    other, word = _OTHER[language]
    filled = fills(connectors)
    yield f"# {_TITLE.in_(language)}"
    yield ""
    yield f"*[{word}]({_name(other)})*"
    yield ""
    yield _INTRO.in_(language)
    for title, kinds in _PARTS:
        yield ""
        yield f"## {title.in_(language)}"
        for short in kinds:
            kind = KINDS.get(f"kansa.{short}.v0")
            if kind is not None:
                yield from _kind(kind, short, filled, language)


def _kind(kind: Kind, short: str, filled: dict[str, tuple[str, ...]], language: Language) -> Iterator[str]:
    yield ""
    yield f"### `{short}`"
    yield ""
    yield _SCHEMA.in_(language).format(kind.type)
    yield ""
    yield _HEAD.in_(language)
    yield "|---|---|---|"
    for name in kind.struct.__struct_fields__:
        if name in ALL_SOURCES:
            continue
        ids = filled.get(f"{short}.{name}", ())
        told = (
            ", ".join(f"[{each}]({each}{'' if language == 'en' else '.ja'}.md)" for each in ids) or "`table`"
        )
        sealed = (_SEALED if name in kind.sealed else _OPEN).in_(language)
        yield f"| `{name}` | {sealed} | {told} |"
