import re
from typing import get_args

import pytest
from rich.console import Console

from kansa.screening.entry import Address, Entry, Identifier, Name, Profile
from kansa.screening.explanation.page import as_html
from kansa.screening.explanation.text import as_text
from kansa.screening.explanation.words import HOWS, REASONS, Language, reason
from kansa.screening.matching.alignment import How
from kansa.screening.matching.index import Index
from kansa.screening.matching.search import Hit
from kansa.screening.names.form import DERIVED


def _hit(asked: str, listed: str, *, evil: bool = False) -> Hit:
    entry = Entry(
        id="<b>1</b>" if evil else "1",
        list="own",
        schema="Organization",
        names=(Name(listed, tier="weak"),),
        countries=("CN",),
        addresses=(Address("Berlin, Hauptstrasse 1"),),
        identifiers=(Identifier("lei", "5493006MHB84DD0ZWV18"),),
    )
    party = Profile(
        schema="Organization",
        names=(Name(asked),),
        countries=("JP",),
        addresses=(Address("Hauptstrasse 1, Berlin"),),
        identifiers=(Identifier("lei", "5493006MHB84DD0ZWV18"),),
    )
    [hit] = Index.build([entry]).search(party, threshold=0.1).hits
    return hit


@pytest.mark.parametrize(("language", "words"), [("en", "by a Mandarin reading"), ("ja", "中国語読み")])
def test_a_terminal_shows_both_names_and_every_part(language: Language, words: str) -> None:
    """Both scripts, the parts with their shares, and the reasons in the reader's language."""
    console = Console(width=160, record=True, file=open("/dev/null", "w"))  # noqa: SIM115, PTH123 - rich wants a file
    hit = _hit("华为技术有限公司", "Huawei Technologies Co., Ltd.")
    console.print(as_text(hit, language))
    console.file.close()
    shown = console.export_text()
    assert all(
        text in shown
        for text in (
            "华为技术有限公司",
            "Huawei Technologies Co., Ltd.",
            "huawei (华为)",
            words,
            "LEI".lower(),
        )
    )
    assert all(part["listed"] in shown for part in hit.parts)


def test_a_page_shows_both_languages_and_marks_what_matched() -> None:
    """Every label and reason stands in English and in Japanese; matched parts are marked, left-over ones are not."""
    hit = _hit("Huawei Technologies Berlin", "Huawei Technologies Co., Ltd.")
    html = as_html(hit)
    assert html == as_html(hit)
    assert html.count('lang="en"') == html.count('lang="ja"') > 10
    assert set(re.findall(r"<mark>(.*?)</mark>", html)) >= {"huawei", "technologies"}
    assert "<td>berlin</td>" in html
    assert all(text in html for code in hit.reasons for text in reason(code))
    assert not re.search(r"https?:|url\(|<script|<link|<img", html)


def test_a_page_cannot_be_written_by_a_name() -> None:
    """Names come from strangers: nothing in them is markup."""
    html = as_html(_hit("<script>alert(1)</script> Huawei", "Huawei & <i>Sons</i>", evil=True))
    assert "<script" not in html
    assert "<i>Sons" not in html
    assert "<b>1" not in html


def test_every_reason_and_way_of_meeting_has_words() -> None:
    """What the score can say, the explanation can say in both languages."""
    assert set(get_args(How)) | {None} == set(HOWS)
    assert {f"name.reading.{way}" for way in DERIVED} <= set(REASONS)
    assert {f"name.{how}" for how in get_args(How)} <= set(REASONS)
    assert reason("identifier.imo")[0].endswith("imo")
    assert all(en and ja for en, ja in (*REASONS.values(), *HOWS.values()))
