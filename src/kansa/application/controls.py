"""What a vault can show: its records, as far as a pack of controls asks for them, at a time or over a period."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kansa.clock import DAY, format_instant
from kansa.controls import oscal
from kansa.controls.assessment import Records, Shown, Shows, tally
from kansa.controls.loading import SHIPPED, read_controls, unknown_rules
from kansa.controls.pack import ControlPack
from kansa.dossier.report.readiness import Moment
from kansa.errors import BadInput
from kansa.records.journal import IndexedClaim, note
from kansa.rules.assessable import unassessable_rules
from kansa.rules.loading.library import read_library
from kansa.vault.vault import Vault

MAX_MOMENTS = 400
SHOWS: tuple[Shows, ...] = ("fresh", "stale", "missing", "nobody")


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadinessQuestion:
    """What is asked: at which instant (None: now), over which period in which steps, one control, a pack of one's own."""

    at: int | None = None
    over: tuple[int, int] | None = None
    step: int = DAY
    control: str | None = None
    pack: Path | None = None


@dataclass(frozen=True, slots=True)
class Readiness:
    """What can be shown: at `now` for the controls in `shown`, and for all of them at each of `moments`.

    `unassessed` are the rules that these controls serve and no record tells the facts of.
    """

    pack: ControlPack
    now: Moment
    moments: tuple[Moment, ...]
    shown: tuple[Shown, ...]
    unassessed: tuple[str, ...]

    @property
    def complete(self) -> bool:
        """Whether all that is asked of somebody here is fresh."""
        return all(each.state in {"fresh", "nobody"} for each in self.shown)

    def as_json(self) -> dict[str, Any]:
        """Return the stable JSON result."""
        value = {
            "at": format_instant(self.now.at),
            "pack": self.pack.header.id,
            "version": self.pack.header.version,
            **_answers_json(self.shown),
            "cannot_be_assessed": list(self.unassessed),
        }
        return value | ({"over": [_point(each) for each in self.moments]} if self.moments else {})


def readiness(vault: Vault, question: ReadinessQuestion) -> Readiness:
    """Hold a vault against the controls.

    Raises:
        BadInput: `controls.name`, if there is no such control; `option.every`, if the steps are none or too many.
    """
    pack = read_controls(question.pack or SHIPPED)
    now, moments = _moments(vault, pack, question)
    shown = now.shown if question.control is None else (_named(now.shown, question.control),)
    open_rules = unassessable_rules(read_library(check=False).packs)
    served = {rule for each in shown for rule in each.control.serves}
    return Readiness(pack, now, moments, tuple(shown), tuple(sorted(served & open_rules)))


def write_oscal(vault: Vault, question: ReadinessQuestion, directory: Path) -> list[Path]:
    """Write the controls, the expectations that they serve, and what the vault can show, as OSCAL 1.2.1 in JSON.

    Raises:
        BadInput: `controls.serves`, if a control serves a rule that there is not; `option.every`.
    """
    pack, library = read_controls(question.pack or SHIPPED), read_library()
    known = frozenset(rule.id for each in library.packs for rule in each.rules)
    if unserved := unknown_rules(pack, known):
        raise BadInput("controls.serves", f"there is no rule `{unserved[0]}`", help="see `kansa rules list`")
    now, moments = _moments(vault, pack, question)
    written = oscal.documents(pack, library, [*moments, now], vault.settings.origin)
    directory.mkdir(parents=True, exist_ok=True)
    for name, document in written.items():
        text = json.dumps(document, ensure_ascii=False, indent=2) + "\n"
        (directory / name).write_text(text, "utf-8")
    return [directory / name for name in written]


def records_for(vault: Vault, pack: ControlPack) -> Records:
    """Return the records of a vault that a pack of controls asks for. No sealed value is opened."""
    return Records(pack, _claims(vault, frozenset(sign.type for sign in pack.signs())))


def _claims(vault: Vault, types: frozenset[str]) -> Iterator[IndexedClaim]:
    roots: dict[int, int] = {}
    for index, record in vault.records():
        noted = note(index, record, roots) if record.type in types else None
        if noted is not None:
            yield noted


def _moments(
    vault: Vault, pack: ControlPack, question: ReadinessQuestion
) -> tuple[Moment, tuple[Moment, ...]]:
    times = _times(question.over, question.step)
    now = vault.clock.now() if question.at is None else question.at
    records = records_for(vault, pack)
    return Moment(now, records.at(now)), tuple(Moment(time, records.at(time)) for time in times)


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


def _answers_json(shown: Sequence[Shown]) -> dict[str, Any]:
    return {
        "controls": [_control(each) for each in shown],
        "summary": {**totals(shown), "answers": tally(shown)},
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


def totals(shown: Sequence[Shown]) -> dict[str, int]:
    """Return how many controls are asked of somebody, and how many are in each state."""
    states = [each.state for each in shown]
    asked = sum(state != "nobody" for state in states)
    return {"asked": asked, **{state: states.count(state) for state in SHOWS}}


def _point(moment: Moment) -> dict[str, Any]:
    families = dict.fromkeys(each.control.family for each in moment.shown)
    by_family = {
        name: tally(each for each in moment.shown if each.control.family == name) for name in families
    }
    return {
        "at": format_instant(moment.at),
        **totals(moment.shown),
        "answers": tally(moment.shown),
        "families": by_family,
    }
