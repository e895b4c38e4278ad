"""The page in one language: every value of the view as the words and pictures that the templates put in place."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from markupsafe import Markup

from kansa.dossier.report import explain
from kansa.dossier.report.closing import Closing
from kansa.dossier.report.lanes import THINNEST, Drawing, Sites
from kansa.dossier.report.names import about, listed, name, site_name, whose
from kansa.dossier.report.summary import (
    BalanceFigures,
    CoverageFigures,
    balance_sentence,
    coverage_sentence,
    when_recorded,
)
from kansa.dossier.report.texts import WORDS, mark, say
from kansa.dossier.report.view import (
    FACTS,
    Balance,
    Coverage,
    GapRow,
    Placement,
    Report,
    Scope,
    State,
    Swimlanes,
    UnobservedRow,
)
from kansa.drawing.bars import Piece, bar
from kansa.drawing.figures import (
    Language,
    Moments,
    Named,
    Share,
    hours,
    hours_together,
    isolated,
    machine,
    plain,
    share,
    shares,
    utc,
)

KNOWN_BY = ("attested", "measured", "documented", "declared", "inferred")
SHOWN = 40  # swimlanes shown before the others are folded
APIECE = 6  # stretches for one reason that get a row each; more are summed in one row and listed below it
NOT_AT_THE_TIME: tuple[State, ...] = ("late", "before_log")
LISTED = 100  # late stretches and placements of a swimlane that are listed; gaps are listed without limit


@dataclass(frozen=True, slots=True)
class GapWords:
    """What gaps lack and what closes them; equal words stand once for all of their stretches."""

    fact: str
    missing: Markup
    detail: Markup | None
    closing: str
    who: str
    sites: Markup
    closable: bool


@dataclass(frozen=True, slots=True)
class Together:
    """What the stretches of a long group come to, in one row; they are listed below it."""

    span: str
    count: str
    listed: str
    hours: str


@dataclass(frozen=True, slots=True)
class GapGroup:
    """Rows of a table of gaps with the same words: (`datetime`, from and to, units, device hours) each."""

    words: GapWords
    stretches: Sequence[tuple[str, str, str, str]]
    together: Together | None


@dataclass(frozen=True, slots=True)
class CoverageLine:
    """Coverage of one tenant and end user, or of all, as a row: shares of the used hours."""

    name: Markup
    under: Markup | None
    anchor: str | None
    picture: Markup | None
    use: str
    known: tuple[str, ...]
    late: str
    before_log: str
    gap: str
    has_gap: bool


@dataclass(frozen=True, slots=True)
class BalanceLine:
    """A site's balance, or a state of the whole, as a row."""

    name: Markup
    picture: Markup | None
    cells: tuple[str, ...]
    look: str = ""


@dataclass(frozen=True, slots=True)
class Recorded:
    """Stretches of a swimlane that were not recorded at the time: (from and to, fact) each, the list cut."""

    state: State
    rows: tuple[tuple[str, str], ...]
    count: int


@dataclass(frozen=True, slots=True)
class LaneBlock:
    """One swimlane picture with the tables behind it."""

    anchor: str
    name: Markup
    under: Markup | None
    picture: Markup
    use: str
    coverage: tuple[tuple[str, str, str], ...]
    gaps: tuple[GapGroup, ...]
    recorded: tuple[Recorded, ...]
    also: str | None
    places: tuple[tuple[str, Markup, str], ...]
    place_count: int


@dataclass(frozen=True, slots=True)
class UnobservedLine:
    """An unobserved stretch as a row."""

    start: str
    span: str
    site: Markup
    devices: str
    hours: str


