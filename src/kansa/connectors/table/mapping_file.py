"""The mapping file as it is written: models with a description of every field. Reference: docs/sources/table.md."""

import re
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Discriminator, Field, Tag, WithJsonSchema

from kansa import ids
from kansa.config_files import known
from kansa.config_files.models import ConfigModel, Fault, Located, doc, one_of, title
from kansa.config_files.values import Number, OneOf, OneOrMore, Plain, Texts, Zone
from kansa.connectors.formats.lines import is_encoding
from kansa.connectors.table.cells import MAX_KEY
from kansa.records import catalogue
from kansa.records.catalogue import Kind

CONTENT = "content"
MAX_SOURCE = 100
NAME = re.compile(r"[a-z0-9][a-z0-9._-]*(:[a-z0-9][a-z0-9._-]*)*")

_PREFIX, _VERSION = "kansa.", ".v0"


def _is_name(value: str) -> str:
    if not NAME.fullmatch(value):
        raise Fault(f"`{value}` is not lower-case words of letters, digits, `.`, `_`, `-`")
    return value


SourceName = Annotated[str, Field(max_length=MAX_SOURCE), AfterValidator(_is_name)]


def kind_named(name: str) -> Kind | None:
    """Return the kind of record of a full or a short name."""
    return catalogue.kind_named(name) or catalogue.kind_named(f"{_PREFIX}{name}{_VERSION}")


def _kind(value: Any) -> str:
    if not isinstance(value, str):
        raise Fault("must be a text", structural=True)
    if kind_named(value) is None:
        raise Fault(f"the kind `{value}` is not known", known(value, _SHORT), structural=True)
    return value


_SHORT = [name.removeprefix(_PREFIX).removesuffix(_VERSION) for name in catalogue.KINDS]
KindName = Annotated[
    str, BeforeValidator(_kind), WithJsonSchema({"type": "string", "enum": [*_SHORT, *catalogue.KINDS]})
]


def _encoding(value: str) -> str:
    if not is_encoding(value):
        raise Fault(f"the encoding `{value}` is not known", "say for example `utf-8`, `cp932` or `utf-16`")
    return value


def _delimiter(value: str) -> str:
    if len(value) != 1 or value in '"\r\n\0':
        raise Fault(
            "must be one character, and no quote or line break", 'for example `;`, or `"\\t"` for a tab'
        )
    return value


def _distinct(value: tuple[str, ...]) -> tuple[str, ...]:
    if len(set(value)) != len(value):
        raise Fault("a column is named twice")
    return value


def _progress(value: Any) -> bool | str:
    if not isinstance(value, bool) and value != "both_ways":
        raise Fault("must be `true`, `false` or `both_ways`", structural=True)
    return value  # type: ignore[no-any-return] # one of the three


def _key(value: str) -> str:
    if not 0 < len(value.strip()) <= MAX_KEY:
        raise Fault(f"must have from 1 to {MAX_KEY:,} characters")
    return value


class KindByColumn(ConfigModel):
    """The kind of each row, by a column."""

    model_config = title("Kind by column", "列による種別")
    column: str = doc("the column whose text decides", "種別を決める列")
    values: dict[str, KindName] = doc(
        "text in the column → kind; another text is quarantined", "列の値 → 種別。ほかの値は隔離されます"
    )


class ColumnField(ConfigModel):
    """A field from a column."""

    model_config = title("Field from a column", "列から取る項目")
    column: str = doc(
        "the column; in Parquet and JSON Lines also a path, `spec.node.name`",
        "列の名前。Parquet と JSON Lines では `spec.node.name` のような経路も可",
        example="since",
    )
    as_: (
        Annotated[Literal["text", "integer", "decimal_scaled", "time", "date", "flag", "list"], OneOf()]
        | None
    ) = doc(
        "how the cell is read, if not as the kind has it", "セルの読み方。省けば種別の定義に従います", None
    )
    values: dict[str, Plain] | None = doc(
        "a table that translates the cell's text; a text that is not in it is quarantined",
        "セルの値の読み替え表。表にない値は隔離されます",
        None,
    )
    default: Plain = doc("the value where the cell is empty", "セルが空のときの値", None)
    required: bool = doc(
        "`true`: an empty cell is quarantined", "`true` なら空のセルは隔離されます", default=False
    )
    split: str | None = doc("the separator of a `list`", "`list` の区切り", None, example=";")
    multiply: Number | None = doc(
        "of a number: what it is multiplied by, exactly; the result must be whole",
        "数に掛ける倍率。結果は整数でなければなりません",
        None,
        example="1000",
    )
    zone: Zone | None = doc("the zone of this column", "この列の時間帯", None)
    pattern: str | None = doc(
        "how a `time` or `date` is written, as for `strptime`; without it ISO 8601",
        "`time`・`date` の書式（`strptime` と同じ）。省けば ISO 8601",
        None,
        example="%d.%m.%Y",
    )
    epoch: Annotated[Literal["seconds", "milliseconds", "microseconds"], OneOf()] | None = doc(
        "the unit of a `time` that is a number", "数で書かれた `time` の単位", None
    )
    since: str | None = doc(
        "the time from which `epoch` counts, if not 1970", "`epoch` の起点。省けば 1970 年", None
    )
    inclusive: bool = doc(
        "of a `date`: `true` if it is a last day, which ends at the next midnight",
        "`date` が最終日を表すなら `true`。翌日の 0 時に終わります",
        default=False,
    )


