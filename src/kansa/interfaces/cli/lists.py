"""`kansa lists …`: official lists and own ones, by edition."""

import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

from cyclopts import App, Parameter

from kansa.application.screening.engine import SHRINK_PERCENT
from kansa.interfaces.cli.options import At, Language
from kansa.interfaces.cli.output import Json, drawn, progress, show, tell
from kansa.interfaces.cli.screen import INCOMPLETE
from kansa.lazy_imports import lazy_imports
from kansa.terminal import in_line
from kansa.texts import reader_language

with lazy_imports():
    from kansa.application.screening.at_once import AtOnce, screen_at_once
    from kansa.application.screening.lists import Added, add, editions
    from kansa.application.screening.required import required_lists
    from kansa.presentation.screening import swept_json, swept_lines
    from kansa.screening.coverage import Coverage, coverage
    from kansa.screening.edition import Shrunk
    from kansa.screening.lists.formats import FORMATS, Ought
    from kansa.screening.lists.reading import Shortfall
    from kansa.texts.commands import LISTS
    from kansa.texts.messages import said
    from kansa.texts.problems import in_words

app = App(name="lists", help="Lists of denied and sanctioned parties, by edition.")
_SHOWN = 20
_EN = {
    "covered": "Covered",
    "not_covered": "NOT covered",
    "stale": "Stale",
    "partial": "PARTIAL: {why}",
    "none": "No list has been added; `kansa lists add FORMAT FILE` adds one.",
    "old": "{age} days old",
    "undated": "undated, taken in {age} days ago",
}
_JA = {
    "covered": "対象リスト",
    "not_covered": "対象外のリスト",
    "stale": "古い版",
    "partial": "一部のみ: {why}",
    "none": "リストがありません。`kansa lists add FORMAT FILE` で追加します。",
    "old": "{age} 日前の版",
    "undated": "日付なし、{age} 日前に取込み",
}


@app.command(name="add")
def add_(
    format_: Annotated[str, Parameter(name="FORMAT", help="The form; see `kansa lists formats`.")],
    /,
    *files: Annotated[Path, Parameter(name="FILE", help="All files of one edition, as published.")],
    name: Annotated[str | None, Parameter(help="What an own list is called; default by its file.")] = None,
    edition_date: Annotated[
        str | None, Parameter(help="The edition's date, where the file does not state one.")
    ] = None,
    source_url: Annotated[str | None, Parameter(help="Where the file was taken from.")] = None,
    accept_shrink: Annotated[
        str | None,
        Parameter(help=f"Why the list may lose more than {SHRINK_PERCENT} % of its entries."),
    ] = None,
    screen: Annotated[
        bool,
        Parameter(
            help="Screen the vault's parties at once; otherwise the gate holds them until that is done."
        ),
    ] = True,
    at: At = At(),  # noqa: B008 - frozen
    as_json: Json = False,
) -> int:
    """Read an edition, keep it whole, record it, and screen the vault's parties against what it changes.

    Rows that cannot be read are named and counted. Exit 1: rows were rejected, the edition is partial, or a party needs a
    person; 4: parties wait for a screening, and the gate holds them.
    """
    vault = at.open()
    done = add(
        vault,
        format_,
        files,
        name=name,
        date=edition_date,
        source_url=source_url,
        accept_shrink=accept_shrink,
        asks=_ask,
    )
    with progress("screening the parties") as report:
        now = screen_at_once(vault, report, put_off=not screen)
    swept = None if now.swept is None or now.grounds is None else swept_json(now.swept, now.grounds)
    show(
        as_json,
        {**_json(done), "screened": swept, "waits": now.waits},
        [*_lines(done), *_screened_lines(now)],
    )
    needs_a_person = now.swept is not None and (now.swept.alerts or now.swept.unnamed)
    if done.edition.rejected or done.edition.shortfalls or needs_a_person:
        return 1
    return INCOMPLETE if now.waits else 0


@app.command
def status(
    *,
    language: Annotated[Language, Parameter(help="The language of the text.")] = "en",
    at: At = At(),  # noqa: B008 - frozen
    as_json: Json = False,
) -> int:
    """List which lists are covered, by which edition; which are not, and which are stale."""
    vault = at.open()
    found = coverage(editions(vault).values(), vault.clock.now(), required_lists(vault))
    show(as_json, coverage_json(found), coverage_lines(found, language))
    return 1 if found.not_covered or found.stale else 0


@app.command(name="formats")
def formats_(
    *,
    language: Annotated[Language, Parameter(help="The language of the text.")] = "en",
    as_json: Json = False,
) -> int:
    """List the forms in which lists can be given, and where their publishers have them."""
    value = [
        {"format": each.name, "en": each.en, "ja": each.ja, "files": each.files, "source": each.source}
        for each in FORMATS.values()
    ]
    lines = [
        line
        for each in FORMATS.values()
        for line in (
            f"{each.name:14} {each.ja if language == 'ja' else each.en}",
            f"{'':14} {each.files}  {each.source}".rstrip(),
        )
    ]
    show(as_json, {"formats": value}, lines)
    return 0


def _screened_lines(now: AtOnce) -> list[str]:
    if now.waits is not None:
        return [
            "",
            LISTS["waits"].say(why=said(now.waits)),
        ]
    if now.swept is None or now.grounds is None:
        return []
    return ["", LISTS["parties"].say(), *swept_lines(now.swept, now.grounds, reader_language(), drawn)]


