"""The four facts of coherence as spans, and what of a use lies outside them."""

from typing import Any

import pytest

from journals import journal_of
from kansa.clock import DAY
from kansa.intervals import Interval
from kansa.records.draft import Draft
from kansa.records.journal import MemoryJournal
from kansa.registers.rows import Use
from kansa.registers.spans import evidenced
from worlds import BEGIN, cast, draft

WHO, OTHER = cast(), cast(8)
ITEM = "h100-sxm5"
ONE, TWO = WHO.devices


def day(number: int) -> int:
    """The instant at which a day begins."""
    return BEGIN + number * DAY


def basis(authorization: str, start: int, end: int | None, **said: Any) -> Draft:
    """A licence of the tenant."""
    lists: dict[str, Any] = {"end_user_ids": [WHO.tenant], "item_classes": [ITEM], "site_ids": [WHO.site]}
    whole: dict[str, Any] = {"jurisdiction": "US", "basis": "licence", **lists, **said}
    until = None if end is None else day(end)
    return draft("authorization.recorded", f"{authorization} {start}", day(start), until, authorization_id=authorization, **whole)  # fmt: skip


def sheet(jurisdiction: str, start: int = 0, result: str = "controlled") -> Draft:
    """A classification."""
    said: dict[str, Any] = {
        "item_class": ITEM,
        "control": "3A090.a",
        "result": result,
        "jurisdiction": jurisdiction,
    }
    return draft("item.classified", jurisdiction, day(start), **said)


def world() -> MemoryJournal:
    """Each fact holds for a time of its own: identity 1–8, access 2–9, custody from 3, authorization from 4 to 12."""
    mine: dict[str, Any] = {"tenant_id": WHO.tenant, "end_user_id": WHO.tenant}
    return journal_of(
        draft("end_user.verified", "1", day(0), day(8), end_user_id=WHO.tenant),
        draft("case.decided", "1", day(1), decision="permit", **mine),
        draft("party.registered", "m", day(0), day(9), party_id=WHO.other),
        draft("access_path.approved", "1", day(0), path_id=WHO.path, method="brokered", mediator_id=WHO.other, **mine),
        draft("access_path.enabled", "1", day(2), path_id=WHO.path),
        draft("device.moved", "1", day(3), device_id=ONE, site_id=WHO.site, step="receiving", contract_id=WHO.contract, contract_line="1", authorization_id=WHO.us),
        sheet("US"),
        basis(WHO.us, 4, 12),
    )  # fmt: skip


USE = Use(
    use_id="use",
    device_id=ONE,
    tenant_id=WHO.tenant,
    end_user_id=WHO.tenant,
    path_id=WHO.path,
    item_class=ITEM,
    site_id=WHO.site,
    start=day(0),
    end=day(20),
    workload_id=WHO.workload,
    weight=1,
    known_by="documented",
    evidence=(),
)


