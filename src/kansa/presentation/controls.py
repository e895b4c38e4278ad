"""Show what an operator can show: a table of controls with their states, in words of either language."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby

from rich.cells import cell_len, set_cell_size

from kansa.application.controls import Readiness, totals
from kansa.controls.assessment import STATES, Shown, Shows, tally
from kansa.controls.pack import OPERATOR, ControlPack
from kansa.dossier.report.readiness import STATE_WORDS, Moment, draw
from kansa.drawing.figures import Language
from kansa.registers.directory import Directory
from kansa.texts import Words
from kansa.texts.formats import time_text

_SHOWS: Mapping[Shows, Words] = {
    "fresh": STATE_WORDS["fresh"],
    "stale": STATE_WORDS["stale"],
    "missing": STATE_WORDS["missing"],
    "nobody": Words("nobody", "対象なし"),
}
_SUMMARY = Words(
    "{at}: {fresh} of {asked} controls can be shown, {stale} are stale, {missing} lack a record, {nobody} concern nobody here.",
    "{at}：統制{asked}件のうち{fresh}件は提示可能、{stale}件は期限切れ、{missing}件は証跡の欠落、{nobody}件は対象なし。",
)
_MEANING = Words(
    "A control says that a record is on file and current, not that what it says is right.",
    "統制は有効な証跡の存在を示すもので、内容の正しさを示すものではありません。",
)

_UNASSESSED = Words(
    "{} of the rules that they serve cannot be assessed, since no record tells their facts: {}",
    "対応する規則のうち{}件は、事実を示す記録がないため評価できません：{}",
)


def readiness_lines(found: Readiness, names: Directory | None, language: Language) -> list[str]:
    """Return what can be shown, in lines; with `names` whom each control is about, and the records that answer."""
    lines = [*_lines(found.pack, found.shown, language)]
    if names is not None:
        lines += _answers(found.shown[0], names, language)
    if found.moments:
        lines += ["", *_over(found.moments, language)]
    at = time_text(found.now.at, language)
    lines += ["", _SUMMARY.in_(language).format(at=at, **totals(found.shown)), _MEANING.in_(language)]
    if found.unassessed:
        listed = ", ".join(found.unassessed)
        lines.append(_UNASSESSED.in_(language).format(len(found.unassessed), listed))
    return lines


def readiness_picture(found: Readiness, language: Language) -> str:
    """Return what could be shown over the period as a picture (SVG)."""
    return draw(found.pack, list(found.moments), language)


def _lines(pack: ControlPack, shown: Sequence[Shown], language: Language) -> Iterator[str]:
    heads = (_SHOWS[state].in_(language) for state in STATES)
    yield " " * 36 + "".join(_right(head, 9) for head in heads)
    for family, of_family in groupby(shown, key=lambda each: each.control.family):
        yield pack.families[family].in_(language)
        for each in of_family:
            control = each.control
            name, state = control.id.rpartition(".")[2], _SHOWS[each.state].in_(language)
            counted = "".join(f"{count:9}" for count in each.counts.values())
            role = pack.roles[control.responsible].in_(language)
            yield f"  {name:24} {set_cell_size(state, 9)}{counted}   {control.words.in_(language)} ({role})"


def _answers(shown: Shown, names: Directory, language: Language) -> Iterator[str]:
    for each in shown.answers:
        name = "" if each.subject == OPERATOR else names.called(each.subject).get(language, "")
        records = ", ".join(f"#{index}" for index in each.records) or "—"
        until = "" if each.until is None else f" → {time_text(each.until, language)}"
        yield f"    {set_cell_size(_SHOWS[each.state].in_(language), 9)} {each.subject} {name}  {records}{until}"


def _over(moments: Sequence[Moment], language: Language) -> Iterator[str]:
    yield " " * 24 + "".join(_right(_SHOWS[state].in_(language), 10) for state in STATES)
    for each in moments:
        counts = tally(each.shown)
        yield set_cell_size(time_text(each.at, language), 24) + "".join(
            f"{counts[state]:10}" for state in STATES
        )


def _right(text: str, width: int) -> str:
    return " " * (width - cell_len(text)) + text
