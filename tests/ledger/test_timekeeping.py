from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kansa.clock import DAY, HOUR, MICROSECONDS, SimulatedClock
from kansa.errors import BrokenVault
from kansa.ledger.timestamps import JUMP, SILENCE, Stamp, Timekeeper

START = 1_800_000_000_000_000
SECOND = MICROSECONDS


@dataclass
class TwoHands:
    """A clock whose wall and monotonic hands are set apart."""

    wall: int = START
    steady: int = 0

    def now(self) -> int:
        return self.wall

    def monotonic(self) -> int:
        return self.steady

    def pass_(self, time: int) -> None:
        self.wall += time
        self.steady += time


class Book:
    """A log as far as time goes: keeps every stamp."""

    def __init__(self, clock: TwoHands, recorded_at: int = 0, wall: int = 0) -> None:
        self.clock = clock
        self.time = Timekeeper(clock)
        self.recorded_at, self.wall = recorded_at, wall

    def write(self, *, confirmed: bool = False) -> Stamp:
        stamp = self.time.stamp(self.recorded_at, self.wall, confirmed=confirmed)
        self.time.kept(stamp)
        self.recorded_at, self.wall = stamp.recorded_at, stamp.wall
        return stamp

    def reopen(self) -> "Book":
        return Book(self.clock, self.recorded_at, self.wall)


