"""The stages against PostgreSQL: the same tables, another server, another formulation, the same rows."""

import os
import random
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import psycopg
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings

from coherence import postgres
from coherence.files import instants_as, read_rows, without, write_tables
from coherence.instants import QUESTIONS, worlds
from coherence.instants import Asked as Question
from kansa.coherence.assess import assess_tables
from kansa.registers.rows import (
    Access,
    Authorization,
    AuthorizationItem,
    AuthorizationSite,
    Custody,
    Identity,
    Tables,
    Use,
)

sys.path.append(str(Path(__file__).parents[2]))
from benchmarks.equality import tied_world

Server = psycopg.Connection[postgres.Row]


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    """A PostgreSQL that only these tests can reach."""
    programs = postgres.find_server()
    if programs is None:
        reason = "no PostgreSQL server with multiranges (14 or newer); on Debian: apt-get install postgresql"
        if os.environ.get("KANSA_REQUIRE_DATA") == "1":
            pytest.fail(reason)
        pytest.skip(reason)
    with postgres.server(programs) as connection:
        yield connection


def _both(server: Server, tables: Path, asked: postgres.Asked) -> tuple[postgres.Told, postgres.Told]:
    """What the stages say and what PostgreSQL says."""
    gaps, late = tables / "gaps.out", tables / "late.out"
    result = assess_tables(
        tables,
        gaps,
        late=late,
        grace=asked.grace,
        known_at=asked.known_at,
        to=asked.horizon,
        log_began=asked.log_began,
        threads=2,
    )
    postgres.load(server, tables)
    return postgres.Told(result.uses, read_rows(gaps), read_rows(late)), postgres.ask(server, asked)


def _asked(question: Question) -> postgres.Asked:
    return postgres.Asked(
        grace=question.grace,
        known_at=question.known_at,
        horizon=question.horizon,
        log_began=question.log_began,
    )


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(worlds(), QUESTIONS)
def test_small_worlds_row_for_row(server: Server, tmp_path: Path, tables: Tables, question: Question) -> None:
    """Any small world, with nulls and nonsense in it, has the same gaps and late segments in PostgreSQL."""
    staged, asked = _both(server, write_tables(tmp_path / "world", tables), _asked(question))

    assert staged == asked


TICKS = 60
DENSE = 400


def _dense(seed: int) -> Tables:
    """Hundreds of rows on a handful of keys, so that nearly every interval touches, holds, repeats or misses another."""
    chance = random.Random(seed)

    def some(letters: str) -> str | None:
        return None if chance.random() < 0.02 else chance.choice(letters)

    def tick(nothing: float) -> Any:
        return None if chance.random() < nothing else chance.randrange(TICKS)

    def times() -> tuple[Any, ...]:
        start = tick(0.02)
        length = chance.choice((-2, 0, 1, 2, 3, 5, 8))
        end = None if start is None or chance.random() < 0.01 else start + length
        return start, end, tick(0.1), tick(0.7), None, ()

    def rows(kind: Callable[..., Any], *letters: str) -> tuple[Any, ...]:
        made = [kind(*map(some, letters), *times()) for _ in range(DENSE)]
        again = [row._replace(valid_to=row.valid_to and row.valid_to + 2) for row in made[::5]]
        return (*made, *made[::7], *again)  # the same key and start, with the same end and with another

    def use(number: int) -> Use:
        keys = (some(letters) for letters in ("dngh", "tv", "ef", "pq", "ij", "sz"))
        start, end = tick(0.01), tick(0.2)
        name: Any = None if chance.random() < 0.01 else f"u{min(number, DENSE - 5)}"
        row: Any = (name, *keys, start, end, "", chance.choice((None, 0, 1, 2)), None, ())
        return Use(*row)

    return Tables(
        use=tuple(map(use, range(DENSE))),
        identity=rows(Identity, "tv", "ef"),
        access=rows(Access, "tv", "ef", "pq"),
        custody=rows(Custody, "dngh", "sz"),
        authorization=rows(Authorization, "abcdxy", "ef"),
        authorization_item=tuple(
            AuthorizationItem(*pair) for pair in ("ai", "bj", "cj", "di", "xi", "xi", "yj")
        ),
        authorization_site=tuple(
            AuthorizationSite(*pair) for pair in ("as", "bs", "cz", "dz", "xz", "xs", "ys")
        ),
    )


