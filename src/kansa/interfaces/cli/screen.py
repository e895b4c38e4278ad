"""`kansa screen …`: who is on a list, and the proof of what was asked."""

import json
from dataclasses import asdict
from html import escape
from pathlib import Path
from typing import Annotated, Any

from cyclopts import App, Parameter

from kansa.application.screening.engine import LIMIT, THRESHOLD
from kansa.clock import SystemClock, format_instant
from kansa.errors import BadInput
from kansa.interfaces.cli.options import At, Language, instant
from kansa.interfaces.cli.output import Json, drawn, progress, show
from kansa.interfaces.cli.person import OwnKey, own
from kansa.lazy_imports import lazy_imports
from kansa.screening.disposition import REASONS, Verdict
from kansa.texts import reader_language

with lazy_imports():
    from kansa.application.screening import batch as batches
    from kansa.application.screening.disposition import dispose as dispose_of
    from kansa.application.screening.engine import engine
    from kansa.application.screening.files import from_files
    from kansa.application.screening.replay import Replayed
    from kansa.application.screening.replay import replay as ask_again
    from kansa.application.screening.screening import ScreeningService, grounds_of
    from kansa.application.screening.sweep import Swept, sweep
    from kansa.screening.disposition import Dispositions
    from kansa.screening.entry import Place, Profile
    from kansa.screening.evidence import Candidate, Grounds, Screening, screening
    from kansa.screening.explanation.headline import headline, incomplete
    from kansa.screening.explanation.page import as_html
    from kansa.screening.explanation.text import as_text
    from kansa.screening.lists.open_form import OpenRow, profile_of
    from kansa.screening.lists.reading import Gathering
    from kansa.screening.matching.search import Matcher
    from kansa.screening.names.scripts import LONGEST, scripts_in
    from kansa.texts.commands import SCREEN
    from kansa.texts.messages import said

app = App(name="screen", help="Is a party on a list, in any script; every answer leaves its evidence.")

Lists = Annotated[
    list[str] | None,
    Parameter(
        name="--list", negative=(), help="FORMAT:FILE[,FILE…] in place of the vault's lists; repeatable."
    ),
]
Threshold = Annotated[float, Parameter(help="The least score, from 0 to 1, that makes a candidate.")]
Limit = Annotated[int, Parameter(help="The most candidates for one party.")]
Lang = Annotated[Language, Parameter(help="The language of the text.")]

INCOMPLETE = 4
"""The exit code of an answer without a hit from which a required list is missing."""

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


@app.default
def screen(
    name: Annotated[str, Parameter(help="The name, in any script.")],
    /,
    *,
    also: Annotated[
        list[str] | None,
        Parameter(help="Another name of the same party, such as in another script; repeatable."),
    ] = None,
    schema: Annotated[
        str | None, Parameter(help="Person, Organization, Vessel or Aircraft; default both first.")
    ] = None,
    country: Annotated[list[str] | None, Parameter(help="A country of the party; repeatable.")] = None,
    birth_date: Annotated[str | None, Parameter(help="YYYY, YYYY-MM or YYYY-MM-DD.")] = None,
    address: Annotated[list[str] | None, Parameter(help="An address of the party; repeatable.")] = None,
    lists: Lists = None,
    threshold: Threshold = THRESHOLD,
    limit: Limit = LIMIT,
    html: Annotated[Path | None, Parameter(help="Write the candidates side by side as a page.")] = None,
    language: Lang = "en",
    at: At = At(),  # noqa: B008 - frozen
    as_json: Json = False,
) -> int:
    """Hold one name against the lists. What is added may lower a rank, never remove a candidate."""
    party = _party(
        OpenRow(
            id="asked",
            name=name,
            names=list(also or ()),
            schema=schema,
            countries=country,
            birth_dates=[birth_date] if birth_date else None,
            addresses=list(address or ()),
        )
    )
    _check(threshold, limit)
    if html is not None and (not html.parent.is_dir() or html.is_dir()):
        raise BadInput(
            "screen.html", f"`{html}` is no place for a page", help="give a file in a directory that exists"
        )
    if lists:
        matcher, grounds = _outside(lists, threshold, limit)
        found = matcher.search(party, threshold=threshold, limit=limit)
        now = SystemClock().now()
        done = screening(
            party,
            found,
            party_id=None,
            grounds=grounds,
            dispositions=Dispositions(),
            now=now,
            shared=matcher.shared_addresses(party) if party.addresses else (),
        )
        record = None
    else:
        with progress("screening"):
            recorded = ScreeningService(at.open(), engine(), threshold=threshold, limit=limit).screen(party)
        done, record = recorded.screening, recorded.record
    if html is not None:
        html.write_text(_page(done, language), "utf-8")
    show(as_json, _json(done, record), _lines(done, record, language))
    return 1 if done.outcome not in {"no_hit", "dismissed"} else _complete(done.grounds)


