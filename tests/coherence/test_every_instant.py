"""The answer of the SQL stages and of the plain sweep is the one found by asking every instant of every use."""

from dataclasses import replace
from typing import Any

from hypothesis import example, given, settings
from hypothesis import strategies as st

from coherence.instants import (
    LAST_TICK,
    QUESTIONS,
    Asked,
    Told,
    ask_every_instant,
    balance_every_instant,
    worlds,
)
from kansa.coherence.assess import assess
from kansa.coherence.balance import balance
from kansa.coherence.facts import ALL_FACTS, FACTS, LEVELS
from kansa.coherence.result import Assessment
from kansa.coherence.sweep import sweep
from kansa.registers.rows import (
    Access,
    Authorization,
    AuthorizationItem,
    AuthorizationSite,
    Custody,
    Identity,
    Installed,
    Tables,
    Use,
    Window,
)


def _assert_same(found: Assessment, told: Told, *, logged: bool = True) -> None:
    result = found.result
    assert [tuple(gap) for gap in found.gaps] == told.gaps
    assert [tuple(late) for late in found.late] == told.late
    assert (result.horizon, result.uses, result.gaps) == (told.horizon, told.sums["uses"], len(told.gaps))
    assert (result.use_us, result.gap_us) == (told.sums.get("use", 0), told.sums.get("gap", 0))
    before = told.sums.get("before", 0) if logged else None
    assert (result.late_us, result.before_log_us) == (told.sums.get("late", 0), before)
    assert result.fact_gap_us == {fact.name: told.sums["fact"].get(fact.bit, 0) for fact in FACTS}
    assert result.evidenced_by_us == {
        word: told.sums["word"].get(level, 0) for level, word in enumerate(LEVELS)
    }
    assert result.quarantined == told.quarantined
    assert result.ignored == told.ignored


def _sweep(tables: Tables, asked: Asked) -> Assessment:
    return sweep(
        tables, known_at=asked.known_at, horizon=asked.horizon, grace=asked.grace, log_began=asked.log_began
    )


def _assess(tables: Tables, asked: Asked) -> Assessment:
    return assess(
        tables,
        known_at=asked.known_at,
        to=asked.horizon,
        grace=asked.grace,
        log_began=asked.log_began,
        threads=1,
    )


@settings(max_examples=400)
@given(worlds(), QUESTIONS)
def test_the_sweep_says_what_every_instant_says(tables: Tables, asked: Asked) -> None:
    """Cutting uses at the changes of four timelines equals testing each instant against all rows."""
    _assert_same(_sweep(tables, asked), ask_every_instant(tables, asked), logged=asked.log_began is not None)


def test_time_that_was_recorded_late_or_before_the_log_is_counted_with_its_weight() -> None:
    """Two accelerators from 0 to 10, evidenced by what was recorded at 100: before the log up to 4, late from there on."""
    held = (0, None, 100, None, "measured", ())
    tables = Tables(
        use=(Use("u", "d", "t", "e", "p", "i", "s", 0, 10, "", 2, "measured", ()),),
        identity=(Identity("t", "e", *held),),
        access=(Access("t", "e", "p", *held),),
        custody=(Custody("d", "s", *held),),
        authorization=(Authorization("a", "e", *held),),
        authorization_item=(AuthorizationItem("a", "i"),),
        authorization_site=(AuthorizationSite("a", "s"),),
    )
    found = sweep(tables, grace=1, log_began=4)

    assert (found.result.use_us, found.result.gap_us) == (20, 0)
    assert (found.result.late_us, found.result.before_log_us) == (12, 8)
    assert [(each.start, each.end, bool(each.late), bool(each.before_log)) for each in found.late] == [
        (0, 4, False, True),
        (4, 10, True, False),
    ]


@settings(max_examples=25)
@given(worlds(), QUESTIONS)
def test_the_stages_say_what_every_instant_says(tables: Tables, asked: Asked) -> None:
    """Probing with representatives and explaining the residual equals testing each instant against all rows."""
    _assert_same(_assess(tables, asked), ask_every_instant(tables, asked), logged=asked.log_began is not None)


@settings(max_examples=8)
@given(st.lists(worlds(), min_size=12, max_size=12), QUESTIONS)
def test_many_worlds_side_by_side_do_not_touch_each_other(small: list[Tables], asked: Asked) -> None:
    """With ids made different, the answer to many worlds at once is that of each, in the stages and in the sweep."""
    asked = replace(asked, horizon=LAST_TICK)
    together = _side_by_side(small)

    staged, swept = _assess(together, asked), _sweep(together, asked)

    assert replace(staged, result=replace(staged.result, balance=None)) == swept
    assert len(swept.gaps) == sum(len(ask_every_instant(one, asked).gaps) for one in small)


def _side_by_side(small: list[Tables]) -> Tables:
    tables: dict[str, list[Any]] = {}
    for number, world in enumerate(small):
        for name in Tables.__dataclass_fields__:
            rows = [
                row._replace(
                    **{c: f"{number}.{v}" for c, v in row._asdict().items() if _is_id(c) and v is not None}
                )
                for row in getattr(world, name)
            ]
            tables.setdefault(name, []).extend(rows)
    return Tables(**{name: tuple(rows) for name, rows in tables.items()})