class ConstantField(ConfigModel):
    """A field with a constant."""

    model_config = title("Field with a constant", "定数の項目")
    value: Plain = doc(
        "text, whole number, truth value, list or object; a time in the mapping's zone",
        "文字列・整数・真偽値・リスト・オブジェクト。時刻はマッピングの時間帯で読みます",
    )


class SubjectField(ConfigModel):
    """A field that names a subject by its key in the books of a system."""

    model_config = title("Field that names a subject", "対象を指す項目", one_of("column", "key"))
    id: Annotated[str, OneOf(lambda: sorted(ids.PREFIXES))] = doc(
        "the kind of subject", "対象の種類", example="party"
    )
    system: str = doc("in whose books the key stands", "どのシステムの台帳にある鍵か", example="crm")
    column: Texts | None = doc(
        "the column of the key; several are joined by `/`", "鍵の列。複数なら `/` で連結", None
    )
    key: Annotated[str, AfterValidator(_key)] | None = doc("or a constant key", "または定数の鍵", None)
    existing: bool = doc(
        "`true`: a key that nobody introduced is quarantined",
        "`true` なら未登録の鍵は隔離されます",
        default=False,
    )
    required: bool = doc(
        "`true`: an empty cell is quarantined", "`true` なら空のセルは隔離されます", default=False
    )
    split: str | None = doc(
        "the separator, where the kind's field is a list of subjects", "対象のリストである項目の区切り", None
    )

    def check(self) -> None:
        """Refuse both or neither of `column` and `key`."""
        either(self)


class ObjectField(ConfigModel):
    """A field that is an object of other fields."""

    model_config = title("Field that is an object", "オブジェクトの項目")
    object_: dict[str, "FieldModel"] = doc(
        "the object's fields; empty ones are left out", "オブジェクトの項目。空のものは省かれます"
    )
    listed: bool = doc(
        "`true` where the kind has a list: a list of this one object",
        "種別の定義がリストなら `true`。このオブジェクト一つのリストになります",
        default=False,
    )


WAYS = ("column", "value", "id", "object")


def _ways(value: Any) -> list[str]:
    if not isinstance(value, Located):
        return []
    return [way for way in WAYS if way in value and (way != "column" or "id" not in value)]


def _one_way(value: Any) -> Any:
    if isinstance(value, Located) and len(_ways(value)) != 1:
        raise Fault("needs exactly one of `column`, `value`, `id` and `object`", structural=True)
    return value


FieldModel = Annotated[
    Annotated[ColumnField, Tag("column")]
    | Annotated[ConstantField, Tag("value")]
    | Annotated[SubjectField, Tag("id")]
    | Annotated[ObjectField, Tag("object")],
    Discriminator(lambda value: next(iter(_ways(value)), "column")),
    BeforeValidator(_one_way),
]
"""One of the four forms, by the name that only it has."""

ObjectField.model_rebuild()


class RowTest(ConfigModel):
    """Whether a row's column has one of some values."""

    model_config = title("Rows passed over", "読み飛ばす行")
    column: str = doc("the column", "列", example="state")
    in_: Texts = doc("the values, as text", "値（文字列）", example="[draft]")
    reason: str | None = doc(
        "under which words the rows are counted", "読み飛ばした行を数えるときの見出し", None
    )


class FurtherKeyModel(ConfigModel):
    """Another key under which a row's subject is known."""

    model_config = title("Further key", "別の鍵")
    field: str = doc("the field that names the subject", "対象を指す項目", example="path_id")
    system: str = doc(
        "in whose books the further key stands", "別の鍵がどのシステムの台帳にあるか", example="crm"
    )
    column: Texts = doc(
        "the column or columns of the key; where one is empty, there is none",
        "鍵の列（複数可）。いずれかが空なら鍵はありません",
        example="account",
    )


class ScopeModel(ConfigModel):
    """A subject for which a window speaks."""

    model_config = title("Scope of a window", "期間の対象範囲", one_of("column", "key"))
    system: str = doc("in whose books the key stands", "どのシステムの台帳にある鍵か", example="site")
    key: str | None = doc("the key", "鍵", None)
    column: str | None = doc(
        "or the column whose keys are meant, all that occur", "または鍵の列。現れるすべての鍵を指します", None
    )

    def check(self) -> None:
        """Refuse both or neither of `column` and `key`."""
        either(self)