@app.command
def batch(
    file: Annotated[Path, Parameter(help='JSON Lines: {"id","name","schema",…}.')],
    /,
    *,
    output: Annotated[Path, Parameter(alias="-o", help="JSON Lines, one line for each line, in order.")],
    lists: Lists = None,
    threshold: Threshold = THRESHOLD,
    limit: Limit = LIMIT,
    processes: Annotated[int | None, Parameter(help="How many processes; default one for each core.")] = None,
    at: At = At(),  # noqa: B008 - frozen
    as_json: Json = False,
) -> int:
    """Hold many parties against the lists. What was killed goes on where it stopped when it is called again."""
    _check(threshold, limit)
    desk = None
    with progress("building the index") as report:
        if lists:
            matcher, grounds = _outside(lists, threshold, limit)
        else:
            desk = ScreeningService(at.open(), engine(), threshold=threshold, limit=limit)
            matcher, grounds = desk.matcher, desk.grounds
        done = batches.run(
            file,
            output,
            matcher,
            grounds,
            processes=processes,
            progress=lambda lines, total: report(lines, total, title="screening"),
        )
    record = None if desk is None else desk.record_batch(done)
    evidence = {**asdict(done), "record": record, **_grounds(grounds)}
    proof = output.with_name(f"{output.name}.evidence.json")
    proof.write_text(json.dumps(evidence, ensure_ascii=False, indent=2) + "\n", "utf-8")
    text = [
        *filter(None, [incomplete(_missing(grounds), reader_language())]),
        SCREEN["batch"].say(parties=done.parties, alerts=done.alerts, unreadable=done.unreadable),
        SCREEN["batch.wrote"].say(output=output, evidence=proof),
        *_coverage_lines(grounds, reader_language()),
    ]
    if done.resumed_at:
        text.insert(-1, SCREEN["batch.resumed"].say(line=done.resumed_at + 1))
    show(as_json, {"output": str(output), "evidence": str(proof), **evidence}, text)
    return 1 if done.unreadable else _complete(grounds)


@app.command
def parties(
    *,
    threshold: Threshold = THRESHOLD,
    limit: Limit = LIMIT,
    language: Lang = "en",
    at: At = At(),  # noqa: B008 - frozen
    as_json: Json = False,
) -> int:
    """Bring the vault's parties up to the latest lists: changed ones against all, all against what changed."""
    _check(threshold, limit)
    vault = at.open()
    with progress("screening the parties") as report:
        done = sweep(
            vault, desk := ScreeningService(vault, engine(), threshold=threshold, limit=limit), report
        )
    show(as_json, swept_json(done, desk.grounds), swept_lines(done, desk.grounds, language))
    return 1 if done.alerts or done.unnamed else _complete(desk.grounds)


@app.command
def dispose(
    record: Annotated[int, Parameter(help="The ledger index of the screening.")],
    entry: Annotated[str, Parameter(help="The candidate's id.")],
    verdict: Annotated[Verdict, Parameter(help="What it is.")],
    /,
    *,
    reason: Annotated[str, Parameter(help=f"One of {', '.join(REASONS)}.")],
    reviewer: Annotated[
        str | None, Parameter(help="Who judged; with --key, by default the person whose key it is.")
    ] = None,
    key: OwnKey = None,
    expires: Annotated[str, Parameter(help="Until when it holds.")],
    second_reviewer: Annotated[str | None, Parameter(help="Who judged again; another person.")] = None,
    note: Annotated[str | None, Parameter(help="In words; sealed.")] = None,
    at: At = At(),  # noqa: B008 - frozen
    as_json: Json = False,
) -> int:
    """Judge one candidate. It holds for exactly this party and this entry: either changing opens it again."""
    vault = at.open()
    until = instant(expires, "--expires", vault.settings.zone)
    index = dispose_of(
        vault,
        record,
        entry,
        verdict,
        reason_code=reason,
        reviewer=reviewer,
        expires=until or 0,
        second_reviewer=second_reviewer,
        reasons=note,
        key=own(key),
    )
    value = {"record": index, "screening": record, "entry_id": entry, "disposition": verdict}
    show(
        as_json,
        value,
        SCREEN["disposed"].say(
            record=index, entry=entry, verdict=SCREEN[f"verdict.{verdict}"].say(), expires=expires
        ),
    )
    return 0


