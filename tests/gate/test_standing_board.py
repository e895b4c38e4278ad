"""Standing facts in memory: what follows step by step is what is made anew."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cases.office import Office
from claims import KEY, WHO, random_claims
from kansa.clock import DAY, HOUR
from kansa.facts.clearance_basis import basis as basis_of
from kansa.facts.context import FactContext
from kansa.gate import fact_feed
from kansa.gate.fact_cache import FactCache
from kansa.gate.fact_cache import Tables as BoardTables
from kansa.gate.fact_feed import FactCacheUpdater
from kansa.gate.snapshot import Question
from kansa.ledger.tree import Frontier, leaf_hash
from kansa.records.draft import complete, submit
from kansa.records.sealing import Disclosure
from kansa.registers import store
from kansa.registers.incremental import catch_up
from kansa.rules.catalogue import read_catalogue
from kansa.rules.loading.library import read_library
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

    def root(self, size: int) -> bytes:
        return Frontier().extended([leaf_hash(entry) for entry in self._entries[:size]])[0].root

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


def followed(board: FactCache, log: Log, engine: store.Registers, cuts: list[int]) -> FactCache:
    """The board after it followed the log to each of the sizes, asked in between."""
    follower = FactCacheUpdater(
        board, log, lambda digests: {d: log.kept[d] for d in digests if d in log.kept}, engine
    )
    for size in cuts:
        catch_up(engine, log.upto(size))
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
    """Wherever the steps are cut, and whatever was asked before, every ground is that of a board just loaded.

    The one reads all claims as they come; the other takes over their index and reads what it is asked about.
    """
    log = told(seed, count)
    with TemporaryDirectory() as directory:
        first, second = (store.engine_at(Path(directory) / name) for name in ("a.db", "b.db"))
        sizes = sorted({min(cut, log.size()) for cut in cuts} | {log.size()})
        stepped = followed(FactCache(), log, first, sizes)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(fact_feed, "MOST_AT_ONCE", 0)
            anew = FactCache()
            followed(anew, log, second, [log.size()])
        for now in (BEGIN - DAY, BEGIN + 5 * DAY, BEGIN + 30 * DAY):
            for question in questions():
                assert stepped.ground(question, now) == anew.ground(question, now)
        first.dispose()
        second.dispose()


def test_only_what_is_asked_about_is_read_and_only_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However many claims there are: a gate is ready before it has read any of them, and reads each once."""
    monkeypatch.setattr(fact_feed, "MOST_AT_ONCE", 0)
    log, read = told(3, 40), list[int]()
    entry = log.entry

    def counted(index: int) -> bytes:
        read.append(index)
        return entry(index)

    monkeypatch.setattr(log, "entry", counted)
    engine, board = store.engine_at(tmp_path / "a.db"), FactCache()
    catch_up(engine, log)
    reports = {
        index for index, line in enumerate(log.entries(0, log.size())) if b"source.reported" in line[1]
    }
    with engine.connect() as connection:
        FactCacheUpdater(board, log, lambda _: {}, engine).follow(connection)
    before = set(read)
    for question in [*questions(), *questions()]:
        board.ground(question, BEGIN)
    engine.dispose()

    assert before <= reports
    assert set(read) - before
    assert len(read) == len(set(read))


@settings(max_examples=8, deadline=None)
@given(seed=st.integers(0, 10**6), offset=st.integers(0, 200 * DAY))
def test_a_ground_holds_until_it_says(seed: int, offset: int) -> None:
    """Between the instant of asking and `until` no fact changes, though nothing is recorded."""
    log = told(seed, 30)
    with TemporaryDirectory() as directory:
        engine = store.engine_at(Path(directory) / "a.db")
        board, asked = followed(FactCache(), log, engine, [log.size()]), BEGIN + offset
        grounds = {question: board.ground(question, asked) for question in questions()}
        fresh = followed(FactCache(), log, engine, [log.size()])
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
        FactCache(), Log(office.entries, {}), store.engine_at(tmp_path / "a.db"), [len(office.entries)]
    )
    question = Question(WHO.tenant, WHO.other)

    grounds = {day: board.ground(question, BEGIN + day * DAY) for day in (1, 75, 100)}

    assert [ground.facts["tenant.status"] for ground in grounds.values()] == ["cleared", "due", "lapsed"]
    assert [ground.facts["tenant.clearance"] for ground in grounds.values()] == ["permit", "permit", "none"]
    assert (grounds[1].until, grounds[75].until) == (BEGIN + 70 * DAY, BEGIN + 100 * DAY)
    assert grounds[75].at(BEGIN + 75 * DAY)["tenant.clearance_left_s"] == 25 * 86400
    assert grounds[1].evidence["tenant.clearance"] == (proposed, proposed + 1, proposed + 2)


