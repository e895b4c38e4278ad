"""The pictures of docs/coherence.md, drawn from a run."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType

from run import Row, Run
from sheet import Bar, Sheet
from story import DIRECTORY, EARLIER, LOG_BEGAN, NOW, WORLD, june
from two_times import YEAR, said, two_times
from words import say

from kansa.clock import HOUR
from kansa.coherence.facts import FACTS, OPEN, Fact, names
from kansa.coherence.why import OPEN_END, Parts
from kansa.drawing.figures import Language, Moments
from kansa.drawing.svg import element
from kansa.registers.rows import Use

IDENTITY, ACCESS, CUSTODY, AUTHORIZATION = FACTS


def called(language: Language, subject: str) -> str:
    """What to show for a subject."""
    return DIRECTORY.called(subject).get(language, subject)


def device_hours(time: int) -> str:
    """Device time in hours; whole in this story."""
    hours, rest = divmod(time, HOUR)
    if rest:
        raise ValueError(f"{time} microseconds are not whole hours")
    return str(hours)


def _end(row: Row) -> int:
    return OPEN if row.valid_to is None else row.valid_to


def _stacked(bars: Iterable[Bar]) -> list[list[Bar]]:
    """Bars in as few rows as keep overlapping ones apart; touching ones share a row."""
    rows: list[list[Bar]] = []
    for bar in sorted(bars):
        free = next((row for row in rows if row[-1].end <= bar.start), None)
        if free is None:
            rows.append([bar])
        else:
            free.append(bar)
    return rows or [[]]


def _look(use: Use) -> str:
    return {"aoba": "use", "minato": "other"}.get(use.end_user_id or "", "nobody")


def story(run: Run, language: Language) -> str:
    """Who held which device, and what the source has reported."""
    sheet = Sheet(language, (june(1), june(9)))
    sheet.time(marks=[(LOG_BEGAN, say(language, "began")), (run.horizon, say(language, "horizon"))])
    for device in WORLD.installed:
        uses = [h for h in run.held.values() if h.use.device_id in (device.device_id, device.node_id)]
        bars = [Bar(h.use.start, h.end, _look(h.use), h.use.use_id) for h in uses]
        bars += [Bar(h.end, OPEN, "goes") for h in uses if h.use.end is None]
        about = say(language, "story.in", node=device.node_id)
        sheet.lane(device.device_id, [bars], about=about)
    windows = [Bar(w.valid_from, w.valid_to, "window", say(language, "reported")) for w in WORLD.window]
    sheet.lane(
        say(language, "reported"), [windows], about=say(language, "story.source", name=WORLD.window[0].source)
    )
    sheet.grid()
    sheet.legend(
        *(
            (look, say(language, "used_by", name=called(language, who)))
            for look, who in (("use", "aoba"), ("other", "minato"))
        ),
        ("nobody", say(language, "nobody")),
        ("window", say(language, "window")),
    )
    told = ((h.use.start, h.end, h.use.use_id) for h in run.held.values())
    return sheet.svg(say(language, "story.title"), said(language, told))


def facts(run: Run, language: Language, use_id: str, span: tuple[int, int]) -> str:
    """The rows of the four facts, and which are missing when."""
    held, gaps = run.held[use_id], run.gaps(use_id)
    sheet = Sheet(language, span)
    sheet.time(marks=[(run.horizon, say(language, "horizon"))] if held.use.end is None else [])
    use = [Bar(held.use.start, held.end, _look(held.use), use_id)]
    if held.use.end is None:
        use.append(Bar(held.end, OPEN, "goes", say(language, "story.runs")))
    sheet.lane(say(language, "use"), [use], about=use_id)
    for fact in FACTS:
        rows = [Bar(row.valid_from, _end(row), "row") for row in run.evidence(held.use, fact)]
        lanes = _stacked(rows)
        lanes[0] += _joined((gap.start, gap.end) for gap in gaps if gap.missing & fact.bit)
        sheet.lane(say(language, fact.name), lanes, about=say(language, "facts.bit", bit=fact.bit))
    bars = [
        Bar(gap.start, gap.end, "gap", "+".join(str(f.bit) for f in FACTS if gap.missing & f.bit))
        for gap in gaps
    ]
    bars = [
        b if "+" not in b.text else b._replace(text=f"{b.text} = {g.missing}")
        for b, g in zip(bars, gaps, strict=True)
    ]
    sheet.lane(say(language, "facts.answer"), [bars], about=say(language, "facts.mask"))
    sheet.grid()
    sheet.legend(
        ("row", say(language, "row")), ("gap", say(language, "gap")), ("", say(language, "facts.bits"))
    )
    told = (
        (g.start, g.end, say(language, "plus").join(say(language, n) for n in names(g.missing))) for g in gaps
    )
    return sheet.svg(say(language, "facts.title", use=use_id), said(language, told))


def _joined(spans: Iterable[tuple[int, int]]) -> list[Bar]:
    found: list[Bar] = []
    for start, end in sorted(spans):
        if found and found[-1].end == start:
            found[-1] = found[-1]._replace(end=end)
        else:
            found.append(Bar(start, end, "gap"))
    return found


def knowledge(run: Run, language: Language) -> str:
    """One use as it was known at two times."""
    use_id, moments = "use-2", Moments(language, YEAR)
    (_, before), (_, after) = run.known(EARLIER), run.known(NOW)
    sheet = Sheet(language, (june(5, 6), june(7, 18)))
    sheet.time(marks=[(EARLIER, say(language, "known_at.earlier"))])
    changed = [c for c in run.changes if c.use_id == use_id]
    for fact in FACTS:
        told = [
            _joined((g.start, g.end) for g in answer.gaps if g.use_id == use_id and g.missing & fact.bit)
            for answer in (before, after)
        ]
        if not any(told):
            continue
        sheet.heading(say(language, fact.name))
        for at, gaps in zip((EARLIER, NOW), told, strict=True):
            use = Bar(run.held[use_id].use.start, EARLIER, "row")
            sheet.lane("　" + say(language, "known_at.then", at=moments.at(at)), [[use, *gaps]], height=15.0)
        bars = [
            Bar(c.start, c.end, c.change, say(language, c.change)) for c in changed if c.fact == fact.name
        ]
        sheet.lane("　" + say(language, "known_at.change"), [bars], height=18.0)
    sheet.grid()
    sheet.legend(
        ("row", say(language, "evidenced")),
        ("gap", say(language, "gap")),
        ("became", say(language, "became")),
    )
    told_changes = ((c.start, c.end, f"{say(language, c.fact)}: {say(language, c.change)}") for c in changed)
    return sheet.svg(say(language, "known_at.title", use=use_id), said(language, told_changes))


def known(run: Run, language: Language) -> str:
    """The level of each row, and of each instant."""
    use_id = "use-1"
    held = run.held[use_id]
    sheet = Sheet(language, (june(1), june(5, 12)))
    sheet.time()
    for fact in FACTS:
        rows = _stacked(
            Bar(r.valid_from, _end(r), r.known_by, say(language, r.known_by))
            for r in run.evidence(held.use, fact)
        )
        about = say(language, "known.strongest") if len(rows) > 1 else ""
        sheet.lane(say(language, fact.name), rows, about=about)
    own = str(held.use.known_by)
    sheet.lane(
        say(language, "use"),
        [[Bar(held.use.start, held.end, own, say(language, own))]],
        about=say(language, "known.itself"),
    )
    bars = [Bar(start, end, word, say(language, word)) for start, end, word in run.level(held.use)]
    bars += [
        bar._replace(text=say(language, "gap")) for bar in _joined((g.start, g.end) for g in run.gaps(use_id))
    ]
    sheet.lane(say(language, "known.weakest"), [bars], about=say(language, "known.about"))
    sheet.grid()
    levels = ("attested", "measured", "documented", "declared", "inferred")
    sheet.legend(*((level, say(language, level)) for level in levels), ("gap", say(language, "gap")))
    told = ((b.start, b.end, b.text) for b in sorted(bars))
    return sheet.svg(say(language, "known.title", use=use_id), said(language, told))


def shares(run: Run, language: Language) -> str:
    """What every installed device did, and the sum."""
    sheet = Sheet(language, (june(1), june(9)))
    sheet.time(marks=[(run.horizon, say(language, "horizon"))])
    for device in WORLD.installed:
        uses = [
            Bar(h.use.start, h.end, _look(h.use), h.use.use_id)
            for h in run.held.values()
            if h.use.device_id in (device.device_id, device.node_id)
        ]
        states = [
            Bar(start, end, "use" if state == "used" else state, say(language, f"balance.{state}"))
            for start, end, state in run.state(device.device_id)
        ]
        sheet.lane(
            device.device_id,
            [uses, states],
            about=say(language, "use") + " / " + say(language, "table.state"),
        )
    windows = [Bar(w.valid_from, w.valid_to, "window", say(language, "reported")) for w in WORLD.window]
    sheet.lane(
        say(language, "reported"), [windows], about=say(language, "story.source", name=WORLD.window[0].source)
    )
    sheet.grid()
    total = run.balance.total
    sheet.y += 8
    at = run.balance.start
    bars, looks = [], (("used", "use"), ("idle", "idle"), ("unobserved", "unobserved"))
    for state, look in looks:
        time = getattr(total, state)
        text = say(
            language, "balance.part", state=say(language, f"balance.{state}"), hours=device_hours(time)
        )
        # The bar of sums is as wide as the picture: installed time stands for its whole width.
        width = time * (sheet.span[1] - sheet.span[0]) // total.installed
        bars.append(Bar(at, at + width, look, text))
        at += width
    sum_text = say(language, "balance.sum", hours=device_hours(total.installed))
    sheet.lane(say(language, "balance.all"), [bars], about=sum_text)
    sheet.legend(*((bar.look, bar.text) for bar in bars))
    return sheet.svg(say(language, "balance.title"), "; ".join([sum_text, *(bar.text for bar in bars)]))


def reasons(run: Run, language: Language) -> str:
    """Two gaps with the parts of their fact, and the reasons found."""
    panels = (("use-1", AUTHORIZATION, (june(1), june(5, 12))), ("use-2", ACCESS, (june(5), june(6))))
    sheet = Sheet(language, panels[0][2])
    told = []
    for use_id, fact, span in panels:
        sheet.over(span)
        sheet.heading(say(language, "why.of", fact=say(language, fact.name), use=use_id))
        sheet.time()
        for name, spans in _parts(run.held[use_id].use, fact, language):
            sheet.lane(
                name,
                [[Bar(low, OPEN if high == OPEN_END else high, "row") for low, high in spans]],
                height=15.0,
            )
        gaps = _joined((gap.start, gap.end) for gap in run.gaps(use_id) if gap.missing & fact.bit)
        sheet.lane(say(language, "why.gap"), [gaps])
        found = [why for why in run.reasons if (why.use_id, why.fact) == (use_id, fact.name)]
        bars = [Bar(w.start, w.end, "ceased", _reason(language, w.part, w.detail)) for w in found]
        sheet.lane(say(language, "why.reason"), _stacked(bars))
        sheet.grid()
        sheet.y += 10
        told += [(bar.start, bar.end, bar.text) for bar in bars]
    sheet.legend(("row", say(language, "why.part")), ("gap", say(language, "gap")))
    return sheet.svg(say(language, "why.title"), said(language, told))


def _reason(language: Language, part: str, detail: str | None) -> str:
    name = say(language, f"part.{part}")
    return f"{name} {detail}" if detail else name


def _parts(use: Use, fact: Fact, language: Language) -> Iterator[tuple[str, Sequence[tuple[int, int]]]]:
    """The parts of a fact for a use, with when each is in force."""
    parts = Parts(WORLD)
    if fact.name == "access":
        who = f"{use.tenant_id} {use.end_user_id} {use.path_id}"
        for part, key in (("approval", who), ("enablement", str(use.path_id)), ("mediator", who)):
            yield say(language, f"part.{part}"), parts.spans(part, key)
        return
    bases = parts.bases[str(use.end_user_id)]
    for jurisdiction in sorted({basis.jurisdiction for basis in bases}, reverse=True):
        mine = [(basis.start, basis.end) for basis in bases if basis.jurisdiction == jurisdiction]
        yield say(language, "part.basis", jurisdiction=say(language, jurisdiction)), mine


def probe(run: Run, language: Language) -> str:
    """Which uses lie in the representative of every fact, and which are left."""
    sheet = Sheet(language, (june(1), june(9)))
    sheet.time()
    for use_id, probed in run.probed.items():
        held = run.held[use_id]
        verdict = say(language, "probe.residual.short" if probed.residual else "probe.settled.short")
        sheet.heading(say(language, "probe.heading", use=use_id, verdict=verdict))
        look = "residual" if probed.residual else "evidenced"
        sheet.lane("　" + say(language, "use"), [[Bar(held.use.start, held.end, look)]], height=12.0)
        for fact in FACTS:
            interval = probed.intervals[fact.name]
            covers = interval is not None and interval[0] <= held.use.start and held.end <= interval[1]
            bars = [] if interval is None else [Bar(*interval, "row" if covers else "old")]
            sheet.lane("　" + say(language, fact.name), [bars], height=9.0)
        ends = (sheet.axis.x(held.use.start), sheet.axis.x(held.end))
        top = sheet.y - 4 * 18 - 22
        sheet.add(*(element("line", x1=x, x2=x, y1=top, y2=sheet.y, class_="guide") for x in ends))
    sheet.grid()
    sheet.legend(
        ("row", say(language, "probe.interval")),
        ("old", say(language, "probe.short")),
        ("evidenced", say(language, "probe.settled")),
        ("residual", say(language, "probe.residual")),
    )
    told = ", ".join(
        f"{use_id}: {say(language, 'probe.residual.short' if probed.residual else 'probe.settled.short')}"
        for use_id, probed in run.probed.items()
    )
    return sheet.svg(say(language, "probe.title"), told)


PICTURES: Mapping[str, Callable[[Run, Language], str]] = MappingProxyType(
    {
        "story": story,
        "gaps": lambda run, language: facts(run, language, "use-1", (june(1), june(5, 12))),
        "horizon": lambda run, language: facts(run, language, "use-2", (june(5), june(9))),
        "late": lambda run, language: two_times(run, language, "use-2", IDENTITY, (june(5), june(9))),
        "before": lambda run, language: two_times(run, language, "use-1", ACCESS, (june(1), june(5))),
        "knowledge": knowledge,
        "known": known,
        "balance": shares,
        "why": reasons,
        "probe": probe,
    }
)
