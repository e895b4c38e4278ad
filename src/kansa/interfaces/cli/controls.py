"""`kansa controls`: what the operator can show now, or could show at a time, and how that changed; the same as OSCAL."""

import json
from collections.abc import Iterator, Sequence
from itertools import groupby
from pathlib import Path
from typing import Annotated, Any

from cyclopts import App, Parameter

from kansa.clock import DAY, format_instant
from kansa.errors import BadInput
from kansa.interfaces.cli.options import Language, duration, instant, interval
from kansa.interfaces.cli.output import Json, show
from kansa.lazy_imports import lazy_imports
from kansa.texts import Words

with lazy_imports():
    from rich.cells import cell_len, set_cell_size

    from kansa.application.controls import records_for
    from kansa.application.opening import Vault
    from kansa.controls import oscal
    from kansa.controls.assessment import STATES, Shown, Shows, tally
    from kansa.controls.loading import SHIPPED, read_controls, unknown_rules
    from kansa.controls.pack import OPERATOR, ControlPack
    from kansa.dossier.report.readiness import STATE_WORDS, Moment, draw
    from kansa.rules.assessable import unassessable_rules
    from kansa.rules.loading.library import read_library

app = App(
    name="controls",
    help="What the operator must be able to show, who answers for it, and whether it is fresh.",
)

MAX_MOMENTS = 400

_EACH: tuple[Shows, ...] = ("fresh", "stale", "missing", "nobody")
_NOBODY = Words("nobody", "対象なし")
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

AtVault = Annotated[Path, Parameter(env_var="KANSA_VAULT", show_env_var=True, help="The vault's directory.")]
AtTime = Annotated[
    str | None,
    Parameter(
        name=("--as-of", "--at"),
        help="The time to ask about, with what had been recorded by then; default now.",
    ),
]
Over = Annotated[str | None, Parameter(help="Readiness over time: FROM/TO, two times or dates.")]
Every = Annotated[str, Parameter(help="With --over: how far its moments are apart (ISO 8601).")]
OwnPack = Annotated[
    Path | None, Parameter(name="--pack", help="A pack of controls of your own in the place of ours.")
]


@app.default
def controls(
    *,
    vault: AtVault = Path("kansa-vault"),
    at: AtTime = None,
    over: Over = None,
    every: Every = "P1D",
    picture: Annotated[Path | None, Parameter(help="With --over: write the picture here, as SVG.")] = None,
    control: Annotated[
        str | None, Parameter(help="One control: whom it is about, and the records that answer.")
    ] = None,
    pack: OwnPack = None,
    language: Language = "en",
    as_json: Json = False,
) -> int:
    """Hold the vault against the controls: fresh, stale or missing. Exit 1 if not all that is asked is fresh."""
    if picture is not None and over is None:
        raise BadInput(
            "option.picture", "`--picture` draws readiness over time", help="give `--over` as well"
        )
    opened, asked = Vault(vault), read_controls(pack or SHIPPED)
    now, moments = _moments(opened, asked, at, over, every)
    if picture is not None:
        picture.write_text(draw(asked, moments, language), "utf-8")
    shown = now.shown if control is None else (_named(now.shown, control),)
    value = {
        "at": format_instant(now.at),
        "pack": asked.header.id,
        "version": asked.header.version,
        **_told(shown),
    }
    open_rules = unassessable_rules(read_library(check=False).packs)
    unassessed = sorted({rule for each in shown for rule in each.control.serves} & open_rules)
    value["cannot_be_assessed"] = unassessed
    lines = [*_lines(asked, shown, language)]
    if control is not None:
        lines += _answers(shown[0], opened, language)
    if moments:
        value["over"] = [_point(each) for each in moments]
        lines += ["", *_over(moments, language)]
    lines += ["", _SUMMARY.in_(language).format(at=format_instant(now.at), **_totals(shown))]
    lines.append(_MEANING.in_(language))
    if unassessed:
        lines.append(_UNASSESSED.in_(language).format(len(unassessed), ", ".join(unassessed)))
    show(as_json, value, lines)
    return 0 if all(each.state in {"fresh", "nobody"} for each in shown) else 1


@app.command(name="oscal")
def oscal_(
    directory: Annotated[Path, Parameter(help="Where to write: catalogs, mapping, assessment results.")],
    /,
    *,
    vault: AtVault = Path("kansa-vault"),
    at: AtTime = None,
    over: Over = None,
    every: Every = "P1D",
    pack: OwnPack = None,
    as_json: Json = False,
) -> int:
    """Write the controls, the expectations that they serve, and what the vault can show, as OSCAL 1.2.1 in JSON."""
    opened, asked, library = Vault(vault), read_controls(pack or SHIPPED), read_library()
    known = frozenset(rule.id for each in library.packs for rule in each.rules)
    if unserved := unknown_rules(asked, known):
        raise BadInput("controls.serves", f"there is no rule `{unserved[0]}`", help="see `kansa rules list`")
    now, moments = _moments(opened, asked, at, over, every)
    written = oscal.documents(asked, library, [*moments, now], opened.settings.origin)
    directory.mkdir(parents=True, exist_ok=True)
    for name, document in written.items():
        text = json.dumps(document, ensure_ascii=False, indent=2) + "\n"
        (directory / name).write_text(text, "utf-8")
    show(
        as_json,
        {"written": [str(directory / name) for name in written]},
        [str(directory / name) for name in written],
    )
    return 0