def complete_world() -> tuple[Log, Question]:
    """All that stands in order: parties determined and screened, a case signed, a path, a basis, a site, its reports."""
    office = Office(WHO.tenant, WHO.other, now=BEGIN - 10 * DAY).open()
    begun, day = BEGIN - 20 * DAY, BEGIN - 10 * DAY

    def say(kind: str, key: object, **data: Any) -> None:
        office.add(draft(kind, str(key), begun, **data))

    digest = "0" * 64
    edition = {"rejected": 0, "set_aside": 0, "added": 1, "removed": 0, "changed": 0, "rows": 1, "entries": 1}
    published: dict[str, Any] = {
        "publication": "x",
        "format": "x",
        "importer": "1",
        "edition_date": None,
        "files": [],
        "lists": [],
    }
    say("list.imported", 1, record_set_sha256=digest, **published, **edition)
    on = {
        "publication": "x",
        "record_set_sha256": digest,
        "entries": 1,
        "rejected": 0,
        "date": None,
        "record": None,
    }
    how: dict[str, Any] = {
        "editions": [on],
        "not_covered": [],
        "stale": [],
        "versions": [],
        "threshold_ppm": 1,
    }
    how |= {
        "configuration_sha256": digest,
        "normaliser_sha256": digest,
        "limit": 1,
        "entries": 1,
        "trigger": "first",
    }
    for party in (WHO.tenant, WHO.other):
        say("party.registered", party, party_id=party, names={"en": "A", "ja": "あ"})
        say("party.headquarters_determined", party, party_id=party, country="JP", ultimate_parent_id=party)
        say("party.ownership_declared", party, party_id=party, owner_id=None, rest="nobody")
        for of in ("end_user", "end_use"):
            say("party.risk_rated", f"{party} {of}", party_id=party, of=of, tier="low")
        say("party.screened", party, party_id=party, outcome="no_hit", blocked=0, cut_off=False, **how)
    say("end_user.verified", 1, end_user_id=WHO.other)
    say("end_use.stated", 1, end_user_id=WHO.other, purpose="train")
    of_path = {"tenant_id": WHO.tenant, "end_user_id": WHO.other, "permitted_countries": "JP, US"}
    say("access_path.approved", 1, path_id=WHO.path, method="direct", **of_path)
    say("access_path.enabled", 1, path_id=WHO.path)
    covers = {
        "end_user_ids": [WHO.other],
        "item_classes": ["h100-sxm5"],
        "site_ids": SITES,
        "basis": "licence",
    }
    for law, held in (("US", WHO.us), ("JP", WHO.jp)):
        controlled = {"item_class": "h100-sxm5", "control": "3A090.a", "result": "controlled"}
        say("item.classified", law, jurisdiction=law, **controlled)
        say("authorization.recorded", law, authorization_id=held, jurisdiction=law, **covers)
    for site, device in zip(SITES, WHO.devices, strict=True):
        say("site.registered", site, site_id=site, country="JP")
        say("site.commissioned", site, site_id=site)
        say("device.identified", site, item_class="h100-sxm5", device_id=device, site_id=site)
        named = {"contract_id": WHO.contract, "contract_line": "1", "authorization_id": WHO.us}
        say("device.moved", site, step="receiving", device_id=device, site_id=site, **named)
        office.add(draft("source.reported", site, day, day + HOUR, system="x", scope=[site], rows=1))
    rests = basis_of(FactContext(office.journal(), office.now), WHO.tenant, WHO.other, None)
    proposed = office.propose(rests_on=rests)
    office.review(proposed)
    office.decide(proposed)
    random_bytes, kept, entries = dice(3), dict[str, Disclosure](), list[bytes]()
    for n, each in enumerate(office.drafts):
        done = complete(submit(each, KEY), BEGIN - 10 * DAY + n * HOUR, random_bytes)
        kept.update({disclosure.digest: disclosure for disclosure in done.disclosures})
        entries.append(done.record.encode())
    question = Question(WHO.tenant, WHO.other, WHO.path, SITES[0], SITES[1], "h100-sxm5", "train", "JP")
    return Log(entries, kept), question


def test_nothing_that_a_rule_asks_is_unknown_where_everything_is_on_file(tmp_path: Path) -> None:
    """An unknown fact holds: so each fact that the shipped gate pack names is told, by us or by whoever asks."""
    log, question = complete_world()
    engine = store.engine_at(tmp_path / "a.db")
    tables = BoardTables(lambda _country, _at: frozenset({"A:1"}), lambda _at: True)
    board = followed(FactCache(tables), log, engine, [log.size()])
    engine.dispose()
    told_facts = board.ground(question, BEGIN + DAY).at(BEGIN + DAY)
    catalogue = read_catalogue()
    pack = next(pack for pack in read_library().packs if pack.header.id == "kansa.gate")
    asked = {name for rule in pack.rules for name in rule.facts if catalogue.facts[name].source != "request"}

    assert {name for name in told_facts if name not in catalogue.facts} == set()
    assert asked - told_facts.keys() == set()
    assert told_facts["tenant.status"] == "cleared"
    assert told_facts["basis.missing"] == frozenset()
    assert told_facts["device.custody_unbroken"] is True
