"""A trace as a picture: a lane for each basis, site, node, end user, path; what is missing beneath what was used."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from types import MappingProxyType

from kansa.application.tracing import TraceAnswer
from kansa.clock import DAY
from kansa.drawing.lanes import Bar, Lane, Look, draw
from kansa.presentation.trace import STAGE_WORDS, Names, title_of
from kansa.texts import Words, reader_language
from kansa.trace.statement import Break, Statement

MOST_LANES = 14
"""Lanes of a link; what is beyond is counted in the last one."""

_LANE_OF = MappingProxyType(
    {
        "authorization.recorded": "authorization",
        "custody.held": "site",
        "device.identified": "node",
        "end_user.verified": "end_user",
        "case.decided": "end_user",
        "access_path.enabled": "path",
        "configuration.temporary": "path",
        "use.held": "end_user",
    }
)
"""Whose lane a statement stands in: the subject of this role."""
_EVENTS = frozenset(
    {"device.receiving", "device.shipping", "device.installing", "device.removing", "device.observed"}
)
_MISSING = Words("{link}: evidence missing", "{link}: 証跡の欠落")
_MORE = Words("{count} more", "ほか {count} 件")
_ABOUT = Words(
    "Stretches that are evidenced, with what is missing in red; points are receipts, moves and sightings.",
    "証跡のある期間を示します。赤は欠落、点は受領・移動・観測です。",
)


def picture(answer: TraceAnswer) -> str:
    """Return the picture of a trace as an SVG document, from its first use or step to its last instant."""
    trace, names = answer.trace, Names(answer.called)
    begun = [each.start for each in trace.statements if each.stage in ("supply", "custody", "use")]
    start = min(begun, default=trace.as_of - DAY)
    used = [each.start for each in trace.statements if each.stage == "use"]
    if used and min(used) - start > 2 * (trace.as_of - min(used)):
        start = (
            min(used) - (trace.as_of - min(used)) // 20
        )  # what came long before would leave the uses no room
    lanes = [lane for stage in STAGE_WORDS for lane in _lanes(stage, trace.statements, names, trace.as_of)]
    lanes += _missing(
        [each for check in trace.checks if check.code.startswith("used_with") for each in check.breaks], names
    )
    return draw(
        lanes, start, trace.as_of, name=title_of(trace, names), about=_ABOUT.say(), language=reader_language()
    )


def _lanes(stage: str, statements: Sequence[Statement], names: Names, until: int) -> Iterator[Lane]:
    found: defaultdict[str, list[Bar]] = defaultdict(list)
    for said in (each for each in statements if each.stage == stage):
        if said.what in _EVENTS:
            found[said.subjects.get("site", "")].append(_bar(said, "event", names, until))
        elif (role := _LANE_OF.get(said.what, "")) in said.subjects:
            found[said.subjects[role]].append(_bar(said, "held", names, until))
    yield from _limited(STAGE_WORDS[stage].say(), found, names)


def _missing(breaks: Sequence[Break], names: Names) -> Iterator[Lane]:
    found: defaultdict[str, list[Bar]] = defaultdict(list)
    for each in breaks:
        if each.start is not None and each.end is not None:
            subject = (
                each.subjects.get("end_user") or each.subjects.get("tenant") or each.subjects["workload"]
            )
            found[subject].append(Bar(each.start, each.end, "missing", names(each.subjects["workload"])))
    yield from _limited(_MISSING.say(link=STAGE_WORDS["use"].say()), found, names)


def _limited(band: str, found: dict[str, list[Bar]], names: Names) -> Iterator[Lane]:
    ordered = sorted(found.items(), key=lambda each: (min(bar.start for bar in each[1]), names(each[0])))
    yield from (Lane(band, names(subject), bars) for subject, bars in ordered[:MOST_LANES])
    if rest := ordered[MOST_LANES:]:
        yield Lane(band, _MORE.say(count=len(rest)), [bar for _, bars in rest for bar in bars])


def _bar(said: Statement, look: Look, names: Names, until: int) -> Bar:
    end = until if said.end is None else said.end
    return Bar(
        said.start, end if said.lasting else said.start, look, ", ".join(map(names, said.subjects.values()))
    )