@dataclass(frozen=True, slots=True)
class Article:
    """Everything that the templates show in one language."""

    language: Language
    report: Report
    title: str
    operator: Markup
    scope: Markup
    audience: str | None
    withheld: str | None
    rows: str | None
    period: str
    period_utc: str
    known: str
    known_utc: str
    checkpoint: str
    witness: str
    answer: tuple[str, str]
    balance_picture: Markup
    balance: tuple[BalanceLine, ...]
    balance_note: str | None
    sites: tuple[BalanceLine, ...]
    by_fact: tuple[tuple[str, str, str], ...]
    closing: Closing
    installed_hours: str
    coverage: tuple[CoverageLine, ...]
    shown: tuple[LaneBlock, ...]
    folded: tuple[LaneBlock, ...]
    folded_with_gaps: int
    others: tuple[GapGroup, ...]
    unobserved: tuple[UnobservedLine, ...]
    ontime: str
    before_log: bool
    log_began: str | None
    log_began_utc: str | None
    site_role: str
    thinnest: str

    def say(self, key: str, /, **values: object) -> str:
        return say(self.language, _of_whom(key, self.report.scope), **values)

    def mark(self, key: str, /, **values: object) -> Markup:
        return mark(self.language, key, **values)

    @classmethod
    def of(cls, report: Report, language: Language) -> "Article":
        return _Writer(report, language).article()