def _is_id(column: str) -> bool:
    return column.endswith("_id") or column == "item_class"


@given(worlds(), QUESTIONS)
def test_taking_knowledge_back_equals_having_asked_then(tables: Tables, asked: Asked) -> None:
    """The answer as known at K on the tables of today is the answer that the tables of K gave."""
    instant = 9 if asked.known_at is None else asked.known_at
    now = replace(asked, known_at=instant, horizon=LAST_TICK)
    today = _sweep(tables, now)
    then = _sweep(_as_it_stood(tables, instant), replace(now, known_at=None))

    assert (today.gaps, today.late) == (then.gaps, then.late)
    assert today.result.evidenced_by_us == then.result.evidenced_by_us


def _as_it_stood(tables: Tables, instant: int) -> Tables:
    def stood(rows: tuple[Any, ...]) -> tuple[Any, ...]:
        return tuple(
            row._replace(superseded_at=None if (row.superseded_at or 0) > instant else row.superseded_at)
            for row in rows
            if row.recorded_at is not None and row.recorded_at <= instant
        )

    return replace(tables, **{fact.name: stood(getattr(tables, fact.name)) for fact in FACTS})


@given(worlds(), QUESTIONS, st.one_of(st.none(), st.integers(0, LAST_TICK)))
@example(
    Tables(
        installed=tuple(Installed(device, "n", "s", 0, None) for device in "abc"),
        window=(Window("w", "s", 2, 9), Window("w", "a", 0, 9)),
        use=(
            Use("u0", "a", None, None, None, None, None, 1, 4, "", 1, "", ()),
            Use("u1", "n", None, None, None, None, None, 3, 6, "", 2, "", ()),
        ),
    ),
    Asked(horizon=10),
    0,
)
def test_device_time_is_what_every_instant_says(tables: Tables, asked: Asked, since: int | None) -> None:
    """Installed, used, idle and unobserved time, in total, per site and per node, equals counting devices at each instant."""
    told = balance_every_instant(tables, asked, since)
    found = balance(tables, start=since, end=asked.horizon)

    if told is None or found is None:
        assert told is None
        assert found is None
        return
    states = ("installed", "used", "idle", "unobserved")
    assert tuple(found.total) == tuple(told["total"][state] for state in states)
    for book, shares in (("site", found.by_site), ("node", found.by_node)):
        expected = {key: tuple(times[state] for state in states) for key, times in told[book].items()}
        assert {key: tuple(share) for key, share in shares.items()} == expected


@given(worlds(), QUESTIONS)
def test_installed_is_used_and_idle_and_unobserved(tables: Tables, asked: Asked) -> None:
    """The balance closes for every device, node and site, and each split adds up to the total."""
    sheet = balance(tables, end=asked.horizon)
    if sheet is None:
        return
    for device in sheet.by_device.values():
        assert device.installed == device.used + device.shared + device.idle + device.unobserved
    for split in (sheet.by_site, sheet.by_node):
        assert all(one.installed == one.used + one.idle + one.unobserved for one in split.values())
        assert [sum(column) for column in zip(*split.values(), strict=True)] in ([], list(sheet.total))
    assert sum(device.installed for device in sheet.by_device.values()) == sheet.total.installed
    assert sum(device.unobserved for device in sheet.by_device.values()) == sheet.total.unobserved
    assert sum(device.used for device in sheet.by_device.values()) <= sheet.total.used


def test_every_mask_can_be_reached() -> None:
    """Each combination of missing facts is told by its own number, and all four evidenced by no row at all."""
    uses, evidence = [], {fact.name: list[Any]() for fact in FACTS}
    for mask in range(ALL_FACTS + 1):
        m = str(mask)
        uses.append(Use(f"u{mask:02}", m, m, m, m, m, m, 0, 10, "", 1, "attested", ()))
        version = (0, None, 0, None, "attested", ())
        rows = (
            Identity(m, m, *version),
            Access(m, m, m, *version),
            Custody(m, m, *version),
            Authorization(m, m, *version),
        )
        for fact, row in zip(FACTS, rows, strict=True):
            if not mask & fact.bit:
                evidence[fact.name].append(row)
    tables = Tables(
        use=tuple(uses),
        **{name: tuple(rows) for name, rows in evidence.items()},
        authorization_item=tuple(AuthorizationItem(str(m), str(m)) for m in range(16)),
        authorization_site=tuple(AuthorizationSite(str(m), str(m)) for m in range(16)),
    )
    expected = [(f"u{mask:02}", 0, 10, mask) for mask in range(1, ALL_FACTS + 1)]

    assert [tuple(gap) for gap in sweep(tables).gaps] == expected
    assert [tuple(gap) for gap in assess(tables).gaps] == expected


def test_nothing_to_ask_is_an_answer() -> None:
    """Empty tables give no gap, no horizon and no balance."""
    assert assess(Tables()) == sweep(Tables())
    assert sweep(Tables()).result.horizon is None
    assert balance(Tables()) is None
