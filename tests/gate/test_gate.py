import re
from contextlib import closing
from dataclasses import replace as replaced
from pathlib import Path

import msgspec
import pytest
from msgspec.structs import replace

from gate.houses import (
    CLEAR,
    END_USER,
    EVIDENCE,
    ORIGIN,
    POLICY,
    SITE,
    TENANT,
    House,
    NoNames,
    Standing,
    asking,
    basis,
    is_,
    question,
    rule,
)
from kansa.clock import MICROSECONDS, SimulatedClock
from kansa.errors import BadInput
from kansa.gate.authzen import Batch, Evaluation, read_evaluations
from kansa.gate.decision_point import Asking
from kansa.gate.question import read_question
from kansa.gate.replay import replay
from kansa.records.catalogue import read
from kansa.records.kinds.gate import GateDecided, GateGrounded, GateTurnedAway, GateUsed
from kansa.rules.pack import ACTIONS

NOW = 1_800_000_000_000_000
SCREENED = {"tenant.screening_age_s": NOW - 600 * MICROSECONDS}


@pytest.fixture
def house(tmp_path: Path) -> House:
    """A new gate at a time of our own."""
    return House(tmp_path / "gate", SimulatedClock(NOW)).create()


def at(house: House, seconds: int) -> None:
    """Let the gate be opened next at another time."""
    house.clock = SimulatedClock(NOW + seconds * MICROSECONDS)


def test_an_answer_is_in_the_log_with_everything_that_replays_it(house: House) -> None:
    """Law: the decision id names a record that holds outcome, rules, packs, ground and expiry; its facts are sealed."""
    with house.gate(basis(Standing(CLEAR, SCREENED))) as gate:
        ((answer,),) = gate.answer([asking(question(purpose="train", work="job 17"))])
    grounded, decided = house.records()

    assert (answer.decision, answer.state) == (True, "permit")
    assert (decided.id, decided.type, grounded.type) == (
        answer.context.id,
        GateDecided.type,
        GateGrounded.type,
    )
    assert answer.context.entry is not None
    assert (answer.context.entry.log, answer.context.entry.index) == (ORIGIN, 1)
    claim = read(decided.type, dict(decided.data) | {"about": []})
    assert isinstance(claim, GateDecided)
    assert (claim.outcome, claim.ground, claim.caller) == ("permit", 0, "slurm")
    assert claim.determining == ["kansa.test.gate.cleared"]
    assert claim.valid_to == answer.context.expires
    assert [(each.fact, each.value) for each in claim.given] == [("use.label", "train")]
    assert isinstance(claim.work, str)
    assert "job 17" not in str(decided.data)
    assert "facts" not in grounded.data
    assert grounded.data["log"] == EVIDENCE
    facts = {each["fact"]: each for each in house.revealed(grounded)}
    assert facts["tenant.clearance"] == {"fact": "tenant.clearance", "value": "permit", "evidence": [1, 2]}
    assert facts["tenant.screening_age_s"]["instant"] == SCREENED["tenant.screening_age_s"]
    assert house.audit().ok


def test_what_is_not_known_is_held_and_said(house: House) -> None:
    """Law: an unknown fact never permits; the answer names it in both languages."""
    with house.gate(basis(Standing(CLEAR))) as gate:
        ((answer,),) = gate.answer([asking(question())])
    assert (answer.decision, answer.state) == (False, "hold")
    (unknown,) = [reason for reason in answer.context.reasons if reason.unknown]
    assert unknown.unknown == ("tenant.screening_age_s",)
    assert "the tenant.screening_age_s" in answer.context.words.en
    assert "tenant.screening_age_sの値" in answer.in_("ja").context.reason


def test_stale_input_is_held_by_a_rule_as_time_passes(house: House) -> None:
    """Law: a fact that counts seconds counts them at the time of each question."""
    with house.gate(basis(Standing(CLEAR, SCREENED))) as gate:
        ((fresh,),) = gate.answer([asking(question())])
    at(house, 3_100)
    with house.gate(basis(Standing(CLEAR, SCREENED))) as gate:
        ((stale,),) = gate.answer([asking(question())])
    assert (fresh.state, stale.state) == ("permit", "hold")
    assert [reason.rule for reason in stale.context.reasons] == ["kansa.test.gate.screening-stale"]