@app.command
def replay(
    record: Annotated[int, Parameter(help="The ledger index of the screening.")],
    /,
    *,
    at: At = At(),  # noqa: B008 - frozen
    as_json: Json = False,
) -> int:
    """Ask a recorded screening again, of the lists as they were then."""
    done = ask_again(at.open(), record, engine())
    show(as_json, {**asdict(done), "same": not done.differences}, _replay_lines(done))
    return 1 if done.differences else 0


def _missing(grounds: Grounds) -> list[str]:
    return [each.list for each in grounds.coverage.missing]


def _complete(grounds: Grounds) -> int:
    """Return the exit code of an answer that needs nobody: 0, or 4 where a required list was not covered."""
    return INCOMPLETE if grounds.coverage.missing else 0


def _check(threshold: float, limit: int) -> None:
    if not 0 <= threshold <= 1:
        raise BadInput("screen.threshold", f"`{threshold}` is no score", help="give a number from 0 to 1")
    if limit < 1:
        raise BadInput("screen.limit", f"`{limit}` is no number of candidates", help="give 1 or more")


def _party(row: OpenRow) -> Profile:
    """Return the party as asked; unlike in a list, a field that cannot be read is refused, since a person is there to ask."""
    gathering = Gathering("party")
    party = profile_of(row, Place("command line", 1), gathering)
    if problems := gathering.problems():
        raise BadInput("screen.party", "the party cannot be asked for as given", problems=problems)
    if not party.names:
        raise BadInput("screen.party", "the name is empty", help="give a name in any script")
    return party


def _outside(lists: list[str], threshold: float, limit: int) -> tuple[Matcher, Grounds]:
    compares = engine()
    now = SystemClock().now()
    editions, entries = from_files(lists, now)
    return compares.index(entries), grounds_of(compares, editions, threshold=threshold, limit=limit, now=now)


def _json(done: Screening, record: int | None) -> dict[str, Any]:
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
        **_grounds(done.grounds),
    }


def _grounds(grounds: Grounds) -> dict[str, Any]:
    return {
        "complete": not grounds.coverage.missing,
        "incomplete": _missing(grounds),
        **grounds.as_data(),
        "threshold": grounds.threshold,
    }


def _lines(done: Screening, record: int | None, language: Language) -> list[str]:
    words: dict[str, Any] = _WORDS[language]
    grounds = done.grounds
    lines = [
        *headline(done.outcome, _missing(grounds), language),
        words["asked"].format(
            hits=len(done.candidates),
            entries=grounds.entries,
            editions=len(grounds.editions),
            blocked=done.search.blocked,
        ),
    ]
    for each in done.candidates:
        lines += ["", *_candidate_lines(each, language)]
    lines.append("")
    lines += [words["shared"].format(**each) for each in done.shared_addresses()]
    lines += _limits(done, language)
    lines += _coverage_lines(grounds, language)
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


def _page(done: Screening, language: Language) -> str:
    """Return a page of its own: outcome, what was asked, each candidate as a fragment."""
    words: dict[str, Any] = _WORDS[language]
    shared = [words["shared"].format(**each) for each in done.shared_addresses()]
    first = headline(done.outcome, _missing(done.grounds), language)
    told = [*first, *shared, *_limits(done, language), *_coverage_lines(done.grounds, language)]
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


def _candidate_lines(each: Candidate, language: Language) -> list[str]:
    """Return the two names side by side, and what people made of it."""
    words: dict[str, Any] = _WORDS[language]
    lines: list[str] = [*drawn(as_text(each.hit, language))]
    if each.standing.lapsed:
        lines.append(words["lapsed"][each.standing.lapsed].format(record=each.standing.record))
    elif each.standing.verdict:
        lines.append(
            words["disposed"].format(
                verdict=SCREEN[f"verdict.{each.standing.verdict}"].in_(language), record=each.standing.record
            )
        )
    return lines


def _coverage_lines(grounds: Grounds, language: Language) -> list[str]:
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
        **_grounds(grounds),
    }


def swept_lines(done: Swept, grounds: Grounds, language: Language) -> list[str]:
    """Return a run over the vault's parties in words."""
    lines: list[str] = list(filter(None, [incomplete(_missing(grounds), language)]))
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
        lines += [line for found in each.screening.candidates for line in _candidate_lines(found, language)]
    return [*lines, "", *_coverage_lines(grounds, language)]


def _replay_lines(done: Replayed) -> list[str]:
    lines = [
        *([SCREEN["replay.incomplete"].say(lists=", ".join(done.missing))] if done.missing else []),
        SCREEN["replay.was"].say(
            record=done.record,
            at=format_instant(done.recorded_at),
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
