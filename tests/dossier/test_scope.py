"""Whom a dossier is about: every record about its subjects, and nobody else's name or id."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from kansa import ids
from kansa.application import coherence, dossiers
from kansa.application.lookup import Lookup
from kansa.clock import DAY
from kansa.dossier import container, disclose, members
from kansa.dossier.alone import text
from kansa.dossier.report import page, summary
from kansa.dossier.verify import verify
from kansa.errors import BadInput
from kansa.ledger import policy
from kansa.records.draft import Draft, apart
from kansa.vault.vault import Vault
from worlds import BEGIN, cast, dice, draft, small_vault, story

WHO = cast()
RESOLD = ids.mint("party", dice(41))
OWNER = ids.mint("party", dice(42))


def shared(*end_users: str) -> Draft:
    """A licence that several end users share."""
    return draft(
        "authorization.recorded",
        "shared",
        authorization_id=ids.mint("authorization", dice(45)),
        jurisdiction="JP",
        basis="licence",
        end_user_ids=list(end_users),
        item_classes=["h100-sxm5"],
        site_ids=[WHO.site],
    )


def more() -> list[Draft]:
    """A second tenant, an owner, a change, and ratings."""
    named: dict[str, Any] = {"names": {"en": "Kurobe", "ja": "黒部"}}
    return [
        draft("party.registered", "other", party_id=WHO.other, roles=["tenant"], **named),
        draft("party.registered", "owner", party_id=OWNER, names={"en": "Owner", "ja": "親"}),
        draft("party.ownership_declared", "1", party_id=WHO.tenant, owner_id=OWNER, share_bp=6000),
        draft("party.risk_rated", "1", party_id=WHO.tenant, of="end_user", tier="high"),
        draft("party.risk_rated", "2", party_id=WHO.other, of="end_user", tier="high"),
        draft("end_user.changed", "1", BEGIN + DAY, end_user_id=WHO.tenant, what="end_use"),
        draft("case.decided", "other", tenant_id=WHO.other, end_user_id=WHO.tenant, decision="deny"),
    ]


@pytest.fixture(scope="module")
def make(tmp_path_factory: pytest.TempPathFactory) -> Callable[[list[Draft]], Vault]:
    """A vault with the story and further drafts."""

    def made(drafts: list[Draft]) -> Vault:
        return small_vault(tmp_path_factory.mktemp("scope") / "vault", [*story(WHO), *drafts])

    return made


def dossier(vault: Vault, audience: str = "auditor", **scope: str) -> tuple[dict[str, bytes], Any]:
    """The members and verdict of a dossier of a scope."""
    answer = coherence.ask(vault, coherence.CoherenceQuestion(**scope))  # type: ignore[arg-type] # names of parties
    data = dossiers.build(vault, answer, dossiers.DossierRequest(audience=audience))
    return container.decode(data), verify(data, policy.parse(vault.trust_policy().encode()))


def entries(opened: dict[str, bytes]) -> list[dict[str, Any]]:
    """The records that a dossier shows."""
    return [json.loads(line)[1] for line in opened[members.ENTRIES].splitlines()]


def test_every_record_about_its_subjects_is_in_a_tenants_dossier_and_no_other_tenants(
    make: Callable[[list[Draft]], Vault],
) -> None:
    """Ownership, rating and changes come along whatever kind they are; another tenant's decision does not."""
    vault = make(more())
    opened, verdict = dossier(vault, tenant=WHO.tenant)
    types = [entry["type"] for entry in entries(opened)]

    assert verdict.verdict == "ok_unwitnessed", text(verdict)
    for kind in ("party.ownership_declared", "party.risk_rated", "end_user.changed"):
        assert types.count(f"kansa.{kind}.v0") == 1, kind
    assert WHO.other.encode() not in b"".join(opened.values())
    assert verdict.about["other_parties"] == {"parties": 0, "records": 0}


def test_a_basis_that_several_share_shows_each_of_them_alone(make: Callable[[list[Draft]], Vault]) -> None:
    """One record for each end user under one authorization id; the others are not even ids, for any audience."""
    vault = make([*more(), *apart(shared(WHO.tenant, WHO.other, RESOLD))])
    for audience in disclose.AUDIENCES:
        opened, verdict = dossier(vault, audience, tenant=WHO.tenant)
        said = b"".join(opened.values())

        assert verdict.accepted()
        assert not re.search(f"{WHO.other}|{RESOLD}".encode(), said), audience


def test_ids_of_others_in_records_of_the_old_form_are_counted(make: Callable[[list[Draft]], Vault]) -> None:
    """What was recorded in one piece can only be shown in one piece: the verdict says how many are named."""
    vault = make([*more(), shared(WHO.tenant, WHO.other, RESOLD)])
    _, verdict = dossier(vault, tenant=WHO.tenant)

    assert verdict.about["other_parties"] == {"parties": 2, "records": 1}
    assert "ids of 2 parties" in text(verdict)


