"""Show screenings: as stable JSON, in words, and as a page with the candidates side by side."""

from collections.abc import Callable, Iterable
from html import escape
from typing import Any

from kansa.application.screening import batch as batches
from kansa.application.screening.replay import Replayed
from kansa.application.screening.sweep import Swept
from kansa.screening.evidence import Candidate, Grounds, Screening
from kansa.screening.explanation.headline import headline, incomplete
from kansa.screening.explanation.page import as_html
from kansa.screening.explanation.text import as_text
from kansa.screening.names.scripts import LONGEST, scripts_in
from kansa.texts import Language, reader_language
from kansa.texts.commands import SCREEN
from kansa.texts.formats import time_text
from kansa.texts.messages import said

Draw = Callable[[Any], Iterable[str]]
"""Draws what `rich` renders as lines of text."""

_WORDS = {
    "en": {
        "asked": "{hits} candidates; {entries} entries of {editions} editions asked, {blocked} came near enough to compare",
        "shared": "SHARED ADDRESS with {name} ({list}, {entity_id}): {listed} ({likeness:.2f})",
        "cut": "{more} more reached the threshold; --limit shows them",
        "not_asked": "{count} listed vessels, aircraft and the like were not asked; --schema asks them",
        "one_writing": "Not asked in Latin letters: names that are listed so are met by a reading, which is a guess; give the "
        "name in Latin letters too (--also)",
        "long": "Of {names} only the first {letters} letters were compared",
        "rejected": "{rejected} rows of these lists could not be read and were not asked",
        "not_covered": "NOT covered: {lists}",
        "stale": "Stale: {lists}",
        "partial": "PARTIAL, by what their files say themselves: {lists}",
        "recorded": "Recorded as entry {record}; `kansa screen replay {record}` asks again",
        "unrecorded": "Not recorded: the lists were given as files",
        "lapsed": {
            "party_changed": "open again: the party changed since it was disposed of (entry {record})",
            "entry_changed": "open again: the list's entry changed since it was disposed of (entry {record})",
            "expired": "open again: its disposition (entry {record}) expired",
        },
        "disposed": "{verdict} by entry {record}",
    },
    "ja": {
        "asked": "候補 {hits} 件。{editions} 版・{entries} 件を照会し、{blocked} 件を比較",
        "shared": "住所が共通: {name}（{list}, {entity_id}）{listed}（{likeness:.2f}）",
        "cut": "ほかに {more} 件が基準に達しています。--limit を大きくすると表示します",
        "not_asked": "船舶・航空機など {count} 件は照会していません。--schema で照会します",
        "one_writing": "ラテン文字では照会していません。ラテン文字で載る名称とは、推定した読みで比べています。ラテン文字の名称も"
        "与えてください（--also）",
        "long": "{names} は最初の {letters} 文字だけを比べました",
        "rejected": "リストのうち {rejected} 行は読み取れず、照会していません",
        "not_covered": "対象外のリスト: {lists}",
        "stale": "古い版: {lists}",
        "partial": "一部のみ（ファイル自体の記載による）: {lists}",
        "recorded": "台帳の第{record}号に記録。`kansa screen replay {record}` で再照会",
        "unrecorded": "リストがファイルで与えられたため、記録していません",
        "lapsed": {
            "party_changed": "再審査: 判断（台帳の第{record}号）の後に相手方の情報が変わりました",
            "entry_changed": "再審査: 判断（台帳の第{record}号）の後にリストの記載が変わりました",
            "expired": "再審査: 判断（台帳の第{record}号）の期限が切れました",
        },
        "disposed": "判断: {verdict}（台帳の第{record}号）",
    },
}


def missing_lists(grounds: Grounds) -> list[str]:
    """Return the lists that ought to have been asked and were not."""
    return [each.list for each in grounds.coverage.missing]


def screening_json(done: Screening, record: int | None) -> dict[str, Any]:
    """Return the stable JSON of one screening; `record` is its ledger index, None where it was not recorded."""
    return {
        "outcome": done.outcome,
        "record": record,
        "party_sha256": done.party_sha256,
        "candidates": [
            {
                **batches.candidate(each.hit),
                "asked": each.hit.asked.text,
                "tier": each.hit.listed.tier,
                "entry_sha256": each.entry_sha256,
                "parts": [dict(part) for part in each.hit.parts],
                "disposition": each.standing.verdict,
                "disposition_record": each.standing.record,
                "lapsed": each.standing.lapsed,
            }
            for each in done.candidates
        ],
        "shared_addresses": done.shared_addresses(),
        "blocked": done.search.blocked,
        "cut_off": done.search.cut_off,
        "more": done.search.more,
        "not_asked": done.search.not_asked,
        "keys": [dict(key) for key in done.search.keys],
        **grounds_json(done.grounds),
    }


def grounds_json(grounds: Grounds) -> dict[str, Any]:
    """Return the stable JSON of what was asked, and what ought to have been."""
    return {
        "complete": not grounds.coverage.missing,
        "incomplete": missing_lists(grounds),
        **grounds.as_data(),
        "threshold": grounds.threshold,
    }


def screening_lines(done: Screening, record: int | None, language: Language, draw: Draw) -> list[str]:
    """Return a screening in words, each candidate with the two names side by side."""
    words: dict[str, Any] = _WORDS[language]
    grounds = done.grounds
    lines = [
        *headline(done.outcome, missing_lists(grounds), language),
        words["asked"].format(
            hits=len(done.candidates),
            entries=grounds.entries,
            editions=len(grounds.editions),
            blocked=done.search.blocked,
        ),
    ]
    for each in done.candidates:
        lines += ["", *_candidate_lines(each, language, draw)]
    lines.append("")
    lines += [words["shared"].format(**each) for each in done.shared_addresses()]
    lines += _limits(done, language)
    lines += coverage_lines(grounds, language)
    lines.append(words["unrecorded"] if record is None else words["recorded"].format(record=record))
    return lines