class _Writer:
    """Writes one article; holds what all of its parts need."""

    def __init__(self, report: Report, language: Language) -> None:
        self.report = report if report.lateness_assessed else _without_lateness(report)
        self.ontime = "ontime" if report.lateness_assessed else "evidenced"
        self.before_log = _has_before_log(self.report)
        self.language = language
        self.moments = Moments.of_period(language, report.start, report.end)
        self.dated = Moments(language)
        self.sites = Sites.of(
            [
                *(site for site, _ in report.by_site),
                *(p.site for lane in report.lanes for p in lane.placements),
                *(row.site for row in report.unobserved),
            ]
        )

    def say(self, key: str, /, **values: object) -> str:
        return say(self.language, _of_whom(key, self.report.scope), **values)

    def article(self) -> Article:
        report = self.report
        rows = _by_lane(report.gaps)
        ordered = _ordered(report.lanes)
        blocks = [
            self._block(i, lane, rows.get(_key(lane.tenant, lane.end_user), ()))
            for i, lane in enumerate(ordered)
        ]
        drawn = {_key(lane.tenant, lane.end_user) for lane in ordered}
        span = self.dated.span(report.start, report.end)
        return Article(
            language=self.language,
            report=report,
            title=self.say("title", operator=isolated(report.operator, self.language), period=span),
            operator=name(report.operator, self.language),
            scope=about(report.scope.tenant, report.scope.end_user, self.language),
            audience=report.scope.audience and self.say(f"audience.{report.scope.audience}"),
            withheld=self._withheld(report.scope),
            rows=self._rows(report.scope),
            period=self.say("period.jst", span=span),
            period_utc=f"{utc(report.start)} – {utc(report.end)}",
            known=self.say("known.jst", at=self.dated.at(report.known_at)),
            known_utc=utc(report.known_at),
            checkpoint=self.say(
                "checkpoint.root",
                root=plain(report.ledger.root)[:12] + ("…" if len(report.ledger.root) > 12 else ""),
                at=self.dated.at(report.ledger.checkpoint_at),
            ),
            witness=self._witness(report.ledger.witnesses),
            answer=(balance_sentence(report, self.language), coverage_sentence(report, self.language)),
            balance_picture=self._balance_picture(),
            balance=tuple(self._balance_lines()),
            balance_note=self._balance_note(),
            sites=tuple(self._site(i, site, balance) for i, (site, balance) in enumerate(report.by_site)),
            by_fact=self._by_fact(report.coverage),
            closing=Closing.of(report, self.language),
            installed_hours=str(hours(report.balance.installed)),
            coverage=tuple(self._coverage_lines(ordered)),
            shown=tuple(blocks[:SHOWN]),
            folded=tuple(blocks[SHOWN:]),
            folded_with_gaps=sum(1 for lane in ordered[SHOWN:] if _has_gap(lane)),
            others=self._gaps([row for key, found in rows.items() if key not in drawn for row in found]),
            unobserved=tuple(
                self._unobserved(row)
                for row in sorted(report.unobserved, key=lambda row: (row.start, row.end))
            ),
            ontime=f"state.{self.ontime}",
            before_log=self.before_log,
            log_began=self._log_began(report.log_began),
            log_began_utc=None if report.log_began is None else utc(report.log_began),
            site_role=explain.role(self.language, "site_operations"),
            thinnest=f"{THINNEST:g}",
        )

    def _witness(self, witnesses: int) -> str:
        if witnesses == 0:
            return self.say("witness.none")
        return self.say("witness.one") if witnesses == 1 else self.say("witness.some", count=witnesses)

    def _log_began(self, instant: int | None) -> str | None:
        """Return when the log began, if that was inside the period or later; before it, it tells readers nothing."""
        if instant is None or instant <= self.report.start:
            return None
        return self.say("ledger.began.at", at=self.dated.at(instant))

    def _name(self, named: Named) -> Markup:
        return name(named, self.language)

    def _under(self, lane: Swimlanes) -> Markup:
        tenant = self._name(lane.tenant) if lane.tenant else self.say("tenant.unnamed")
        parts = [mark(self.language, "tenant.of", tenant=tenant)]
        key = {method: f"method.{method}" for method in ("direct", "brokered", "remote")}
        methods = self.say("separator").join(self.say(key[m]) if m in key else plain(m) for m in lane.methods)
        if methods and lane.mediators:
            mediators = listed(map(self._name, lane.mediators), self.language)
            parts.append(mark(self.language, "method.by", method=methods, mediators=mediators))
        elif methods:
            parts.append(Markup("{}").format(methods))
        return Markup(" · ").join(parts)

    # Device time

    def _pieces(self, states: Iterable[tuple[str, int, str]]) -> list[Piece]:
        return [
            Piece(size, look, self.say("balance.part", state=self.say(f"state.{state}"), hours=hours(size)))
            for state, size, look in states
        ]

    def _of_installed(self, balance: Balance) -> list[Piece]:
        """Installed time by what the devices did."""
        states = ("used", balance.used), ("idle", balance.idle), ("unobserved", balance.unobserved)
        return self._pieces((state, size, state) for state, size in states)

    def _withheld(self, scope: Scope) -> str | None:
        if scope.entries is None or scope.of_entries is None:
            return None
        hidden = scope.of_entries - scope.entries
        return self.say("withheld.count", hidden=f"{hidden:,}", whole=f"{scope.of_entries:,}")

    def _rows(self, scope: Scope) -> str | None:
        if not scope.segments:
            return None
        return self.say("rows.count", rows=f"{scope.rows:,}", segments=f"{scope.segments:,}")

    def _of_uses(self, coverage: Coverage) -> list[Piece]:
        """Return the time of all uses by when its evidence was recorded."""
        states = (self.ontime, "late", "before_log", "gap")
        looks = ("evidenced", "late", "before_log", "gap")
        return self._pieces(zip(states, when_recorded(coverage), looks, strict=True))

    def _balance_picture(self) -> Markup:
        """Return all installed time, and above it all uses: not as a part of it, since a use can lie where nothing was closed."""
        uses, installed = self._of_uses(self.report.coverage), self._of_installed(self.report.balance)
        told = [
            self.say("separator").join(piece.says for piece in pieces if piece.size)
            for pieces in (uses, installed)
        ]
        return bar(
            [(uses, 26), (installed, 26)],
            width=1040,
            name=self.say("balance"),
            about=self.say("balance.pictures", uses=told[0], parts=told[1]),
            class_="bar wide",
            id_=f"{self.language}-balance",
        )

    def _balance_lines(self) -> Iterable[BalanceLine]:
        balance, coverage = self.report.balance, self.report.coverage
        figures = BalanceFigures.of(balance)
        of_installed = shares((balance.used, balance.idle, balance.unobserved))
        covered = CoverageFigures.of(coverage)
        sizes = hours_together(when_recorded(coverage))
        used = [
            (self.ontime, covered.ontime, sizes[0], "evidenced"),
            *([("late", covered.late, sizes[1], "late")] if self.report.lateness_assessed else []),
            *([("before_log", covered.before_log, sizes[2], "before_log")] if self.before_log else []),
            ("gap", covered.gap, sizes[3], "gap"),
        ]
        yield self._balance_line("used", figures.used, of_installed[0], "", "total")
        if coverage.use:
            for state, part, size, look in used:
                yield self._balance_line(state, size, "", part, look)
        yield self._balance_line("idle", figures.idle, of_installed[1], "", "idle")
        yield self._balance_line("unobserved", figures.unobserved, of_installed[2], "", "unobserved")
        yield self._balance_line("installed", figures.installed, Share(1000), "", "total")

    def _balance_note(self) -> str | None:
        """Why the states of use come to more than the used time, where they do."""
        if self.report.coverage.use <= self.report.balance.used:
            return None
        return self.say("balance.uses", use=hours(self.report.coverage.use))

    def _balance_line(
        self, state: str, device_hours: object, of_installed: object, of_used: object, look: str
    ) -> BalanceLine:
        said = Markup("{}").format(self.say(f"state.{state}"))
        return BalanceLine(said, None, (str(device_hours), str(of_installed), str(of_used)), look)

    def _site(self, index: int, site: Named, balance: Balance) -> BalanceLine:
        pieces = self._of_installed(balance)
        about = self.say("separator").join(piece.says for piece in pieces if piece.size)
        drawn = bar(
            [(pieces, 14)],
            width=360,
            name=self.say("balance"),
            about=self.say("balance.picture", parts=about),
            class_="bar",
            id_=f"{self.language}-site-{index}",
        )
        figures = BalanceFigures.of(balance)
        cells = (figures.installed, figures.used, figures.idle, figures.unobserved)
        return BalanceLine(self._name(site), drawn, tuple(map(str, cells)))

    def _by_fact(self, coverage: Coverage) -> tuple[tuple[str, str, str], ...]:
        return tuple(
            (
                self.say(f"fact.{fact}"),
                str(hours(size)),
                str(share(size, coverage.use)) if coverage.use else "",
            )
            for fact in FACTS
            for size in [coverage.gap_by_fact.get(fact, 0)]
        )

    # Tenants

    def _coverage_lines(self, lanes: Sequence[Swimlanes]) -> Iterable[CoverageLine]:
        all_uses = Markup("{}").format(self.say("tenants.all"))
        yield self._coverage_line("all", self.report.coverage, all_uses, None, None)
        for i, lane in enumerate(lanes):
            user = whose(None, lane.end_user, self.language)
            yield self._coverage_line(f"{i}", lane.coverage, user, self._under(lane), self._anchor(i))

    def _coverage_line(
        self, id_: str, coverage: Coverage, user: Markup, under: Markup | None, anchor: str | None
    ) -> CoverageLine:
        covered = CoverageFigures.of(coverage)
        sizes = tuple(coverage.by_known.get(known, 0) for known in KNOWN_BY)
        known = shares(sizes, tenths=covered.evidenced.tenths, whole=coverage.use)
        pieces = [
            Piece(size, f"known {by}", self._covered(f"known_by.{by}", part))
            for by, size, part in zip(KNOWN_BY, sizes, known, strict=True)
        ]
        gap = Piece(coverage.gap, "gap", self._covered("state.gap", covered.gap))
        ontime = when_recorded(coverage)[0]
        when = [
            Piece(ontime, "evidenced", self._covered(f"state.{self.ontime}", covered.ontime)),
            Piece(coverage.late, "late", self._covered("state.late", covered.late)),
            Piece(coverage.before_log, "before_log", self._covered("state.before_log", covered.before_log)),
            gap,
        ]
        about = self.say("separator").join(piece.says for piece in (*pieces, *when[1:]) if piece.size)
        text = label_text(user)
        drawn = bar(
            [([*pieces, gap], 15), (when, 6)] if self.report.lateness_assessed else [([*pieces, gap], 21)],
            width=300,
            name=self.say("tenants.bar"),
            about=self.say("tenants.picture", name=text, parts=about),
            class_="bar",
            id_=f"{self.language}-coverage-{id_}",
        )
        return CoverageLine(
            name=user,
            under=under,
            anchor=anchor,
            picture=drawn if coverage.use else None,
            use=str(hours(coverage.use)),
            known=tuple(_or_dash(part, size) for part, size in zip(known, sizes, strict=True)),
            late=_or_dash(covered.late, coverage.late),
            before_log=_or_dash(covered.before_log, coverage.before_log),
            gap=_or_dash(covered.gap, coverage.gap),
            has_gap=coverage.gap > 0,
        )

    def _covered(self, state: str, part: Share) -> str:
        return self.say("tenants.part", state=self.say(state), share=part)

    # Over time

    def _anchor(self, index: int) -> str:
        return f"{self.language}-lane-{index}"

    def _block(self, index: int, lane: Swimlanes, rows: Sequence[GapRow]) -> LaneBlock:
        anchor = self._anchor(index)
        drawing = Drawing(self.language, self.moments, self.report.start, self.report.end, self.sites)
        user = whose(None, lane.end_user, self.language)
        recorded = tuple(found for state in NOT_AT_THE_TIME if (found := self._recorded(lane, state)).count)
        places = sorted(lane.placements, key=lambda p: (p.start, p.end))
        return LaneBlock(
            anchor=anchor,
            name=user,
            under=self._under(lane),
            picture=drawing.swimlanes(
                lane, rows, name=self.say("lanes.picture", name=label_text(user)), id_=anchor
            ),
            use=str(hours(lane.coverage.use)),
            coverage=self._by_fact(lane.coverage),
            gaps=self._gaps(rows),
            recorded=recorded,
            also=self._also(recorded, len(places)),
            places=tuple(map(self._place, places[:LISTED])),
            place_count=len(places),
        )

    def _recorded(self, lane: Swimlanes, state: State) -> Recorded:
        found = [
            (fact, segment)
            for fact in FACTS
            for segment in lane.facts.get(fact, ())
            if segment.state == state
        ]
        rows = (
            (self.moments.span(segment.start, segment.end), self.say(f"fact.{fact}"))
            for fact, segment in found[:LISTED]
        )
        return Recorded(state, tuple(rows), len(found))

    def _also(self, recorded: Iterable[Recorded], places: int) -> str | None:
        """Return what the fold below a picture holds; None if it is empty."""
        held = {f"lanes.also.{each.state}": each.count for each in recorded} | {"lanes.also.places": places}
        parts = [self.say(key, count=f"{count:,}") for key, count in held.items() if count]
        return self.say("lanes.also").join(parts) or None

    def _place(self, place: Placement) -> tuple[str, Markup, str]:
        site = site_name(place.site, self.language)
        if place.generated:
            site = Markup("{} · {}").format(site, self.say("banner.generated"))
        return self.moments.span(place.start, place.end), site, f"{place.units:,}"

    def _gaps(self, rows: Sequence[GapRow]) -> tuple[GapGroup, ...]:
        """Gaps with the same words together, groups and stretches in order of time."""
        alike: dict[object, list[GapRow]] = {}
        for row in rows:
            alike.setdefault(_alike(row), []).append(row)
        return tuple(
            GapGroup(
                self._words(group[0]),
                [
                    (
                        machine(row.start),
                        self.moments.span(row.start, row.end),
                        f"{row.units:,}",
                        str(hours(row.device_time)),
                    )
                    for row in group
                ],
                self._together(group) if len(group) > APIECE else None,
            )
            for group in alike.values()
        )

    def _together(self, group: Sequence[GapRow]) -> Together:
        count = f"{len(group):,}"
        return Together(
            span=self.moments.span(group[0].start, max(row.end for row in group)),
            count=self.say("closing.stretches", count=count),
            listed=self.say("stretches.of", count=count),
            hours=str(hours(sum(row.device_time for row in group))),
        )

    def _words(self, row: GapRow) -> GapWords:
        return GapWords(
            fact=self.say(f"fact.{row.fact}"),
            missing=explain.missing_marked(self.language, row, self.moments),
            detail=explain.detail(self.language, row),
            closing=explain.closing(self.language, row),
            who=explain.who(self.language, row),
            sites=listed(map(self._name, row.sites if row.sites != row.detail else ()), self.language),
            closable=row.closable,
        )

    def _unobserved(self, row: UnobservedRow) -> UnobservedLine:
        return UnobservedLine(
            start=machine(row.start),
            span=self.moments.span(row.start, row.end),
            site=site_name(row.site, self.language),
            devices=f"{row.devices:,}",
            hours=str(hours(row.device_time)),
        )


