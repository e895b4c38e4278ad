"""When a record was taken: `recordedtime` never decreases, and a clock that leaps stops the log.

Within a process the wall clock is held against the monotonic one; a new process knows only the wall clock of the last
commits, here and in the logs beside: it sees a clock that went back, and takes one that is ahead for silence up to
`SILENCE` and for a leap beyond it. On Linux the monotonic clock stands still while a machine sleeps: after a
suspension of more than the limit, confirm.
"""

from dataclasses import dataclass

from kansa.clock import DAY, MICROSECONDS, Clock, SimulatedClock, format_instant
from kansa.errors import BrokenVault

JUMP = 300 * MICROSECONDS
SILENCE = 14 * DAY
"""So long nothing need have been recorded: the longest run of holidays is shorter, and sources report daily."""
_MILLISECOND = 1_000


@dataclass(frozen=True, slots=True)
class Stamp:
    """A `recordedtime`, the wall clock to remember, and the shift in milliseconds if the clock has to be spoken of.

    `wall` is the highest that was seen or confirmed, so that small steps back add up. `simulated` marks a time that
    was told: the entry carries it.
    """

    recorded_at: int
    wall: int
    shift_ms: int | None = None
    confirmed: bool = False
    simulated: bool = False


class Timekeeper:
    """Stamps commits. A stamp counts only once it is `kept`; one that is not kept leaves no trace.

    A simulated clock leaps by design: only the order of stamps is held.
    """

    def __init__(self, clock: Clock, beside: int = 0) -> None:
        """`beside` is the highest wall clock that the logs beside this one have seen."""
        self._clock = clock
        self._beside = beside
        self._simulated = isinstance(clock, SimulatedClock)
        self._reference: tuple[int, int] | None = None
        self._behind = False

    def began(self) -> int:
        """Return the wall clock under which a new log begins: what its first commit is held against."""
        return 0 if self._simulated else self._clock.now() // _MILLISECOND * _MILLISECOND

    def stamp(self, recorded_at: int, wall: int, *, confirmed: bool = False) -> Stamp:
        """Return the time for a commit that follows one at `recorded_at`, when the wall clock said `wall`.

        `confirmed` takes the clock for right where it jumped; where it did not, it changes nothing.
        A clock that is a little behind the last stamp gives last + 1 ms once, and holds it until the clock has
        caught up: adding at each commit would run ahead of the clock on a busy log.

        Raises:
            BrokenVault: `clock.jump`, if the clock is more than five minutes from where it should be, or in a new
                process more than `SILENCE` after the last commit.
        """
        now = self._clock.now() // _MILLISECOND * _MILLISECOND
        if self._simulated:
            return Stamp(max(now, recorded_at), now, simulated=True)
        shift = self._shift(now, wall)
        if abs(shift) > JUMP and confirmed:
            return Stamp(max(now, recorded_at + _MILLISECOND), now, shift // _MILLISECOND, confirmed=True)
        if abs(shift) > JUMP:
            raise self._jumped(now, shift)
        highest = max(now, wall)
        if now >= recorded_at:
            return Stamp(now, highest)
        if self._behind:
            return Stamp(recorded_at, highest)
        return Stamp(recorded_at + _MILLISECOND, highest, (now - recorded_at) // _MILLISECOND)

    def kept(self, stamp: Stamp) -> None:
        """Measure the next commits against the one with this stamp, which is durable."""
        now = self._clock.now()
        if self._reference is None or stamp.confirmed:
            self._reference = (now, self._clock.monotonic())
        self._behind = now < stamp.recorded_at

    def _shift(self, now: int, wall: int) -> int:
        """Return how far the clock is from where it should be; forward only as far as this process can tell."""
        if self._reference is None:
            ahead = now - max(wall, self._beside)
            return ahead if wall and ahead > SILENCE else min(0, now - wall)
        wall_then, monotonic_then = self._reference
        return now - wall_then - (self._clock.monotonic() - monotonic_then)

    def _jumped(self, now: int, shift: int) -> BrokenVault:
        if self._reference is None and shift > 0:
            what = f"nothing was recorded in the {shift // DAY} days before that"
        else:
            side = "before" if shift < 0 else "after"
            what = f"{abs(shift) // MICROSECONDS} s {side} the time that it should"
        return BrokenVault(
            "clock.jump",
            f"the clock says {format_instant(now)}: {what}",
            help="set the clock right; if it is right, say so with `kansa ledger confirm-clock`",
        )