def test_deny_comes_before_hold_and_hold_before_permit_and_nothing_is_deny(house: House) -> None:
    """Law: deny > hold > permit; where no rule permits, the answer is deny."""
    held = {**CLEAR, "site.hold": True}
    states = []
    for facts in (CLEAR, held, {**held, "tenant.clearance": "deny"}, {**CLEAR, "tenant.clearance": "none"}):
        with house.gate(basis(Standing(facts, SCREENED))) as gate:
            states.append(gate.answer([asking(question())])[0][0].state)
    assert states == ["permit", "hold", "deny", "deny"]


def test_an_identical_permit_keeps_its_id_and_its_use_is_marked_once_a_minute(house: House) -> None:
    """Law: inside its expiry an identical permit is the same decision; each minute of use stands in the log once."""
    clock = house.clock
    assert isinstance(clock, SimulatedClock)
    with house.gate(basis(Standing(CLEAR, SCREENED))) as gate:
        ids = []
        for seconds in (0, 1, 61, 62, 899, 900):
            clock.instant = NOW + seconds * MICROSECONDS
            ((answer,),) = gate.answer([asking(question())])
            ids.append(answer.context.id)
        ((other,),) = gate.answer([asking(question(purpose="train"))])
        ((elsewhere,),) = gate.answer([asking(question(), caller="idp")])
    assert len(set(ids[:5])) == 1
    assert ids[5] != ids[0]
    assert len({ids[5], other.context.id, elsewhere.context.id}) == 3
    used = [record for record in house.records() if record.type == GateUsed.type]
    assert [record.data["decision"] for record in used] == [1, 1]


def test_a_permit_ends_with_what_it_rests_on_and_never_outlives_a_change(house: House) -> None:
    """Law: expiry is the earliest end of its ground; once what stood says otherwise, the permit is not answered again."""
    soon = {**SCREENED, "tenant.clearance_left_s": NOW + 30 * MICROSECONDS}
    standing = Standing(CLEAR, soon)
    with house.gate(basis(standing)) as gate:
        ((first,),) = gate.answer([asking(question())])
        gate.basis = basis(Standing({**CLEAR, "site.hold": True}, soon))
        ((second,),) = gate.answer([asking(question())])
        gate.basis = basis(standing)
        ((third,),) = gate.answer([asking(question())])
    assert first.context.expires == "2027-01-15T08:00:30.000Z"
    assert (second.state, third.state) == ("hold", "permit")


def test_identical_questions_of_one_turn_are_one_decision(house: House) -> None:
    """Law: two callers' equal questions in one commit stand twice, one caller's once."""
    with house.gate(basis(Standing(CLEAR, SCREENED))) as gate:
        answers = gate.answer([asking(question()), asking(question()), asking(question(), caller="idp")])
    ids = [answer.context.id for (answer,) in answers]
    assert ids[0] == ids[1] != ids[2]


def test_a_shift_is_permitted_to_the_first_site_that_may_have_it_and_to_no_other(house: House) -> None:
    """Law: permit_on_first_permit stops at the first permit; what was not looked at has no decision in the log."""
    refused, other = "pty_" + "c" * 26, "pty_" + "d" * 26
    standing = Standing(CLEAR, SCREENED, {refused: {"tenant.clearance": "deny"}})
    sites = [question("shift", end_user) for end_user in (refused, END_USER, other)]
    with house.gate(basis(standing)) as gate:
        (found,) = gate.answer([asking(*sites, semantic="permit_on_first_permit")])
        (strict,) = gate.answer([asking(*sites, semantic="deny_on_first_deny")])
    assert [answer.state for answer in found] == ["deny", "permit"]
    assert [answer.state for answer in strict] == ["deny"]
    assert [duty.code for duty in found[1].context.obligations] == ["hand_over"]
    assert len([record for record in house.records() if record.type == GateDecided.type]) == 3


def test_a_clock_that_went_back_holds_and_revives_nothing(house: House) -> None:
    """Law: no decision is made as of a time before one that is recorded; a permit does not live longer for it."""
    with house.gate(basis(Standing(CLEAR, SCREENED))) as gate:
        ((first,),) = gate.answer([asking(question())])
        assert isinstance(house.clock, SimulatedClock)
        house.clock.instant = NOW - 86_400 * MICROSECONDS
        ((second,),) = gate.answer([asking(question(purpose="train"))])
    assert second.context.decided == first.context.decided