def either(model: ConfigModel) -> None:
    """Refuse a model with both or neither of `column` and `key`."""
    if model.given("column") == model.given("key"):
        model.refuse("needs either `column` or `key`", structural=True)


Bound = Annotated[
    Annotated[str, Tag("text")] | Annotated[ColumnField, Tag("column")],
    Discriminator(lambda value: "column" if isinstance(value, dict) else "text"),
]
"""A time or a day, or the column whose earliest or latest time it is."""


class WindowModel(ConfigModel):
    """The time that the files report on in full."""

    model_config = title("Window", "期間")
    from_: Bound = doc(
        "the beginning: a time, a day, or a column whose earliest time it is",
        "始まり。時刻・日付、または列（その最も早い時刻）",
        example="2026-04-01",
    )
    to: Bound = doc(
        "the end, not included; of a column the latest time",
        "終わり（含まない）。列ならその最も遅い時刻",
        example="2026-05-01",
    )
    scope: OneOrMore[ScopeModel] = doc(
        "for which sites, nodes or devices the source speaks", "どの拠点・ノード・機器についての期間か",
        example="{system: site, key: tokyo}",
    )  # fmt: skip


_Kind = Annotated[
    Annotated[KindName, Tag("text")] | Annotated[KindByColumn, Tag("by_column")],
    Discriminator(lambda value: "by_column" if isinstance(value, dict) else "text"),
]


class MappingFile(ConfigModel):
    """How the rows of a table become records."""

    model_config = title("Mapping of a table", "表のマッピング")
    source: SourceName = doc(
        "the source's name in records: lower-case letters, digits, `.`, `_`, `-`",
        "証跡に残る出典の名前。英小文字・数字・`.`・`_`・`-`",
        example="crm",
    )
    kind: _Kind = doc("the kind of record that a row is, or by a column", "行がどの種別の証跡か。列で決めるなら `{column, values}`", example="party.registered")  # fmt: skip
    natural_key: Texts = doc(
        "the column or columns that make a row unique within the source, or `content`",
        "出典のなかで行を一意に決める列（複数可）。または `content`",
        example="[code]",
    )
    fields: dict[str, FieldModel] = doc(
        "from where each field of the kind comes", "種別の各項目をどこから取るか"
    )
    zone: Zone | None = doc(
        "IANA name of the zone of stamps without an offset, and of days",
        "時差の付かない時刻と日付の時間帯（IANA 名）",
        None,
        example="Asia/Tokyo",
    )
    format: Annotated[Literal["csv", "xlsx", "parquet", "jsonl"], OneOf()] | None = doc(
        "the file's format, if its extension does not say it",
        "ファイルの形式。省けば拡張子で決まります",
        None,
    )
    delimiter: Annotated[str, AfterValidator(_delimiter)] | None = doc(
        "the delimiter of a CSV file; else `,`, or a tab for `.tsv`",
        "CSV の区切り。省けば `,`（`.tsv` はタブ）",
        None,
    )
    encoding: Annotated[str, AfterValidator(_encoding)] = doc(
        "of a CSV or JSON Lines file", "CSV・JSON Lines の文字コード", "utf-8", example="cp932"
    )
    sheet: str | None = doc("the sheet of a workbook; else the first", "ブックのシート。省けば先頭", None)
    columns: Annotated[Texts, AfterValidator(_distinct)] | None = doc(
        "the columns' names, if the file has no header", "見出し行がないときの列名", None
    )
    empty: Texts = doc(
        "texts that mean that nothing stands there", "「値なし」を表す文字列", (), example='["-", "#N/A"]'
    )
    progresses: Annotated[
        bool | str, BeforeValidator(_progress), WithJsonSchema({"enum": [True, False, "both_ways"]})
    ] = doc(
        "`true`: a row may change as things go on, and the later content corrects; `both_ways`: "
        "an earlier content may come back",
        "`true` なら行は後から変わり得て、新しい内容が訂正となります。`both_ways` なら以前の内容に戻ることもあります",
        default=False,
    )
    time: ColumnField | None = doc(
        "when it happened, as a column; else the field `valid_from`",
        "起きた時刻の列。省けば項目 `valid_from`",
        None,
    )
    skip: OneOrMore[RowTest] = doc(
        "rows passed over if a column has one of some values", "列がこの値なら読み飛ばします", ()
    )
    where: OneOrMore[RowTest] = doc(
        "rows passed over unless a column has one of some values", "列がこの値でなければ読み飛ばします", ()
    )
    introduce: OneOrMore[FurtherKeyModel] = doc("further keys of a row's subjects", "行の対象の別の鍵", ())
    window: WindowModel | None = doc(
        "what the files report on in full; else no window is closed",
        "ファイルが漏れなく報告している期間。省けば期間は閉じません",
        None,
    )