@given(st.lists(st.tuples(st.integers(-JUMP // 40, JUMP // 40), st.booleans()), max_size=30))
def test_recorded_time_never_decreases_whatever_small_steps_the_clock_makes(
    steps: list[tuple[int, bool]],
) -> None:
    """Law: stamps are whole milliseconds and never go back, over restarts too."""
    book = Book(TwoHands())
    last = book.write().recorded_at
    for step, restart in steps:
        book.clock.wall += step
        book.clock.steady += max(step, 0)
        if restart:
            book = book.reopen()
        stamp = book.write()

        assert stamp.recorded_at >= last
        assert stamp.recorded_at % 1000 == 0
        last = stamp.recorded_at


def test_a_small_step_back_is_stamped_a_millisecond_later_said_once_and_then_held() -> None:
    """Law: last + 1 ms with the shift; further commits hold it until the clock has caught up."""
    book = Book(TwoHands())
    first = book.write()
    book.clock.wall -= 2 * SECOND
    stamps = [book.write() for _ in range(3)]
    book.clock.pass_(3 * SECOND)

    assert stamps[0] == Stamp(first.recorded_at + 1000, first.wall, -2000)
    assert {(each.recorded_at, each.shift_ms) for each in stamps[1:]} == {(first.recorded_at + 1000, None)}
    assert book.write() == Stamp(START + SECOND, START + SECOND)


@pytest.mark.parametrize("jump", [JUMP + SECOND, -JUMP - SECOND, 24 * HOUR, -24 * HOUR])
def test_a_jump_stops_the_log_until_it_is_confirmed(jump: int) -> None:
    """Law: more than five minutes against the monotonic clock, either way; confirming is recorded with the shift."""
    book = Book(TwoHands())
    first = book.write()
    book.clock.pass_(SECOND)
    book.clock.wall += jump
    for _ in range(2):
        with pytest.raises(BrokenVault) as refusal:
            book.write()
        assert refusal.value.code == "clock.jump"
    stamp = book.write(confirmed=True)

    assert (stamp.confirmed, stamp.shift_ms) == (True, jump // 1000)
    assert stamp.recorded_at == max(book.clock.wall, first.recorded_at + 1000)
    assert book.write().shift_ms is None


def test_confirming_a_clock_that_did_not_jump_changes_nothing() -> None:
    """Law: a confirmation is for the jump that is seen, never for one to come."""
    book = Book(TwoHands())
    book.write()
    book.clock.pass_(HOUR)

    assert book.write(confirmed=True) == Stamp(START + HOUR, START + HOUR)
    book.clock.wall += HOUR
    with pytest.raises(BrokenVault):
        book.write()


def test_small_steps_back_add_up_to_a_jump() -> None:
    """Law: steps that are each below the limit do not carry the clock away, in one process or over many."""
    for restart in (False, True):
        book = Book(TwoHands())
        book.write()
        book.clock.wall -= 4 * 60 * SECOND
        book = book.reopen() if restart else book
        book.write()
        book.clock.wall -= 4 * 60 * SECOND
        book = book.reopen() if restart else book
        with pytest.raises(BrokenVault):
            book.write()


def test_a_fresh_process_takes_days_of_silence_for_normal() -> None:
    """Law: ahead of the last stamp by days is fine where no monotonic clock contradicts."""
    book = Book(TwoHands())
    book.write()
    book.clock.pass_(72 * HOUR)

    assert book.reopen().write() == Stamp(START + 72 * HOUR, START + 72 * HOUR)


@pytest.mark.parametrize("leap", [SILENCE + SECOND, 40 * DAY, 3650 * DAY])
def test_a_fresh_process_stops_where_the_clock_is_ahead_by_more_than_any_silence(leap: int) -> None:
    """Law: ahead by more than `SILENCE` is a leap until somebody confirms it; what was refused left no trace."""
    book = Book(TwoHands())
    first = book.write()
    book.clock.wall += leap
    later = book.reopen()
    with pytest.raises(BrokenVault) as refusal:
        later.write()
    assert refusal.value.code == "clock.jump"
    assert "confirm-clock" in (refusal.value.help or "")

    book.clock.wall = START + HOUR  # it was the clock that was wrong, and it was put right
    assert book.reopen().write().recorded_at == first.recorded_at + HOUR


def test_a_long_silence_that_is_confirmed_is_recorded_and_ends() -> None:
    """Law: confirming says by how much, and the next process does not ask again."""
    book = Book(TwoHands())
    book.write()
    book.clock.pass_(40 * DAY)
    stamp = book.reopen().write(confirmed=True)
    later = Book(book.clock, stamp.recorded_at, stamp.wall)

    assert (stamp.confirmed, stamp.shift_ms) == (True, 40 * DAY // 1000)
    assert later.write() == Stamp(START + 40 * DAY, START + 40 * DAY)


def test_a_log_that_was_silent_while_the_one_beside_it_was_not_asks_nobody() -> None:
    """Law: the clock is held against the latest commit of any log of the vault."""
    clock = TwoHands()
    clock.pass_(40 * DAY)

    assert Timekeeper(clock, START + 39 * DAY).stamp(START, START).recorded_at == clock.wall


def test_a_fresh_process_stops_where_the_clock_is_far_behind_the_last_stamp() -> None:
    """Law: the wall clock of the last commit is what a new process has to hold it against."""
    book = Book(TwoHands())
    book.write()
    book.clock.wall -= HOUR

    with pytest.raises(BrokenVault):
        book.reopen().write()


def test_a_clock_that_was_set_back_and_confirmed_stays_confirmed_for_later_processes() -> None:
    """Law: after a wrong clock was put right, the next process does not ask again."""
    book = Book(TwoHands())
    book.clock.pass_(24 * 365 * HOUR)  # a clock that runs years ahead
    ahead = book.write()
    book.clock.wall -= 24 * 365 * HOUR
    book.write(confirmed=True)
    book.clock.pass_(HOUR)
    stamp = book.reopen().write()

    assert stamp.recorded_at > ahead.recorded_at
    assert stamp.wall == book.clock.wall


def test_a_stamp_that_was_not_kept_leaves_no_trace() -> None:
    """Law: a commit that failed is stamped again as if it had not been."""
    book = Book(TwoHands())
    book.write()
    book.clock.wall -= SECOND

    assert book.time.stamp(book.recorded_at, book.wall) == book.time.stamp(book.recorded_at, book.wall)
    assert book.write().shift_ms == -1000


@given(st.lists(st.integers(-(10**15), 10**15), max_size=10))
def test_simulated_time_leaps_freely_but_never_back(leaps: list[int]) -> None:
    """Law: a simulated clock skips the jump rule; recorded time still never decreases."""
    recorded_at = wall = START
    for leap in leaps:
        clock = SimulatedClock(START + leap)
        stamp = Timekeeper(clock).stamp(recorded_at, wall)

        assert stamp.recorded_at == max(recorded_at, clock.now() // 1000 * 1000)
        assert stamp.shift_ms is None
        recorded_at, wall = stamp.recorded_at, stamp.wall