def coverage_json(found: Coverage) -> dict[str, object]:
    """Return the stable JSON of a coverage."""
    return {
        "covered": [
            {
                "list": each.list,
                "entries": each.entries,
                "publication": each.edition.publication,
                "edition_date": each.edition.date,
                "age_days": each.age_days,
                "record_set_sha256": each.edition.record_set_sha256,
                "rejected_rows": each.edition.rejected,
            }
            for each in found.covered
        ],
        "not_covered": [{"list": each.list, "en": each.en, "ja": each.ja} for each in found.not_covered],
        "stale": [each.list for each in found.stale],
        "partial": [
            {
                "list": each.list,
                "entries": each.entries,
                "publication": each.edition.publication,
                "shortfalls": [shortfall._asdict() for shortfall in each.edition.shortfalls],
            }
            for each in found.partial
        ],
        "required_missing": [each.list for each in found.missing],
    }


def coverage_lines(found: Coverage, language: str) -> list[str]:
    """Return a coverage in words."""
    words = _JA if language == "ja" else _EN
    stale = {(each.list, each.edition.publication) for each in found.stale}
    lines = [words["covered"] if found.covered else words["none"]]
    for each in found.covered:
        mark = f"  {words['stale']}" if (each.list, each.edition.publication) in stale else ""
        lines.append(
            f"  {each.list:20} {each.entries:7}  {each.edition.publication:14} {each.edition.date or '—':10}  "
            f"{words['old' if each.edition.date else 'undated'].format(age=each.age_days)}{mark}"
        )
    lines += [
        f"  {each.list:20} {each.entries:7}  {each.edition.publication:14} "
        + words["partial"].format(why=_why(each.edition.shortfalls, language))
        for each in found.partial
    ]
    if found.not_covered:
        lines += ["", words["not_covered"]]
        lines += [
            f"  {each.list:20} {each.ja if language == 'ja' else each.en}{_required(each, language)}"
            for each in found.not_covered
        ]
    return lines


def _required(each: Ought, language: str) -> str:
    if not each.required:
        return ""
    return "（必須）" if language == "ja" else "  (required)"


def _why(shortfalls: Sequence[Shortfall], language: str) -> str:
    """In what an edition is partial."""
    words = _SHORTFALLS[1 if language == "ja" else 0]
    return "; ".join(words[each.what].format(file=each.file, missing=each.missing) for each in shortfalls)


_SHORTFALLS = (
    {
        "end_mark": "{file} lacks its publisher's end mark",
        "cut": "{file} breaks off in a row",
        "numbers": "{file} lacks {missing} running numbers",
    },
    {
        "end_mark": "{file} に発行者の終端記号がありません",
        "cut": "{file} が行の途中で切れています",
        "numbers": "{file} に連番 {missing} 件の欠落があります",
    },
)


def _ask(gone: tuple[Shrunk, ...]) -> str | None:
    """Ask a person at the terminal; without one there is no answer."""
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        return None
    for each in gone:
        tell(LISTS["would_go"].say(what=in_line(each.what), before=each.before, after=each.after))
    tell(LISTS["why"].say())
    return sys.stdin.readline().strip() or None


def _json(done: Added) -> dict[str, object]:
    return {
        "publication": done.edition.publication,
        "edition_date": done.edition.date,
        "record": done.edition.record,
        "record_set_sha256": done.edition.record_set_sha256,
        "files": [file._asdict() for file in done.edition.files],
        "rows": done.edition.rows,
        "entries": done.edition.entries,
        "rejected": done.edition.rejected,
        "set_aside": done.edition.set_aside,
        "passed_over": done.passed_over,
        "lists": dict(done.edition.lists),
        "added": len(done.difference.added),
        "shortfalls": [each._asdict() for each in done.edition.shortfalls],
        "removed": len(done.difference.removed),
        "changed": len(done.difference.changed),
        "problems": [
            {"file": each.file, "line": each.line, "field": each.field, "message": each.message}
            for each in done.problems
        ],
    }


def _lines(done: Added) -> list[str]:
    edition, changes = done.edition, done.difference
    lines = [
        LISTS["added"].say(
            publication=edition.publication,
            entries=edition.entries,
            rows=edition.rows,
            date=edition.date or LISTS["undated"].say(),
            record=edition.record,
        ),
        LISTS["changed"].say(
            added=len(changes.added),
            removed=len(changes.removed),
            changed=len(changes.changed),
            since=LISTS["since"].say(date=done.before.date or LISTS["last"].say()) if done.before else "",
        ),
    ]
    if done.before and done.before.date and edition.date and edition.date < done.before.date:
        lines.append(LISTS["older"].say(date=done.before.date))
    if edition.shortfalls:
        lines.append(LISTS["partial"].say(why=_why(edition.shortfalls, reader_language())))
    lines += [f"{count:9}  {list_}" for list_, count in edition.lists.items()]
    lines += [
        LISTS["passed_over"].say(count=count, reason=said(reason))
        for reason, count in done.passed_over.items()
    ]
    kinds = Counter(problem.code for problem in done.problems)
    lines += [LISTS["rejected"].say(count=kinds["list.row"])] if kinds["list.row"] else []
    lines += [LISTS["set_aside"].say(count=kinds["list.field"])] if kinds["list.field"] else []
    lines += [f"  {in_words(problem)}" for problem in done.problems[:_SHOWN]]
    if len(done.problems) > _SHOWN:
        lines.append(LISTS["more"].say(count=len(done.problems) - _SHOWN))
    return lines