@pytest.mark.parametrize(
    "asked",
    [
        pytest.param(postgres.Asked(grace=0), id="now"),
        pytest.param(postgres.Asked(grace=7, known_at=30), id="as known then"),
        pytest.param(postgres.Asked(grace=3, log_began=25), id="a log that began later"),
        pytest.param(postgres.Asked(grace=2, horizon=40, known_at=45, log_began=10), id="all of it"),
    ],
)
def test_intervals_that_touch_hold_and_repeat_each_other(
    server: Server, tmp_path: Path, asked: postgres.Asked
) -> None:
    """Hundreds of overlapping versions a key give the same rows, and both kinds of rows are there to compare."""
    told = [_both(server, write_tables(tmp_path / str(seed), _dense(seed)), asked) for seed in range(4)]

    for staged, answered in told:
        assert staged == answered
    assert sum(len(staged.gaps) for staged, _ in told) > 1_000
    assert sum(len(staged.late) for staged, _ in told) > 100
    assert {row[3] for staged, _ in told for row in staged.gaps} >= set(range(1, 15))


def test_what_the_tables_do_not_say(server: Server, tmp_path: Path) -> None:
    """Without `recorded_at` a fact is never late, without `superseded_at` nothing is superseded, in both."""
    tables = write_tables(
        tmp_path,
        _dense(9),
        without(
            {
                "identity": ("recorded_at", "superseded_at"),
                "custody": ("recorded_at",),
                "access": ("superseded_at",),
            }
        ),
    )

    staged, answered = _both(server, tables, postgres.Asked(grace=1))

    assert staged == answered
    assert staged.late
    assert not any(row[3] & (1 | 4) for row in staged.late)


def test_instants_as_timestamps(server: Server, tmp_path: Path) -> None:
    """Instants written as timestamps of another zone are the same microseconds in both."""
    plain = _both(server, write_tables(tmp_path / "plain", _dense(5)), postgres.Asked(grace=4))
    stamped = _both(
        server,
        write_tables(tmp_path / "stamped", _dense(5), instants_as(pa.timestamp("us", "Asia/Tokyo"))),
        postgres.Asked(grace=4),
    )

    assert plain[0] == plain[1] == stamped[0] == stamped[1]


@pytest.mark.parametrize(
    ("uses", "text", "pieces"),
    [
        pytest.param(100_000, True, True, id="100,000 in pieces with text ids"),
        pytest.param(1_000_002, False, False, id="1,000,002", marks=pytest.mark.slow),
        pytest.param(1_000_002, False, True, id="1,000,002 in pieces", marks=pytest.mark.slow),
    ],
)
def test_many_uses_with_ties_row_for_row(
    server: Server, tmp_path: Path, uses: int, *, text: bool, pieces: bool
) -> None:
    """At a size where ties have given wrong islands, with half of all evidence there twice, no row differs."""
    tied_world(uses, tmp_path, text=text, pieces=pieces)

    staged, answered = _both(server, tmp_path, postgres.Asked())

    assert staged.uses == answered.uses > uses * 0.99
    assert staged.gaps == answered.gaps
    assert staged.late == answered.late
    assert len(staged.gaps) > uses // 100
    assert len(staged.late) > uses // 100


def test_the_answers_can_differ(server: Server, tmp_path: Path) -> None:
    """One microsecond less of one record is seen: the comparison above is able to fail."""
    tables = _dense(1)
    postgres.load(server, write_tables(tmp_path, tables))
    before = postgres.ask(server, postgres.Asked())
    shorter = tuple(row._replace(valid_to=row.valid_to and row.valid_to - 1) for row in tables.custody)
    postgres.load(server, write_tables(tmp_path, replace(tables, custody=shorter)))

    assert postgres.ask(server, postgres.Asked()).gaps != before.gaps
