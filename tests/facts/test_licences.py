"""Facts about authorizations that hold for everybody."""

from typing import Any

import pytest

from facts.worlds_facts import world
from kansa.clock import DAY
from kansa.facts.licences import veu_on_record
from kansa.facts.party import veu_claimed
from kansa.records.draft import Draft
from worlds import BEGIN, cast, draft

WHO = cast()


def authorizations(count: int, kind: str = "licence", start: int = BEGIN) -> list[Draft]:
    """As many authorizations of one kind."""
    lists: dict[str, Any] = {"end_user_ids": [WHO.other], "item_classes": ["h100"], "site_ids": [WHO.site]}
    return [
        draft(
            "authorization.recorded",
            f"{kind}{number}",
            start,
            authorization_id=f"aut_{chr(97 + number % 26) * 26}",
            jurisdiction="US",
            basis=kind,
            **lists,
        )
        for number in range(count)
    ]


@pytest.mark.parametrize(
    ("kind", "start", "found"), [("licence", 0, False), ("veu", 0, True), ("veu", 30, False)]
)
def test_a_veu_is_on_record_once_its_authorization_has_begun(kind: str, start: int, found: bool) -> None:  # noqa: FBT001
    """A licence is none, and one that begins later is none yet."""
    assert veu_on_record(world(authorizations(3, kind, BEGIN + start * DAY))).value is found


def test_however_many_parties_ask_the_authorizations_are_gone_through_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A survey of all parties must not cost parties times authorizations."""
    here, looked = world(authorizations(20)), list[str]()
    of_kind = here.of_kind

    def counted(topic: str, kind: type) -> object:
        looked.append(topic)
        return of_kind(topic, kind)

    monkeypatch.setattr(here, "of_kind", counted)
    monkeypatch.setattr(here, "find", lambda *_, **__: pytest.fail("goes through all of them for one party"))
    first = veu_claimed(here, WHO.tenant)
    topics = here.looked().topics
    second = veu_claimed(here, WHO.other)

    assert (first, here.looked().topics) == (second, topics)
    assert len(looked) == 2
