"""The demo's story as text for people."""

from typing import Literal

from kansa.demo.cases import CASES, Shows

Language = Literal["ja", "en"]

_INTRODUCTION = {
    "ja": """\
北斗クラウド (架空) は石狩・印西・北九州の三拠点で104台のアクセラレータを動かしています。2026年1月1日から14日まで、
契約者は12、うち販売代理店が2社です。夕方に関東の電力が厳しくなると、印西の仕事を北海道と九州へ移します。
登場する会社・人・番号・判定はすべて架空で、法令の読み方を示すものではありません。

この二週間に次の出来事を仕込みました。""",
    "en": """\
Hokuto Cloud (fictional) runs 104 accelerators at three sites: Ishikari, Inzai, Kitakyushu. From 1 to 14 January 2026 it
has twelve tenants, two of them resellers; when Kanto's grid is tight in the evening, work moves from Inzai to Hokkaido
and Kyushu. All companies, people, numbers and determinations are invented and say nothing about how to read the law.

These are planted in the two weeks:""",
}
_SHOWN: dict[Shows, dict[str, str]] = {
    "gap": {"ja": "欠落", "en": "gap"},
    "late": {"ja": "事後記録", "en": "late"},
    "unobserved": {"ja": "未観測", "en": "unobserved"},
    "no_gap": {"ja": "欠落なし", "en": "no gap"},
}


def story(language: Language) -> str:
    """Return the planted cases, each with what the reader will see in the report; plain text, one language."""
    parts = [_INTRODUCTION[language]]
    for number, case in enumerate(CASES, start=1):
        shown = f"{_SHOWN[case.shows][language]}: {case.seen[language]}"
        parts.append(f"{number:2}. {case.happened[language]}\n    → {shown}")
    return "\n\n".join(parts) + "\n"
