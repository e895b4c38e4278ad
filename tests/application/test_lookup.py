"""What people call a subject, and which subject that is."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kansa import ids
from kansa.application.lookup import FLAG, PARTY, SITE, Lookup, near, resolve, several
from kansa.errors import BadInput
from kansa.interfaces.cli.app import run
from kansa.records.draft import Draft
from kansa.vault.vault import Vault
from worlds import cast, dice, draft, small_vault, story

WHO = cast()
SERIAL, UUID = "1655022000123", "GPU-5c1d3f0e-91aa"
AOBA, AOYAMA = ids.mint("party", dice(61)), ids.mint("party", dice(62))
CALLED = {AOBA: {"Aoba Cloud", "青葉クラウド", "cust-001"}, AOYAMA: {"Aoyama", "青山"}}


def numbered() -> list[Draft]:
    """The small world, its first device and its papers with their numbers."""
    tag: dict[str, Any] = {"board_serial": SERIAL, "gpu_uuid": UUID, "item_class": "h100-sxm5"}
    return [
        *story(WHO),
        draft("device.identified", "names", device_id=WHO.devices[0], **tag),
        draft("contract.recorded", "c", contract_id=WHO.contract, party_ids=[WHO.tenant], number="C-2026/07"),
    ]


@pytest.fixture
def vault(tmp_path: Path) -> Vault:
    """A vault that knows them."""
    return small_vault(tmp_path / "v", numbered())


@pytest.mark.parametrize(
    "text",
    [
        AOBA,
        "Aoba Cloud",
        "青葉クラウド",
        "cust-001",
        "aoba  CLOUD",
        "Ａｏｂａ Ｃｌｏｕｄ",
        AOBA[:9],
        AOBA[4:10].upper(),
    ],
)
def test_a_party_is_meant_by_id_key_name_or_beginning_however_it_is_written(text: str) -> None:
    """Width, case and spaces do not make another name."""
    assert resolve(text, CALLED, PARTY) == AOBA


def test_a_name_as_it_is_written_comes_before_one_that_is_written_alike() -> None:
    """Two keys that differ by case are two keys."""
    called = {AOBA: {"acme"}, AOYAMA: {"ACME"}}
    assert resolve("ACME", called, PARTY) == AOYAMA
    with pytest.raises(BadInput) as both:
        resolve("Acme", called, PARTY)
    assert both.value.code == "tenant.ambiguous"
    assert AOBA in both.value.message
    assert AOYAMA in both.value.message


def test_what_several_bear_is_refused_with_all_of_them() -> None:
    """Nobody is chosen for whoever asks."""
    with pytest.raises(BadInput) as told:
        resolve("HQ", {AOBA: {"HQ", "Aoba"}, AOYAMA: {"HQ"}}, SITE)
    assert told.value.code == "site.ambiguous"
    assert (f"`{AOBA}`" in told.value.message, f"`{AOYAMA}`" in told.value.message) == (True, True)


def test_a_few_letters_without_the_kind_are_no_beginning_of_an_id_where_there_are_names() -> None:
    """A short name that is mistyped means nobody, and not whose id happens to begin so; flags have no names."""
    with pytest.raises(BadInput, match="no party is called"):
        resolve(AOBA[4:6], CALLED, PARTY)
    flag = ids.mint("flag", dice(63))
    assert resolve(flag[4:5], {flag: ()}, FLAG) == flag


def test_a_slip_is_answered_with_what_comes_near_and_nothing_like_it_with_what_there_is() -> None:
    """Near names come first; where none is near, the few that there are."""
    with pytest.raises(BadInput) as slip:
        resolve("Aoba Clod", CALLED, PARTY)
    assert "did you mean `Aoba Cloud`" in str(slip.value.help)
    with pytest.raises(BadInput) as other:
        resolve("zzz", CALLED, PARTY)
    assert "on record" in str(other.value.help)
    with pytest.raises(BadInput, match="no party is called") as nobody:
        resolve("zzz", {}, PARTY)
    assert nobody.value.help == "no party is on record"
    assert near("青葉クラウト", CALLED) == ["青葉クラウド"]


def test_of_many_names_all_that_mean_nothing_are_said_at_once() -> None:
    """One call, one list of what is wrong."""
    with pytest.raises(BadInput) as told:
        several(["Aoba", "Aoyama", "Hato"], CALLED, PARTY)
    assert ("`Aoba`" in told.value.message, "`Hato`" in told.value.message) == (True, True)
    assert several(["Aoyama", AOBA], CALLED, PARTY) == [AOYAMA, AOBA]


@given(st.dictionaries(st.from_regex(r"\Apty_[a-z2-7]{26}\Z"), st.frozensets(st.text(min_size=1))))
def test_every_id_means_itself_whatever_others_are_called(called: dict[str, frozenset[str]]) -> None:
    """An id is never taken for a name of another."""
    assert all(resolve(id_, called, PARTY) == id_ for id_ in called)


def test_devices_and_papers_are_found_by_what_stands_on_them(vault: Vault) -> None:
    """A serial, a GPU's UUID, a contract's number."""
    names = Lookup(vault)
    assert {names.device(text) for text in (SERIAL, UUID.lower(), WHO.devices[0][:12])} == {WHO.devices[0]}
    assert names.contract("C-2026/07") == WHO.contract
    assert names.authorization(WHO.us[:12]) == WHO.us
    assert (names.site("石狩"), names.path(WHO.path)) == (WHO.site, WHO.path)


@pytest.mark.parametrize("text", [WHO.tenant, WHO.tenant[:10], "青葉", SERIAL])
def test_records_about_a_subject_are_listed_by_any_of_its_names(
    vault: Vault, capsys: pytest.CaptureFixture[str], text: str
) -> None:
    """The same records as by the id."""
    meant = WHO.devices[0] if text == SERIAL else WHO.tenant
    run(["records", "--vault", str(vault.places.root), "--about", meant])
    expected = capsys.readouterr().out

    assert run(["records", "--vault", str(vault.places.root), "--about", text]) == 0
    assert capsys.readouterr().out == expected != ""


def test_records_about_nobody_are_refused_instead_of_being_none(
    vault: Vault, capsys: pytest.CaptureFixture[str]
) -> None:
    """An empty list would read as: nothing is on record about it."""
    stranger = ids.mint("party", dice(64))
    code = run(["records", "--vault", str(vault.places.root), "--about", stranger, "--json"])
    told = json.loads(capsys.readouterr().out)["error"]
    assert (code, told["code"]) == (2, "subject.unknown")

    run(["records", "--vault", str(vault.places.root), "--about", "Aobaa", "--json"])
    assert "`Aoba`" in json.loads(capsys.readouterr().out)["error"]["help"]
