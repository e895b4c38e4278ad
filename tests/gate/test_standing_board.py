"""Standing facts in memory: what follows step by step is what is made anew."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

import sqlalchemy as sql
from hypothesis import given, settings
from hypothesis import strategies as st

from cases.office import Office
from claims import KEY, WHO, random_claims
from kansa.clock import DAY, HOUR
from kansa.gate.standing import Question
from kansa.gate.standing_board import Board
from kansa.gate.standing_follow import Follower
from kansa.records.draft import complete, submit
from kansa.records.sealing import Disclosure
from kansa.registers import store
from kansa.registers.follow import follow
from worlds import BEGIN, cast, dice, draft

SITES = [WHO.site, cast(8).site]


class Log:
    """A ledger in a list, with the values that it keeps."""

    def __init__(self, entries: list[bytes], kept: Mapping[str, Disclosure]) -> None:
        self._entries = entries
        self.kept = kept

    def size(self) -> int:
        return len(self._entries)

    def entry(self, index: int) -> bytes:
        return self._entries[index]

    def entries(self, start: int, stop: int) -> Iterator[tuple[int, bytes]]:
        return iter(list(enumerate(self._entries))[start:stop])

    def upto(self, size: int) -> "Log":
        """As it was when it had so many entries."""
        return Log(self._entries[:size], self.kept)


def told(seed: int, count: int) -> Log:
    """Random claims, and people who decide among them."""
    office = Office(WHO.tenant, WHO.other, now=BEGIN)
    drafts = random_claims(seed, count)
    for each in drafts[: count // 2]:
        office.add(each)
    office.open()
    proposed = office.propose()
    for each in drafts[count // 2 :]:
        office.add(each)
    office.review(proposed)
    office.decide(proposed, decision="permit" if seed % 3 else "hold")
    random_bytes, kept, entries, now = dice(seed), dict[str, Disclosure](), list[bytes](), BEGIN
    for each in office.drafts:
        done = complete(submit(each, KEY), now, random_bytes)
        kept.update({disclosure.digest: disclosure for disclosure in done.disclosures})
        entries.append(done.record.encode())
        now += HOUR
    return Log(entries, kept)


def followed(board: Board, log: Log, engine: sql.Engine, cuts: list[int]) -> Board:
    """The board after it followed the log to each of the sizes, asked in between."""
    follower = Follower(board, log, lambda digests: {d: log.kept[d] for d in digests if d in log.kept})
    for size in cuts:
        follow(engine, log.upto(size))
        with engine.connect() as connection:
            follower.follow(connection)
        for question in questions():
            board.ground(question, BEGIN + size * HOUR)
    return board


def questions() -> list[Question]:
    """All that can be asked about the few subjects of the random claims."""
    return [
        Question(WHO.tenant, end_user, WHO.path, site, from_site, item, "train", "JP")
        for end_user in (WHO.tenant, WHO.other)
        for site in SITES
        for from_site in (None, WHO.site)
        for item in ("h100-sxm5", "H200 SXM5 141GB")
    ]


@settings(max_examples=8, deadline=None)
@given(seed=st.integers(0, 10**6), count=st.integers(0, 40), cuts=st.lists(st.integers(0, 60), max_size=4))
def test_what_is_followed_equals_what_is_made_anew(seed: int, count: int, cuts: list[int]) -> None:
    """Wherever the steps are cut, and whatever was asked before, every ground is that of a board just loaded."""
    log = told(seed, count)
    with TemporaryDirectory() as directory:
        first, second = (store.engine_at(Path(directory) / name) for name in ("a.db", "b.db"))
        sizes = sorted({min(cut, log.size()) for cut in cuts} | {log.size()})
        stepped = followed(Board(), log, first, sizes)
        anew = followed(Board(), log, second, [log.size()])
        for now in (BEGIN - DAY, BEGIN + 5 * DAY, BEGIN + 30 * DAY):
            for question in questions():
                assert stepped.ground(question, now) == anew.ground(question, now)
        first.dispose()
        second.dispose()


@settings(max_examples=8, deadline=None)
@given(seed=st.integers(0, 10**6), offset=st.integers(0, 200 * DAY))
def test_a_ground_holds_until_it_says(seed: int, offset: int) -> None:
    """Between the instant of asking and `until` no fact changes, though nothing is recorded."""
    log = told(seed, 30)
    with TemporaryDirectory() as directory:
        engine = store.engine_at(Path(directory) / "a.db")
        board, asked = followed(Board(), log, engine, [log.size()]), BEGIN + offset
        grounds = {question: board.ground(question, asked) for question in questions()}
        fresh = followed(Board(), log, engine, [log.size()])
        for question, ground in grounds.items():
            later = (ground.until or asked + 300 * DAY) - 1
            assert fresh.ground(question, later).facts == ground.facts
        engine.dispose()


def test_a_clearance_that_ends_lapses_by_itself(tmp_path: Path) -> None:
    """Cleared, due a month before the end, lapsed at it: time alone changes the answer, and the ground says when."""
    office = Office(WHO.tenant, WHO.other).open()
    verified = office.add(draft("end_user.verified", "v", BEGIN - 20 * DAY, end_user_id=WHO.other))
    proposed = office.propose(rests_on={"end_user": [verified]})
    office.review(proposed)
    office.decide(proposed)
    board = followed(
        Board(), Log(office.entries, {}), store.engine_at(tmp_path / "a.db"), [len(office.entries)]
    )
    question = Question(WHO.tenant, WHO.other)

    grounds = {day: board.ground(question, BEGIN + day * DAY) for day in (1, 75, 100)}

    assert [ground.facts["tenant.status"] for ground in grounds.values()] == ["cleared", "due", "lapsed"]
    assert [ground.facts["tenant.clearance"] for ground in grounds.values()] == ["permit", "permit", "none"]
    assert (grounds[1].until, grounds[75].until) == (BEGIN + 70 * DAY, BEGIN + 100 * DAY)
    assert grounds[75].at(BEGIN + 75 * DAY)["tenant.clearance_left_s"] == 25 * 86400
    assert grounds[1].evidence["tenant.clearance"] == (proposed, proposed + 1, proposed + 2)
