"""What a recorded basis answers at the gate, and who stands between the operator and an end user."""

from collections.abc import Iterable
from itertools import pairwise
from typing import Any

import pytest

from claims import WHO
from facts.worlds_facts import GROUPS, world
from kansa import ids
from kansa.clock import DAY
from kansa.facts import gate_facts as parts
from kansa.facts import party_use, transaction
from kansa.facts.chain import chain_of
from kansa.facts.context import FactContext
from kansa.gate.fact_cache import FactCache, Tables
from kansa.gate.snapshot import Question
from kansa.records.draft import Draft
from worlds import BEGIN, dice, draft

ITEM = "h100-sxm5"
NOW = BEGIN + 5 * DAY
MINTED = dice(21)
RESELLERS = [ids.mint("party", MINTED) for _ in range(40)]
PATHS = [ids.mint("path", MINTED) for _ in range(41)]


def based_on(basis: str, *more: Draft, **said: Any) -> list[Draft]:
    """An item of 3A090.a, and one basis for the end user there."""
    scope = {"end_user_ids": [WHO.other], "item_classes": [ITEM], "site_ids": [WHO.site]}
    sheet: dict[str, Any] = {
        "item_class": ITEM,
        "jurisdiction": "US",
        "control": "3A090.a",
        "result": "controlled",
    }
    on_file = {"authorization_id": WHO.us, "jurisdiction": "US", "basis": basis, **scope, **said}
    return [draft("item.classified", "us", **sheet), draft("authorization.recorded", "1", **on_file), *more]


def met(until: int | None) -> Draft:
    """A condition of the basis was met on the first day."""
    return draft(
        "authorization.condition_met", "c", BEGIN, until, authorization_id=WHO.us, condition="report"
    )


def facts(here: FactContext) -> dict[str, Any]:
    """What stands about the basis."""
    return {said.name: said.value for said in parts.of_basis(here, WHO.other, ITEM, WHO.site)}


@pytest.mark.parametrize(
    ("drafts", "licence"),
    [
        (based_on("licence"), "valid"),
        (based_on("licence", quantity=0), "valid"),
        (based_on("no_licence_required"), "none"),
        (based_on("licence_exception"), "none"),
        (based_on("licence_exception", met(None)), "none"),
        (based_on("veu"), "valid"),
        (based_on("veu", met(None)), "valid"),
        (based_on("veu", met(BEGIN + 2 * DAY)), "outside_conditions"),
    ],
)
def test_a_recorded_basis_is_what_it_is(drafts: list[Draft], licence: str) -> None:
    """A licence, or a VEU none of whose conditions is due again, answers a demand for a licence; nothing else does."""
    found = facts(world(drafts, NOW))
    basis = drafts[1].data["basis"]
    assert found.get("end_user.licence") == licence
    assert found.get("ship.licence") == licence
    assert found["basis.kinds"] == frozenset({basis})


def test_what_a_sheet_says_is_not_controlled_needs_none_and_is_told_apart_from_a_determination() -> None:
    """`not_needed` comes of the classification alone."""
    sheet: dict[str, Any] = {
        "item_class": ITEM,
        "jurisdiction": "US",
        "control": "EAR99",
        "result": "not_controlled",
    }
    found = facts(world([draft("item.classified", "us", **sheet)], NOW))
    assert found["end_user.licence"] == "not_needed"
    assert found["basis.kinds"] == frozenset()


@pytest.mark.parametrize(("until", "in_order"), [(None, True), (BEGIN + 2 * DAY, False)])
def test_an_exceptions_conditions_are_on_record_or_not(until: int | None, in_order: bool) -> None:  # noqa: FBT001 - a parameter of the test
    """One that was met and is due again is not met."""
    found = facts(world(based_on("licence_exception", met(until)), NOW))
    assert found["basis.exception_conditions_met"] is in_order
    assert facts(world(based_on("licence_exception"), NOW))["basis.exception_conditions_met"] is False


@pytest.mark.parametrize(
    ("basis", "licence"),
    [("licence", "valid"), ("licence_exception", "none"), ("no_licence_required", "none")],
)
def test_what_devices_were_supplied_under_is_a_licence_only_if_it_is_one(basis: str, licence: str) -> None:
    """The flag rules of headquarters and destination ask the same."""
    supply: dict[str, Any] = {"contract_id": WHO.contract, "contract_line": "1", "authorization_id": WHO.us}
    there: dict[str, Any] = {"device_id": WHO.devices[0], "site_id": WHO.site}
    moved = draft("device.moved", "1", step="receiving", **there, **supply)
    here = world(based_on(basis, moved), NOW)
    assert transaction.licence(here, WHO.contract).value == licence
    assert transaction.bases(here, WHO.contract).value == frozenset({basis})


def test_a_determination_on_items_in_scope_is_found_with_its_record() -> None:
    """So that the finding names the determination beside the rule that it contradicts."""
    here = world(based_on("no_licence_required"), NOW)
    found = party_use.licence_ruled_out(here, WHO.other)
    assert found.value is True
    assert 1 in found.records
    assert party_use.licence_ruled_out(world(based_on("licence"), NOW), WHO.other).value is False
    unclassified = based_on("no_licence_required")[1:]
    assert party_use.licence_ruled_out(world(unclassified, NOW), WHO.other).value is None


def registered(party: str, *roles: str) -> Draft:
    """A party that is known."""
    return draft("party.registered", party, party_id=party, roles=list(roles), names={"en": "A", "ja": "あ"})