def test_a_rule_that_changes_on_a_day_changes_the_answer_on_that_day(house: House) -> None:
    """Law: the rules are those of the instant of the question."""
    changing = rule("kansa.test.gate.from-then", "hold", is_("tenant.clearance", "permit"))
    (version,) = changing.versions
    later = replace(changing, versions=(replace(version, start=NOW + MICROSECONDS),))
    states = []
    with house.gate(basis(Standing(CLEAR, SCREENED), [*POLICY, later])) as gate:
        for seconds in (0, 1):
            assert isinstance(house.clock, SimulatedClock)
            house.clock.instant = NOW + seconds * MICROSECONDS
            ((answer,),) = gate.answer([asking(question())])
            states.append((answer.state, answer.context.expires))
    assert states[0] == ("permit", "2027-01-15T08:00:01.000Z")
    assert states[1][0] == "hold"


def test_what_is_not_decided_is_denied_in_both_languages_and_on_record(house: House) -> None:
    """Law: an action that is not the gate's, or not this caller's, is never a permit, and that it was asked is kept."""
    unread = read_evaluations(b'{"evaluations": [{"subject": {"type": "tenant", "id": "a"}}, {}]}')
    assert isinstance(unread, Batch)
    with house.gate(basis(Standing(CLEAR, SCREENED))) as gate:
        ((unknown,),) = gate.answer([asking(question("fly"))])
        ((foreign,),) = gate.answer([asking(question())._replace(actions=frozenset({"ship"}))])
        ((broken, _),) = gate.answer([Asking("slurm", frozenset(ACTIONS), unread.evaluations)])
    answers = (unknown, foreign, broken)
    assert [(a.decision, a.context.error.status) for a in answers if a.context.error] == [
        (False, 400),
        (False, 403),
        (False, 400),
    ]
    assert foreign.in_("ja").context.reason == "この呼出し元は`schedule`を照会できません"
    assert broken.context.words.ja.endswith("（`action`がない、`resource`がない）")
    assert all(re.search("[ぁ-ん]", answer.context.words.ja) for answer in answers)
    kept = [record for record in house.records() if record.type == GateTurnedAway.type]
    assert [record.data["reason"] for record in kept] == ["no_action", "not_entitled", *["not_readable"] * 2]
    assert [record.id for record in kept[:3]] == [answer.context.id for answer in answers]
    assert kept[1].data["end_user_id"] == END_USER
    assert (kept[0].data.get("action"), kept[1].data["action"]) == (None, "schedule")
    with closing(house.reader()) as log, pytest.raises(BadInput, match="without a decision: not entitled"):
        replay(log, kept[1].id, find=lambda _: {}, shelf=lambda _: None)


class Known(NoNames):
    """Somebody is known: the end user, the site, and two item classes of one paragraph."""

    def knows(self, subject: str, /) -> bool:
        return subject in {END_USER, SITE}

    def item(self, text: str, /) -> frozenset[str]:
        classes = {"3A090.a": {"h100", "h200"}, "4A090.a": {"dgx"}, "h100": {"h100"}}
        return frozenset(classes.get(text, set()))


def test_what_the_request_named_in_vain_is_said_first(house: House) -> None:
    """Law: unknown names, items and sites hold; the answer begins with them, in both languages."""
    on = replaced(basis(Standing(CLEAR, SCREENED)), names=Known())
    body = msgspec.to_builtins(question())
    body["resource"] = {"type": "site", "id": "Nowhere", "properties": {"item_class": "5A992.z", "path": "p"}}
    with house.gate(on) as gate:
        ((answer,),) = gate.answer([asking(msgspec.convert(body, Evaluation))])
    told = [(each.field, each.given) for each in answer.context.not_known]
    assert told == [("tenant", TENANT), ("path", "p"), ("item_class", "5A992.z"), ("site", "Nowhere")]
    assert answer.context.reason.startswith(
        f"nothing here is known as `{TENANT}` (tenant), `p` (access path)"
    )
    assert answer.in_("ja").context.reason.startswith("次の名称は登録がない：")


@pytest.mark.parametrize(
    ("text", "meant", "several"),
    [("h100", "h100", False), ("4A090.a", "dgx", False), ("3A090.a", None, True)],
)
def test_a_paragraph_names_the_items_classified_so(text: str, meant: str | None, several: bool) -> None:  # noqa: FBT001 - a parameter of the test
    """Law: one class is meant; of several none is chosen, and the answer says so."""
    body = msgspec.to_builtins(question())
    body["resource"]["properties"]["item_class"] = text
    asked = read_question(msgspec.convert(body, Evaluation), Known())
    assert asked.about.item_class == (meant or text)
    assert any(each.several for each in asked.not_known) is several