def label_text(user: Markup) -> str:
    """Return the text of a name that was made as markup, kept apart from the direction of what stands around it."""
    return f"\u2068{user.striptags()}\u2069"


def _without_lateness(report: Report) -> Report:
    """Return where nobody asked whether records were late, evidenced is all that can be said."""
    lanes = (
        replace(
            lane,
            coverage=replace(lane.coverage, late=0, before_log=0),
            facts={
                fact: tuple(
                    replace(s, state="evidenced") if s.state in NOT_AT_THE_TIME else s for s in segments
                )
                for fact, segments in lane.facts.items()
            },
        )
        for lane in report.lanes
    )
    return replace(
        report, coverage=replace(report.coverage, late=0, before_log=0), lanes=tuple(lanes), log_began=None
    )


def _has_before_log(report: Report) -> bool:
    """Tell whether the page must tell this state apart; a fact may have it where another fact has a gap."""
    return report.coverage.before_log > 0 or any(
        segment.state == "before_log"
        for lane in report.lanes
        for segments in lane.facts.values()
        for segment in segments
    )


def _alike(row: GapRow) -> tuple[object, ...]:
    """Equal for rows that the page describes with the same words."""
    return (
        _key(row.tenant, row.end_user),
        row.fact,
        row.part,
        row.cause,
        tuple(each.id for each in row.detail),
        row.evidence_ended,
        row.evidence_begins,
        row.responsible_role,
        row.responsible.id if row.responsible else None,
        row.closable,
        tuple(site.id for site in row.sites),
    )