def sold(number: int, seller: str, buyer: str, **said: Any) -> Draft:
    """A path by which a party buys from another."""
    path: dict[str, Any] = {
        "path_id": PATHS[number],
        "tenant_id": seller,
        "end_user_id": buyer,
        "method": "brokered",
    }
    return draft("access_path.approved", str(number), **{**path, "mediator_id": seller, **said})


def resold(parties: list[str]) -> list[Draft]:
    """A chain in which each sells to the next."""
    links = [sold(n, seller, buyer) for n, (seller, buyer) in enumerate(pairwise(parties))]
    return [*map(registered, parties), *links]


@pytest.mark.parametrize("length", [1, 2, 3, 40])
def test_every_link_of_a_chain_is_found(length: int) -> None:
    """Of any length (R-31): the tenant asked about is the last reseller, the others stand behind it."""
    parties = [*RESELLERS[:length], WHO.other]
    found = chain_of(world(resold(parties)), parties[-2], WHO.other, PATHS[length - 1])
    assert found.links == tuple(sorted(parties[:-2]))
    assert found.complete


def without_a_link(drafts: list[Draft]) -> list[Draft]:
    """Nobody registered the first link."""
    return [each for each in drafts if each.data.get("party_id") != RESELLERS[0]]


def with_a_nameless_broker(drafts: list[Draft]) -> list[Draft]:
    """The first link buys from a broker that nobody names."""
    return [*drafts, sold(5, RESELLERS[5], RESELLERS[0], mediator_id=None), registered(RESELLERS[5])]


def in_a_circle(drafts: list[Draft]) -> list[Draft]:
    """The first link buys from the last."""
    return [*drafts, sold(5, RESELLERS[2], RESELLERS[0])]


def of_one_who_sells_on(drafts: list[Draft]) -> list[Draft]:
    """The end user is known as a reseller and nothing else."""
    others = [each for each in drafts if each.data.get("party_id") != WHO.other]
    return [*others, registered(WHO.other, "reseller")]


@pytest.mark.parametrize("spoilt", [without_a_link, with_a_nameless_broker, in_a_circle, of_one_who_sells_on])
def test_a_chain_with_a_missing_link_or_a_circle_is_not_complete(spoilt: Any) -> None:
    """Nobody can say then who stands behind whom."""
    parties = [*RESELLERS[:3], WHO.other]
    whole = resold(parties)
    assert chain_of(world(whole), parties[-2], WHO.other).complete
    assert not chain_of(world(spoilt(whole)), parties[-2], WHO.other).complete


def test_a_tenant_that_uses_what_it_buys_has_nobody_behind_it() -> None:
    """A path of its own is no circle."""
    here = world([registered(WHO.other), sold(1, WHO.other, WHO.other, method="direct", mediator_id=None)])
    assert chain_of(here, WHO.other, WHO.other) == ((), True, (0, 1))


def determined(party: str, country: str) -> Draft:
    """Where a party, its own parent, is headquartered."""
    return draft(
        "party.headquarters_determined", party, party_id=party, country=country, ultimate_parent_id=party
    )


def board(drafts: Iterable[Draft]) -> FactCache:
    """A board on these drafts."""
    here = world(drafts)
    made = FactCache(Tables(lambda country, _at: GROUPS.get(country), lambda _at: True))
    noted = [each for index in range(500) if (each := here.at(index)) is not None]
    made.take(noted, 500, reports={}, custody={})
    return made


@pytest.mark.parametrize(
    ("country", "groups"), [("JP", GROUPS["JP"]), ("MO", GROUPS["MO"] | GROUPS["JP"]), (None, None)]
)
def test_the_headquarters_of_a_link_far_behind_are_asked(
    country: str | None, groups: frozenset[str] | None
) -> None:
    """Macau four links up the chain is found; what is not known of one link is not known."""
    parties = [*RESELLERS[:5], WHO.other]
    places = [determined(party, "JP") for party in parties[1:]]
    places += [determined(parties[0], country)] if country else []
    asked = Question(parties[-2], WHO.other, PATHS[4])
    found = board([*resold(parties), *places]).ground(asked, NOW).facts
    assert found.get("chain.hq_groups") == groups
    assert found.get("chain.parent_groups") == groups
    assert found["chain.complete"] is True


def test_a_link_that_turns_up_later_is_asked_from_then_on() -> None:
    """The pieces in memory follow the approvals and registrations that they rest on."""
    parties = [*RESELLERS[:3], WHO.other]
    known = [determined(parties[1], "JP"), registered(parties[0])]
    drafts = [*resold(parties[1:]), *known, sold(30, parties[0], parties[1])]
    here = world(drafts)
    made = FactCache(Tables(lambda country, _at: GROUPS.get(country), lambda _at: True))
    noted = [each for index in range(len(drafts)) if (each := here.at(index)) is not None]
    asked = Question(parties[-2], WHO.other, PATHS[1])
    made.take(noted[:-1], len(noted) - 1, reports={}, custody={})
    before = made.ground(asked, NOW)
    made.take(noted[-1:], len(noted), reports={}, custody={})
    after = made.ground(asked, NOW)
    assert "chain.hq_groups" in before.facts
    assert "chain.hq_groups" not in after.facts  # nobody has determined those of the link that turned up
    assert len(after.evidence["chain.complete"]) > len(before.evidence["chain.complete"])