def test_a_basis_told_apart_keeps_what_it_says_of_each() -> None:
    """The parts differ in the end user and the natural key alone; a basis of one is left as it is."""
    whole = shared(WHO.other, WHO.tenant, WHO.other)
    parts = apart(whole)

    assert [part.data["end_user_ids"] for part in parts] == [
        [each] for each in sorted({WHO.tenant, WHO.other})
    ]
    assert len({part.natural_key for part in parts}) == 2
    assert {part.data["authorization_id"] for part in parts} == {whole.data["authorization_id"]}
    assert all(part.data["shared_with"] == sorted({WHO.tenant, WHO.other}) for part in parts)
    assert apart(shared(WHO.tenant)) == (shared(WHO.tenant),)


def test_the_first_entry_of_the_log_is_in_every_dossier(make: Callable[[list[Draft]], Vault]) -> None:
    """When the log began decides what is late; nobody has to take it on the operator's word."""
    vault = make(more())
    for scope in ({"tenant": WHO.tenant}, {"end_user": WHO.tenant}, {}):
        opened, verdict = dossier(vault, **scope)

        assert json.loads(opened[members.ENTRIES].splitlines()[0])[0] == 0
        assert not any("log began" in each for each in verdict.operators_word)


def test_a_dossier_about_an_end_user_says_so_and_gives_the_vaults_own_answer(
    make: Callable[[list[Draft]], Vault],
) -> None:
    """The scope is signed, shown first, and swept anew."""
    vault = make([*more(), *apart(shared(WHO.tenant, RESOLD))])
    opened, verdict = dossier(vault, end_user=WHO.tenant)

    assert verdict.verdict == "ok_unwitnessed", text(verdict)
    assert f"end user Aoba 青葉 {WHO.tenant}" in text(verdict)
    assert RESOLD.encode() not in b"".join(opened.values())
    assert json.loads(opened[members.MANIFEST])["question"]["end_user"] == WHO.tenant


def test_the_page_says_first_whom_it_is_about_for_whom_and_how_much_is_withheld(
    make: Callable[[list[Draft]], Vault],
) -> None:
    """In both languages, before any figure."""
    vault = make(more())
    shown = dossier(vault, "exporter", tenant=WHO.tenant)[0][members.REPORT].decode()
    english, japanese = (part.partition("</header>")[0] for part in shown.split("<header>")[1:])

    for expected in ("tenant", "Aoba", "an exporter", "are not in this dossier"):
        assert expected in english, expected
    for expected in ("契約者", "青葉", "輸出者", "この証跡一式に含まれていません"):
        assert expected in japanese, expected


def test_an_empty_scope_is_not_assessed_and_never_nothing_open(make: Callable[[list[Draft]], Vault]) -> None:
    """Of a tenant that held nothing in the period, nothing can be said to be in order."""
    vault = make(more())
    question = coherence.CoherenceQuestion(tenant=WHO.other, start=BEGIN, end=BEGIN + DAY)
    view = dossiers.report_of(vault, coherence.ask(vault, question))
    shown = page.render(view)

    assert "Nothing is open" not in shown
    assert "Not assessed" in shown
    assert "評価していません" in shown
    assert f"tenant Kurobe ({WHO.other})" in summary.scope_line(view, "en")


@pytest.mark.parametrize(
    ("name", "found"),
    [("Aoba", WHO.tenant), ("青葉", WHO.tenant), (WHO.tenant, WHO.tenant), ("Kurobe", WHO.other)],
)
def test_a_scope_is_found_by_id_name_or_key(
    make: Callable[[list[Draft]], Vault], name: str, found: str
) -> None:
    """Any way in which the operator's books call a tenant."""
    assert Lookup(make(more())).tenant(name) == found


def test_a_scope_that_is_no_tenant_is_refused_with_those_that_may_be_meant(
    make: Callable[[list[Draft]], Vault],
) -> None:
    """A supplier is a party, and no tenant; a slip of the pen has a neighbour."""
    vault = make(more())
    with pytest.raises(BadInput, match="is a party, but no tenant"):
        Lookup(vault).tenant("Owner")
    with pytest.raises(BadInput) as slip:
        Lookup(vault).tenant("Aobaa")
    assert "`Aoba`" in str(slip.value.help)
    with pytest.raises(BadInput, match="no end user is called"):
        Lookup(vault).end_user("nobody")


def test_a_vault_without_tenants_has_no_scope_to_name(tmp_path: Path) -> None:
    """The refusal says that none is on record."""
    with pytest.raises(BadInput, match="no tenant is called"):
        Lookup(small_vault(tmp_path / "v", story(WHO)[1:2])).tenant("x")
