"""The reasons of `kansa coherence tables --why` in words: the longest first, with what would close them and who can."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from kansa.application.coherence_reasons import Reason
from kansa.clock import HOUR, MICROSECONDS
from kansa.dossier.report.texts import WORDS, say
from kansa.drawing.figures import Language
from kansa.texts import Words

LISTED = 8

_PARTS: Mapping[str, Words] = MappingProxyType(
    {
        "tenant": Words("The use names no tenant", "利用に契約者の記載がありません"),
        "device": Words("The use names no unit", "利用に単位の記載がありません"),
        "weaker": Words(
            "There is evidence, known less well than was asked for",
            "証跡はあるが、求められた確からしさに達していません",
        ),
        "another_tenant": Words(
            "The end user is evidenced for another tenant only",
            "最終需要者の証跡は別の契約者についてのみあります",
        ),
        "another_end_user": Words(
            "The access path is evidenced for another tenant or end user only",
            "接続経路の証跡は別の契約者または最終需要者についてのみあります",
        ),
        "expired": Words("The evidence had ended", "証跡はそれ以前に終わっています"),
        "not_begun": Words("The evidence begins later", "証跡はそれより後に始まります"),
        "lapsed": Words("The evidence had ended and begins again later", "証跡が途切れ、後に再び始まります"),
        "none": Words("There is no evidence at any time", "どの時点についても証跡がありません"),
    }
)

_RECORDS: Mapping[str, Words] = MappingProxyType(
    {
        "tenant": Words("the tenant behind the use", "利用の契約者を示す記録"),
        "device": Words("the unit that the use held", "利用した単位を示す記録"),
        "stronger": Words("evidence of the same that is known better", "同じ内容を、より確かに示す証跡"),
        "identity": Words(
            "the verification and clearance that held then", "当時有効であった確認と取引審査の判断"
        ),
        "access": Words(
            "the approval and enablement of the path that held then",
            "当時有効であった接続経路の承認と有効化の記録",
        ),
        "custody": Words(
            "the receipt or move that placed the unit at this site",
            "単位をこの拠点に置いた受領または移動の記録",
        ),
    }
)

_LAYOUT = MappingProxyType(
    {
        "head": Words("Why, by use-hours", "欠落の理由（利用時間の多い順）"),
        "line": Words("{time}  {fact}: {part}", "{time}  {fact}：{part}"),
        "hours": Words("{hours:>10,.1f} h", "{hours:>10,.1f} 時間"),
        "seconds": Words("{seconds:>10,} s", "{seconds:>10,} 秒"),
        "closes": Words("closes: {record} ({role})", "補完：{record}（{role}）"),
        "stays": Words(
            "closes: nothing; a later grant does not reach back",
            "補完不可：後日の付与は過去に遡って効力を持ちません",
        ),
        "no_gap": Words(
            "No gap was found in the {uses} uses of what was asked.",
            "照会した範囲の利用 {uses} 件に証跡の欠落は見つかりませんでした。",
        ),
        "no_use": Words(
            "Not assessed: no use lies in what was asked.",
            "評価していません：照会した範囲に利用の記録がありません。",
        ),
        "rest": Words("and {count} other reasons", "ほか {count} 件の理由"),
    }
)


def spoken(path: Path, language: Language) -> list[str]:
    """Return the reasons in a `why` file, a few lines in a language."""
    rows = _grouped(path)
    told = [getattr(_LAYOUT["head"], language)]
    for row in rows[:LISTED]:
        told += _part_and_detail(row, language)
    if len(rows) > LISTED:
        told.append(" " * 14 + getattr(_LAYOUT["rest"], language).format(count=len(rows) - LISTED))
    return told


def _grouped(path: Path) -> list[dict[str, object]]:
    table = pq.read_table(path)
    unsaid = pc.and_(pc.equal(table["part"], "site"), pc.is_null(table["detail"]))
    length = pc.subtract(table["end"].cast(pa.int64()), table["start"].cast(pa.int64()))
    keyed = table.select(["fact", "closable", "role"]).append_column(
        "part", pc.if_else(unsaid, "site.unsaid", table["part"])
    )
    summed = keyed.append_column("micros", length).group_by(keyed.column_names).aggregate([("micros", "sum")])
    rows: list[dict[str, object]] = summed.sort_by(
        [("micros_sum", "descending"), *((name, "ascending") for name in keyed.column_names)]
    ).to_pylist()
    return rows


_TOP = Words(
    "Largest reasons (`kansa coherence why` lists all)", "主な理由（すべては `kansa coherence why`）"
)
_USES = Words(" ({count} uses)", "（利用{count}件）")
_ONE_USE = Words(" (1 use)", "（利用1件）")
_WHO = Words("{role}: {who}", "{role}：{who}")


def spoken_reasons(
    reasons: Sequence[Reason], language: Language, *, uses: int, most: int | None = None
) -> list[str]:
    """Return the reasons of a vault's answer, each with what closes it and who can; at most so many under another heading.

    `uses` is how many uses were asked about: without one, nothing was assessed.
    """
    shown = reasons if most is None else reasons[:most]
    told = [(_LAYOUT["head"] if most is None else _TOP).in_(language)]
    for each in shown:
        cause = each.cause
        row = {
            "micros_sum": each.micros,
            "fact": cause.fact,
            "part": cause.part,
            "closable": cause.closable or None,
            "role": cause.role,
        }
        line, closes = _part_and_detail(
            row, language, each.names.get(language, "") or next(iter(each.names.values()), "")
        )
        counted = _ONE_USE if each.uses == 1 else _USES
        told += [line + counted.in_(language).format(count=each.uses), closes]
    if most is None and not shown:
        return [_LAYOUT["no_gap" if uses else "no_use"].in_(language).format(uses=uses)]
    return told


def part_words(part: str, language: Language) -> str:
    """Return what is missing of a fact, by the part's code."""
    return _PARTS[part].in_(language) if part in _PARTS else say(language, f"missing.{part}")


def _time(micros: int, language: Language) -> str:
    """Return accelerator time in hours, or in seconds where it is less than a tenth of an hour."""
    if micros * 10 < HOUR:
        return _LAYOUT["seconds"].in_(language).format(seconds=micros // MICROSECONDS)
    return _LAYOUT["hours"].in_(language).format(hours=micros / HOUR)


def _part_and_detail(row: Mapping[str, object], language: Language, who: str = "") -> tuple[str, str]:
    def words(own: Mapping[str, Words], code: object, shared: str) -> str:
        return getattr(own[str(code)], language) if code in own else say(language, f"{shared}.{code}")

    line = getattr(_LAYOUT["line"], language).format(
        time=_time(int(str(row["micros_sum"])), language),
        fact=say(language, f"fact.{row['fact']}"),
        part=words(_PARTS, row["part"], "missing"),
    )
    if row["closable"] is None:
        closes = getattr(_LAYOUT["stays"], language)
    else:
        record = words(_RECORDS, row["closable"], "record")
        role = say(language, f"role.{row['role']}") if f"role.{row['role']}" in WORDS else row["role"]
        closes = getattr(_LAYOUT["closes"], language).format(
            record=record, role=_WHO.in_(language).format(role=role, who=who) if who else role
        )
    return line, " " * 14 + closes
