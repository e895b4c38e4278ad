"""Shares along chains, control and the ultimate parent, against an independent count of paths."""

import random
from collections.abc import Collection
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kansa.clock import DAY, format_instant, parse_instant
from kansa.facts.ownership import (
    Bounds,
    Chart,
    Owners,
    Stake,
    controlled_by,
    held_by,
    owners_at,
    ultimate_parent,
)
from kansa.records.journal import IndexedClaim
from kansa.records.kinds.party import PartyOwnershipDeclared

NOON = parse_instant("2026-03-01T12:00:00.000Z")


def owners(*stakes: tuple[str, int | None], closed: bool = True, controls: Collection[str] = ()) -> Owners:
    """What is declared of one party, in per cent."""
    held = tuple(
        Stake(owner, None if percent is None else Fraction(percent, 100), owner in controls, number)
        for number, (owner, percent) in enumerate(stakes)
    )
    return Owners(held, closed=closed, records=tuple(range(len(held) + closed)))


def bounds(least: Fraction | int, most: Fraction | int) -> Bounds:
    """A share."""
    return Bounds(Fraction(least), Fraction(most))


def chart(**parties: Owners) -> Chart:
    """What is declared of several; nothing of the others."""
    return lambda party: parties.get(party, Owners())


def by_paths(party: str, listed: Collection[str], parties: dict[str, Owners], *, worst: bool) -> Fraction:
    """The share by walking every path upward; only for charts without circles."""
    if party not in parties:
        return Fraction(int(worst))
    held = parties[party]
    total = sum((stake.share or Fraction(0) for stake in held.stakes), Fraction(0))
    if total > 1:
        return Fraction(int(worst))
    known = held.closed and all(stake.share is not None for stake in held.stakes)
    share = Fraction(0) if known or not worst else 1 - total
    for stake in held.stakes:
        if stake.share is not None:
            one = (
                Fraction(1) if stake.owner in listed else by_paths(stake.owner, listed, parties, worst=worst)
            )
            share += stake.share * one
    return share


@st.composite
def charts(draw: st.DrawFn, *, circles: bool = False) -> tuple[dict[str, Owners], list[str]]:
    """Some parties with gaps in what is declared of them, and who of them is listed."""
    names = [f"p{number}" for number in range(draw(st.integers(2, 7)))]
    parties = {}
    for number, name in enumerate(names):
        above = [other for other in (names if circles else names[number + 1 :]) if other != name]
        chosen = draw(st.lists(st.sampled_from(above), unique=True, max_size=3)) if above else []
        percents = [draw(st.one_of(st.none(), st.integers(0, 60))) for _ in chosen]
        if draw(st.integers(0, 9)):
            parties[name] = owners(*zip(chosen, percents, strict=True), closed=draw(st.booleans()))
    return parties, draw(st.lists(st.sampled_from(names[1:]), unique=True, max_size=3))


@given(charts())
@settings(max_examples=100, deadline=None)
def test_the_bounds_are_the_sums_over_all_paths(drawn: tuple[dict[str, Owners], list[str]]) -> None:
    """Without circles, the share is the sum over all paths of the product of the shares on them."""
    parties, listed = drawn
    share = held_by("p0", listed, chart(**parties)).multiplied
    assert share.least == by_paths("p0", listed, parties, worst=False)
    assert share.most == by_paths("p0", listed, parties, worst=True)


@given(charts(circles=True), st.randoms(use_true_random=False))
@settings(max_examples=80, deadline=None)
def test_no_completion_of_the_chart_lies_outside_the_bounds(
    drawn: tuple[dict[str, Owners], list[str]], dice: random.Random
) -> None:
    """However what is unknown turns out to be held, the share lies between the bounds; circles or not."""
    parties, listed = drawn
    found = held_by("p0", listed, chart(**parties))
    whole = dict(parties)
    for name in {"p0", *parties, *(stake.owner for held in parties.values() for stake in held.stakes)}:
        whole[name] = completed(parties.get(name, Owners()), dice)
    exact = held_by("p0", [*listed, "listed"], chart(**whole))
    assert exact.multiplied.least == exact.multiplied.most or circular(exact.multiplied)
    assert found.multiplied.least <= exact.multiplied.least
    assert exact.multiplied.most <= found.multiplied.most or circular(exact.multiplied)
    assert found.cascaded.least <= exact.cascaded.least
    assert exact.cascaded.most <= found.cascaded.most


def circular(share: object) -> bool:
    """A circle that holds itself wholly decides nothing."""
    return getattr(share, "most", None) == 1


def completed(held: Owners, dice: random.Random) -> Owners:
    """One way in which what is unaccounted for may be held: by named owners, a listed stranger, or the public."""
    if held.contradictory:
        return owners(("listed", dice.choice((0, 50, 100))))
    left = held.unaccounted
    stakes = []
    for stake in held.stakes:
        share = stake.share
        if share is None:
            share = left * Fraction(dice.randint(0, 4), 4)
            left -= share
        stakes.append(stake._replace(share=share))
    if left and not held.closed:
        stakes.append(Stake("listed", left * Fraction(dice.randint(0, 2), 2), controls=False, record=99))
    return Owners(tuple(stakes), closed=True, records=(1,))


def test_shares_multiply_along_chains_and_add_up_over_listed_owners() -> None:
    """Two listed owners of 40 % and 60 % of a party that holds half make up half of the half, each counted once."""
    holdings = chart(
        target=owners(("holding", 50), ("public", 50)),
        holding=owners(("x", 40), ("y", 60)),
        y=owners(),
        public=owners(),
    )
    share = held_by("target", {"x", "y"}, holdings)
    assert share.multiplied.least == share.multiplied.most == Fraction(1, 2)
    assert held_by("target", {"x"}, holdings).multiplied == bounds(Fraction(1, 5), Fraction(1, 5))


