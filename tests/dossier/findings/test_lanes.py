"""The swimlanes: every instant of use is drawn, as what it is, in the lane of whose it is."""

from collections import Counter, defaultdict

from hypothesis import example, given
from hypothesis import strategies as st

from dossier.findings.small import END, START, Seen, random_world
from kansa.clock import DAY
from kansa.coherence.facts import FACTS
from kansa.dossier.report.findings.stretches import Interval, union
from kansa.dossier.report.findings.swimlanes import swimlanes
from kansa.dossier.report.view import State, Swimlanes
from kansa.registers.rows import Use

SEEDS, COUNTS = st.integers(0, 10**6), st.integers(0, 60)
GRACES = st.sampled_from([0, DAY, 5 * DAY])
BEGINNINGS = st.one_of(st.none(), st.integers(START - DAY, END))
Whose = tuple[str | None, str | None]


def lanes_of(world: Seen, grace: int, log_began: int | None) -> dict[Whose, Swimlanes]:
    """The swimlanes by tenant and end user."""
    made = swimlanes(world.tables, world.reasons, world.names, grace=grace, log_began=log_began)
    found = {
        (lane.tenant.id if lane.tenant else None, lane.end_user.id if lane.end_user else None): lane
        for lane in made
    }
    assert len(found) == len(made)
    return found


def readable(world: Seen) -> dict[str, Use]:
    """The uses that coherence does not set aside: told once, with a length."""
    told = Counter(use.use_id for use in world.tables.use)
    return {
        use.use_id: use
        for use in world.tables.use
        if told[use.use_id] == 1 and use.end is not None and use.start < use.end
    }


def held(uses: list[Use]) -> list[Interval]:
    """The time of uses, together."""
    return union((use.start, use.end) for use in uses if use.end is not None)


@given(SEEDS, COUNTS, GRACES, BEGINNINGS)
def test_every_gap_is_in_its_lane_and_every_lane_shows_only_its_own(
    seed: int, count: int, grace: int, log_began: int | None
) -> None:
    """In each lane the gaps are the gaps of its uses under its fact, together; the uses are all drawn."""
    world = random_world(seed, count, grace=grace, log_began=log_began)
    uses = readable(world)
    groups: dict[Whose, list[Use]] = {(use.tenant_id, use.end_user_id): [] for use in world.tables.use}
    for use in uses.values():
        groups[use.tenant_id, use.end_user_id].append(use)
    lanes = lanes_of(world, grace, log_began)

    assert set(lanes) == set(groups)
    for whose, lane in lanes.items():
        for fact in FACTS:
            segments = lane.facts[fact.name]  # type: ignore[index] # the name of a fact
            gaps = union(
                (gap.start, gap.end)
                for gap in world.assessment.gaps
                if gap.missing & fact.bit
                and (uses[str(gap.use_id)].tenant_id, uses[str(gap.use_id)].end_user_id) == whose
            )
            assert [(s.start, s.end) for s in segments if s.state == "gap"] == gaps
            assert all((s.part is not None) == (s.state == "gap") for s in segments)
            assert union((s.start, s.end) for s in segments) == held(groups[whose])
            assert sum(s.end - s.start for s in segments) == sum(
                end - start for start, end in held(groups[whose])
            )


@given(SEEDS, COUNTS, GRACES, BEGINNINGS)
def test_late_and_before_the_log_are_drawn_apart(
    seed: int, count: int, grace: int, log_began: int | None
) -> None:
    """Each instant without a gap is late if one of the uses is, or of before the log; never the one for the other."""
    world = random_world(seed, count, grace=grace, log_began=log_began)
    uses = readable(world)
    spans: dict[tuple[Whose, str, State], list[Interval]] = defaultdict(list)
    for late in world.assessment.late:
        use = uses[str(late.use_id)]
        for fact in FACTS:
            for state, mask in (("late", late.late), ("before_log", late.before_log)):
                if mask & fact.bit:
                    whose = (use.tenant_id, use.end_user_id)
                    spans[whose, fact.name, state].append((late.start, late.end))  # type: ignore[index] # a state

    for whose, lane in lanes_of(world, grace, log_began).items():
        for name, segments in lane.facts.items():
            covered = [(s.start, s.end) for s in segments if s.state == "gap"]
            for state in ("late", "before_log"):
                drawn = [(s.start, s.end) for s in segments if s.state == state]
                assert union([*drawn, *covered]) == union([*spans[whose, name, state], *covered])  # type: ignore[index] # a state
                if log_began is not None:
                    assert all(
                        end <= log_began if state == "before_log" else start >= log_began
                        for start, end in drawn
                    )
                else:
                    assert state == "late" or not drawn


@given(SEEDS, COUNTS, GRACES, BEGINNINGS)
@example(51, 51, 0, None)  # two records correct one placement in different ways: coherence sets the use aside
def test_the_lanes_together_are_the_whole(seed: int, count: int, grace: int, log_began: int | None) -> None:
    """Device time of all lanes adds up to the assessment's, state by state."""
    world = random_world(seed, count, grace=grace, log_began=log_began)
    parts: Counter[str] = Counter()
    for lane in lanes_of(world, grace, log_began).values():
        of = lane.coverage
        parts.update(use=of.use, late=of.late, before_log=of.before_log, gap=of.gap)
        parts.update({f"known {by}": size for by, size in of.by_known.items()})
        parts.update({f"lacks {fact}": size for fact, size in of.gap_by_fact.items()})

    whole = world.assessment.result
    assert +parts == +Counter(
        {
            "use": whole.use_us,
            "late": whole.late_us or 0,
            "before_log": whole.before_log_us or 0,
            "gap": whole.gap_us,
        }
        | {f"known {by}": size for by, size in whole.evidenced_by_us.items()}
        | {f"lacks {fact}": size for fact, size in whole.fact_gap_us.items()}
    )


@given(SEEDS, COUNTS)
def test_placements_show_where_each_use_ran(seed: int, count: int) -> None:
    """At each site the union of the uses there, with no more units at once than there are uses."""
    world = random_world(seed, count)
    for whose, lane in lanes_of(world, DAY, None).items():
        mine = [u for u in readable(world).values() if (u.tenant_id, u.end_user_id) == whose]
        for site in {use.site_id for use in mine}:
            there = [use for use in mine if use.site_id == site]
            drawn = [p for p in lane.placements if (p.site.id if p.site else None) == site]
            assert [(p.start, p.end) for p in drawn] == held(there)
            for place in drawn:
                counts = [
                    sum(u.start <= instant < (u.end or END) for u in there)
                    for u_ in there
                    if place.start <= (instant := u_.start) < place.end
                ]
                assert place.units == max(counts)