def gaps_of(use: Use, until: int = 100) -> dict[str, list[tuple[int, int]]]:
    """The gaps of a use in days."""
    journal = world()
    found = evidenced.gaps(use, day(until), lambda spans, subject: spans(subject, journal))
    return {
        fact: [((each.start - BEGIN) // DAY, ((each.end or 0) - BEGIN) // DAY) for each in spans]
        for fact, spans in found.items()
    }


HELD = {"identity": (1, 8), "access": (2, 9), "custody": (3, 20), "authorization": (4, 12)}


def outside(fact: str, start: int, end: int) -> list[tuple[int, int]]:
    """What of `[start, end)` lies outside a fact."""
    since, until = HELD[fact]
    parts = [(start, min(end, since)), (max(start, until), end)]
    return [(a, b) for a, b in parts if a < b]


@pytest.mark.parametrize(("end", "until"), [(20, 100), (20, 15), (7, 100), (None, 10), (20, 20)])
def test_the_gaps_of_a_use_are_what_lies_outside_each_fact(end: int | None, until: int) -> None:
    """Up to its end or the horizon, whichever comes first."""
    last = until if end is None else min(end, until)
    use = USE._replace(end=None if end is None else day(end))

    assert gaps_of(use, until) == {fact: outside(fact, 0, last) for fact in evidenced.FACTS}


def test_a_use_that_has_not_begun_has_no_gaps() -> None:
    """Every fact is answered for."""
    assert gaps_of(USE._replace(start=day(15)), 15) == {fact: [] for fact in evidenced.FACTS}


@pytest.mark.parametrize(
    ("changed", "facts"),
    [
        ({"tenant_id": WHO.other}, {"identity", "access"}),
        ({"end_user_id": WHO.other}, {"identity", "access", "authorization"}),
        ({"end_user_id": None}, {"identity", "access", "authorization"}),
        ({"path_id": OTHER.path}, {"access"}),
        ({"path_id": None}, {"access"}),
        ({"device_id": TWO}, {"custody"}),
        ({"site_id": OTHER.site}, {"custody", "authorization"}),
        ({"item_class": "b200"}, {"authorization"}),
        ({}, set()),
    ],
)
def test_a_fact_is_evidenced_for_exactly_whom_and_what_it_names(
    changed: dict[str, Any], facts: set[str]
) -> None:
    """At an instant at which all four hold."""
    journal = world()
    use = USE._replace(**changed)

    found = evidenced.missing(use, day(5), lambda spans, subject: spans(subject, journal))

    assert set(found) == facts


@pytest.mark.parametrize(
    ("at", "facts"),
    [
        (0, ["identity", "access", "custody", "authorization"]),
        (4, []),
        (8, ["identity"]),
        (9, ["identity", "access"]),
        (12, ["identity", "access", "authorization"]),
    ],
)
def test_what_is_missing_at_an_instant_is_missing_at_its_beginning(at: int, facts: list[str]) -> None:
    """Half-open: a fact that ends at an instant no longer holds then."""
    journal = world()

    assert evidenced.missing(USE, day(at), lambda spans, subject: spans(subject, journal)) == facts


def test_the_records_of_each_span_are_named() -> None:
    """Those of every part."""
    journal = world()

    (identity,) = evidenced.identity_of(WHO.tenant, journal)
    (opened,) = evidenced.opened(WHO.path, journal)
    (authorized,) = evidenced.authorized(WHO.tenant, journal)

    assert [noted.index for noted in identity.rests] == [1, 0]
    assert identity.span == Interval(day(1), day(8))
    assert [noted.index for noted in opened.rests] == [3, 4, 2]
    assert [noted.index for noted in authorized.rests] == [6, 7]
    assert (authorized.item, authorized.sites, authorized.span) == (
        ITEM,
        (WHO.site,),
        Interval(day(4), day(12)),
    )
    assert [each.noted.index for each in authorized.bases] == [7]


def test_a_basis_is_needed_for_each_jurisdiction_that_controls_the_item() -> None:
    """At the sites that all of them name, while all of them hold."""
    both = [sheet("US"), sheet("JP", 6)]
    sites = {"site_ids": sorted([WHO.site, OTHER.site])}
    alone = journal_of(*both, basis(WHO.us, 4, 12, **sites))
    apart = journal_of(
        *both, basis(WHO.us, 4, 12), basis(WHO.jp, 5, 9, jurisdiction="JP", site_ids=[OTHER.site])
    )
    together = journal_of(*both, basis(WHO.us, 4, 12, **sites), basis(WHO.jp, 5, 9, jurisdiction="JP"))

    def spans(journal: MemoryJournal) -> list[tuple[Interval, int]]:
        return [(each.span, len(each.sites)) for each in evidenced.authorized(WHO.tenant, journal)]

    assert spans(alone) == [(Interval(day(4), day(6)), 2)]
    assert spans(apart) == [(Interval(day(4), day(6)), 1)]
    assert spans(together) == [(Interval(day(4), day(6)), 2), (Interval(day(6), day(9)), 1)]


def test_an_item_that_nobody_controls_needs_some_basis_still() -> None:
    """Any one of them; an item that nobody classified has none."""
    free = journal_of(sheet("JP", result="not_controlled"), basis(WHO.us, 4, 12), basis(WHO.jp, 5, 9))
    unclassified = journal_of(basis(WHO.us, 4, 12))

    assert [each.span for each in evidenced.authorized(WHO.tenant, free)] == [
        Interval(day(4), day(12)),
        Interval(day(5), day(9)),
    ]
    assert evidenced.authorized(WHO.tenant, unclassified) == []


def test_a_basis_of_another_item_is_no_choice() -> None:
    """Each item by the bases that name it."""
    journal = journal_of(
        sheet("US"),
        basis(WHO.us, 4, 12, item_classes=[ITEM, "b200"]),
        basis(WHO.jp, 5, 9, item_classes=["b200"]),
    )

    assert [(each.item, each.span.start) for each in evidenced.authorized(WHO.tenant, journal)] == [
        (ITEM, day(4))
    ]


def test_a_node_is_held_by_the_custody_of_its_accelerators() -> None:
    """A device by its own chain."""
    receipt: dict[str, Any] = {"site_id": WHO.site, "step": "receiving", "contract_id": WHO.contract, "contract_line": "1", "authorization_id": WHO.us}  # fmt: skip
    journal = journal_of(
        draft(
            "device.identified",
            "1",
            day(0),
            device_id=ONE,
            node_id=WHO.node,
            site_id=WHO.site,
            item_class=ITEM,
        ),
        draft("device.moved", "1", day(3), device_id=ONE, **receipt),
    )

    assert [each.span for each in evidenced.in_custody(WHO.node, journal)] == [Interval(day(3), None)]
    assert [each.span for each in evidenced.in_custody(ONE, journal)] == [Interval(day(3), None)]


def test_a_fact_that_holds_for_an_instant_more_is_not_missing_at_it() -> None:
    """One microsecond before verification and clearance end, nothing is missing; at their end, identity is."""
    journal = world()

    assert evidenced.missing(USE, day(8) - 1, lambda spans, subject: spans(subject, journal)) == []