def test_neither_reading_contains_the_other() -> None:
    """A minority of a whole owner counts when multiplied; a majority of a half counts whole when cascaded."""
    minority = chart(t=owners(("a", 80), ("x", 20)), a=owners(("x", 40), ("z", 60)), z=owners())
    share = held_by("t", {"x"}, minority)
    assert share.multiplied.reaches(Fraction(1, 2))
    assert share.cascaded.reaches(Fraction(1, 2)) is False
    stacked = chart(t=owners(("a", 50), ("z", 50)), a=owners(("x", 50), ("z", 50)), z=owners())
    share = held_by("t", {"x"}, stacked)
    assert share.multiplied.reaches(Fraction(1, 2)) is False
    assert share.cascaded.reaches(Fraction(1, 2))


def test_a_chain_that_is_not_complete_decides_only_by_its_bounds() -> None:
    """51 % listed is above half whatever the rest is; 51 % known to be clean is below; in between nobody knows."""
    above = held_by("t", {"x"}, chart(t=owners(("x", 51), closed=False)))
    below = held_by("t", {"x"}, chart(t=owners(("y", 51), closed=False), y=owners()))
    between = held_by("t", {"x"}, chart(t=owners(("y", 50), closed=False), y=owners()))
    half = Fraction(1, 2)
    assert [share.multiplied.reaches(half) for share in (above, below, between)] == [True, False, None]
    nothing = held_by("t", {"x"}, chart())
    assert nothing.multiplied == bounds(0, 1)
    assert nothing.cascaded.reaches(half) is None


def test_circles_are_solved_exactly() -> None:
    """Two firms that hold half of each other, one of them otherwise listed: the listed have two thirds of it."""
    circle = chart(a=owners(("b", 50), ("x", 50)), b=owners(("a", 50), ("y", 50)), y=owners())
    assert held_by("a", {"x"}, circle).multiplied == bounds(Fraction(2, 3), Fraction(2, 3))
    closed = chart(a=owners(("b", 100)), b=owners(("a", 100)))
    assert held_by("a", {"x"}, closed).multiplied == bounds(0, 1)


def test_more_than_the_whole_is_a_contradiction_and_decides_nothing() -> None:
    """Shares of 120 % cannot be right, so neither bound moves."""
    assert held_by("t", {"x"}, chart(t=owners(("x", 60), ("y", 60)))).multiplied == bounds(0, 1)


def test_a_long_chain_is_as_good_as_a_short_one() -> None:
    """A thousand holding companies, each owned wholly by the next, end at the listed one."""
    firms = {f"f{n}": owners((f"f{n + 1}", 100)) for n in range(1000)}
    assert held_by("f0", {"f1000"}, chart(**firms)).multiplied == bounds(1, 1)
    assert ultimate_parent("f0", chart(**firms, f1000=owners())).party == "f1000"


@pytest.mark.parametrize(
    ("holdings", "found", "reason"),
    [
        (chart(t=owners(("a", 51), ("b", 49)), a=owners()), "a", None),
        (chart(t=owners(("a", 20), ("b", 40), controls={"a"}), a=owners()), "a", None),
        (chart(t=owners(("a", 50), ("b", 50))), "t", None),
        (chart(t=owners(("a", 20), closed=False)), None, "incomplete"),
        (chart(t=owners(("a", 60))), None, "not_declared"),
        (chart(t=owners(("a", 60), ("b", 40), controls={"b"})), None, "several"),
        (chart(t=owners(("a", 60)), a=owners(("t", 60))), None, "circle"),
        (chart(t=owners(("a", 60), ("b", 60))), None, "contradictory"),
    ],
)
def test_the_ultimate_parent_is_found_by_control_or_not_at_all(
    holdings: Chart, found: str | None, reason: str | None
) -> None:
    """More than half or a word of control leads upward; that nobody directs a party must be declared."""
    parent = ultimate_parent("t", holdings)
    assert (parent.party, parent.reason) == (found, reason)


def test_control_is_not_share() -> None:
    """A listed owner of a tenth that directs the party controls it; an owner whose control is unsaid may."""
    directed = chart(t=owners(("x", 10), ("y", 90), controls={"x"}), y=owners())
    assert controlled_by("t", {"x"}, directed)
    assert controlled_by("t", {"z"}, directed) is None, "nobody says who directs x"
    settled = chart(t=owners(("x", 10), ("y", 90)), y=owners())
    assert controlled_by("t", {"x"}, settled) is False


def declared(index: int, start: int, end: int | None = None, **data: object) -> IndexedClaim:
    """A claim on the party `t`."""
    stamps = {"valid_from": format_instant(start), "valid_to": None if end is None else format_instant(end)}
    claim = PartyOwnershipDeclared(party_id="t", known_by="documented", **stamps, **data)  # type: ignore[arg-type]
    return IndexedClaim(index, index, start, "source", ("t",), claim)


def test_a_chart_is_of_one_day() -> None:
    """A later record on the same two takes over from its beginning, and does not give way to the earlier when it ends."""
    claims = [
        declared(0, NOON, owner_id="a", share_bp=6000, controls=True),
        declared(1, NOON + 10 * DAY, NOON + 20 * DAY, owner_id="a", share_bp=2000, controls=False),
        declared(2, NOON, rest="nobody"),
    ]
    on = {day: owners_at("t", claims, NOON + day * DAY) for day in (-1, 0, 10, 20)}
    assert on[-1] == Owners()
    assert [stake.share for stake in on[0].stakes] == [Fraction(3, 5)]
    assert [stake.share for stake in on[10].stakes] == [Fraction(1, 5)]
    assert (on[20].stakes, on[20].closed) == ((), True)