def _moments(
    vault: Vault, pack: ControlPack, at: str | None, over: str | None, every: str
) -> tuple[Moment, list[Moment]]:
    """Return what can be shown at the time asked about, and at each moment of a period."""
    zone = vault.settings.zone
    asked, period = instant(at, "--as-of", zone), interval(over, "--over", zone)
    times = _times(period, duration(every, "--every"))
    now = vault.clock.now() if asked is None else asked
    records = records_for(vault, pack)
    return Moment(now, records.at(now)), [Moment(time, records.at(time)) for time in times]


def _times(period: tuple[int, int] | None, step: int) -> range:
    if step <= 0:
        raise BadInput("option.every", "`--every` is no stretch of time", help="write P1D")
    found = range(*period, step) if period is not None else range(0)
    if len(found) > MAX_MOMENTS:
        days = -(-(found.stop - found.start) // (MAX_MOMENTS * DAY))
        raise BadInput(
            "option.every",
            f"`--over` has {len(found)} moments, more than {MAX_MOMENTS}",
            help=f"give `--every P{days}D`",
        )
    return found


def _named(shown: Sequence[Shown], name: str) -> Shown:
    found = [each for each in shown if each.control.id == name or each.control.id.endswith(f".{name}")]
    if len(found) != 1:
        raise BadInput("controls.name", f"`{name}` is no control", help="see `kansa controls`")
    return found[0]


def _told(shown: Sequence[Shown]) -> dict[str, Any]:
    return {
        "controls": [_control(each) for each in shown],
        "summary": {**_totals(shown), "answers": tally(shown)},
    }


def _control(shown: Shown) -> dict[str, Any]:
    control = shown.control
    return {
        "id": control.id,
        "family": control.family,
        "responsible": control.responsible,
        "about": control.about,
        "verified": control.verified,
        "sources": [{"citation": each.citation, "confidence": each.confidence} for each in control.sources],
        "state": shown.state,
        **shown.counts,
        "answers": [
            {
                "subject": each.subject,
                "state": each.state,
                "records": list(each.records),
                "until": None if each.until is None else format_instant(each.until),
            }
            for each in shown.answers
        ],
    }


def _totals(shown: Sequence[Shown]) -> dict[str, int]:
    states = [each.state for each in shown]
    asked = sum(state != "nobody" for state in states)
    return {"asked": asked, **{state: states.count(state) for state in _EACH}}


def _point(moment: Moment) -> dict[str, Any]:
    families = dict.fromkeys(each.control.family for each in moment.shown)
    by_family = {
        name: tally(each for each in moment.shown if each.control.family == name) for name in families
    }
    return {
        "at": format_instant(moment.at),
        **_totals(moment.shown),
        "answers": tally(moment.shown),
        "families": by_family,
    }


def _lines(pack: ControlPack, shown: Sequence[Shown], language: Language) -> Iterator[str]:
    heads = (_shows(state).in_(language) for state in STATES)
    yield " " * 36 + "".join(_right(head, 9) for head in heads)
    for family, of_family in groupby(shown, key=lambda each: each.control.family):
        yield pack.families[family].in_(language)
        for each in of_family:
            control = each.control
            name, state = control.id.rpartition(".")[2], _shows(each.state).in_(language)
            counted = "".join(f"{count:9}" for count in each.counts.values())
            role = pack.roles[control.responsible].in_(language)
            yield f"  {name:24} {set_cell_size(state, 9)}{counted}   {control.words.in_(language)} ({role})"


def _answers(shown: Shown, vault: Vault, language: Language) -> Iterator[str]:
    directory = vault.directory()
    for each in shown.answers:
        name = "" if each.subject == OPERATOR else directory.called(each.subject).get(language, "")
        records = ", ".join(f"#{index}" for index in each.records) or "—"
        until = "" if each.until is None else f" → {format_instant(each.until)}"
        yield f"    {set_cell_size(_shows(each.state).in_(language), 9)} {each.subject} {name}  {records}{until}"


def _over(moments: Sequence[Moment], language: Language) -> Iterator[str]:
    yield " " * 24 + "".join(_right(_shows(state).in_(language), 10) for state in STATES)
    for each in moments:
        counts = tally(each.shown)
        yield format_instant(each.at) + "".join(f"{counts[state]:10}" for state in STATES)


def _right(text: str, width: int) -> str:
    return " " * (width - cell_len(text)) + text


def _shows(state: Shows) -> Words:
    """Return the words for what a control shows."""
    return _NOBODY if state == "nobody" else STATE_WORDS[state]