def _limits(done: Screening, language: Language) -> list[str]:
    """Return what was not asked, not compared or is not shown."""
    words: dict[str, Any] = _WORDS[language]
    lines = [words["cut"].format(more=done.search.more)] if done.search.more else []
    if done.search.not_asked:
        lines.append(words["not_asked"].format(count=done.search.not_asked))
    writings = frozenset().union(*(scripts_in(name.text) for name in done.party.names))
    if writings and "latin" not in writings:
        lines.append(words["one_writing"])
    if long := [name.text[:20] + "…" for name in done.party.names if len(name.text) > LONGEST]:
        lines.append(words["long"].format(names=", ".join(long), letters=LONGEST))
    return lines


def screening_page(done: Screening, language: Language) -> str:
    """Return a page of its own: outcome, what was asked, each candidate as a fragment."""
    words: dict[str, Any] = _WORDS[language]
    shared = [words["shared"].format(**each) for each in done.shared_addresses()]
    first = headline(done.outcome, missing_lists(done.grounds), language)
    told = [*first, *shared, *_limits(done, language), *coverage_lines(done.grounds, language)]
    said = escape("\n".join(told))
    return "\n".join(
        [
            f'<!doctype html><html lang="{language}"><meta charset="utf-8">',
            f"<title>{escape(done.party.names[0].text)}</title>",
            f"<h1>{escape(done.party.names[0].text)}</h1><pre>{said}</pre>",
            *(as_html(each.hit) for each in done.candidates),
            "</html>\n",
        ]
    )


def _candidate_lines(each: Candidate, language: Language, draw: Draw) -> list[str]:
    """Return the two names side by side, and what people made of it."""
    words: dict[str, Any] = _WORDS[language]
    lines: list[str] = [*draw(as_text(each.hit, language))]
    if each.standing.lapsed:
        lines.append(words["lapsed"][each.standing.lapsed].format(record=each.standing.record))
    elif each.standing.verdict:
        lines.append(
            words["disposed"].format(
                verdict=SCREEN[f"verdict.{each.standing.verdict}"].in_(language), record=each.standing.record
            )
        )
    return lines


def coverage_lines(grounds: Grounds, language: Language) -> list[str]:
    """Return which lists could not be asked in full, and which are old."""
    words: dict[str, Any] = _WORDS[language]
    lines = []
    if rejected := sum(edition.rejected for edition in grounds.editions):
        lines.append(words["rejected"].format(rejected=rejected))
    if missing := grounds.coverage.not_covered:
        lines.append(words["not_covered"].format(lists=", ".join(each.list for each in missing)))
    if partial := sorted({each.list for each in grounds.coverage.partial}):
        lines.append(words["partial"].format(lists=", ".join(partial)))
    if stale := grounds.coverage.stale:
        lines.append(words["stale"].format(lists=", ".join(each.list for each in stale)))
    return lines


def swept_json(done: Swept, grounds: Grounds) -> dict[str, Any]:
    """Return the stable JSON of a run over the vault's parties."""
    return {
        "full": dict(done.full),
        "delta": done.delta,
        "current": done.current,
        "unnamed": list(done.unnamed),
        "new_entries": done.new_entries,
        "alerts": [
            {
                "party_id": each.screening.party_id,
                "outcome": each.screening.outcome,
                "record": each.record,
                "candidates": [batches.candidate(found.hit) for found in each.screening.candidates],
            }
            for each in done.alerts
        ],
        "records": done.records,
        **grounds_json(grounds),
    }


def swept_lines(done: Swept, grounds: Grounds, language: Language, draw: Draw) -> list[str]:
    """Return a run over the vault's parties in words."""
    lines: list[str] = list(filter(None, [incomplete(missing_lists(grounds), language)]))
    lines += [
        SCREEN["full"].say(count=count, trigger=said(trigger.replace("_", " ")))
        for trigger, count in done.full.items()
    ]
    lines += [
        SCREEN["delta"].say(count=done.delta, entries=done.new_entries),
        SCREEN["current"].say(count=done.current),
    ]
    if done.unnamed:
        lines.append(SCREEN["unnamed"].say(count=len(done.unnamed), parties=", ".join(done.unnamed[:3])))
    for each in done.alerts:
        lines += [
            "",
            f"{headline(each.screening.outcome, (), language)[0]}  {each.screening.party_id}  {SCREEN['entry'].say(record=each.record)}",
        ]
        lines += [
            line for found in each.screening.candidates for line in _candidate_lines(found, language, draw)
        ]
    return [*lines, "", *coverage_lines(grounds, language)]


def replay_lines(done: Replayed) -> list[str]:
    """Return what asking a recorded screening again gave."""
    lines = [
        *([SCREEN["replay.incomplete"].say(lists=", ".join(done.missing))] if done.missing else []),
        SCREEN["replay.was"].say(
            record=done.record,
            at=time_text(done.recorded_at),
            outcome=headline(done.outcome, (), reader_language())[0],
            candidates=done.candidates,
            entries=done.entries,
        ),
        SCREEN["replay.same" if not done.differences else "replay.differs"].say(),
        *(f"  {each}" for each in done.differences),
    ]
    if done.engine_differs:
        lines += [SCREEN["replay.engine"].say(), *(f"  {each}" for each in done.engine_differs)]
    return lines