def _or_dash(part: Share, size: int) -> str:
    return str(part) if size else "–"


def _key(tenant: Named | None, end_user: Named | None) -> tuple[str | None, str | None]:
    return tenant.id if tenant else None, end_user.id if end_user else None


def _of_whom(key: str, scope: Scope) -> str:
    """Return the key of the words about some alone, where there are such and the page is about some."""
    return f"{key}.scoped" if scope.of_some and f"{key}.scoped" in WORDS else key


def _by_lane(gaps: Iterable[GapRow]) -> Mapping[tuple[str | None, str | None], list[GapRow]]:
    found: dict[tuple[str | None, str | None], list[GapRow]] = {}
    for gap in sorted(gaps, key=lambda gap: (gap.start, gap.end, FACTS.index(gap.fact), gap.part)):
        found.setdefault(_key(gap.tenant, gap.end_user), []).append(gap)
    return found


def _has_gap(lane: Swimlanes) -> bool:
    return any(segment.state == "gap" for segments in lane.facts.values() for segment in segments)


def _ordered(lanes: Sequence[Swimlanes]) -> Sequence[Swimlanes]:
    """As given while all can be shown; otherwise those with the most gap time first."""
    if len(lanes) <= SHOWN:
        return lanes
    return sorted(lanes, key=lambda lane: (not _has_gap(lane), -lane.coverage.gap))
