"""The approval flow as people see it: from nobody enrolled to a clearance, and what is refused on the way."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from shutil import copytree
from typing import Any

import pytest

from kansa.cases.routes import SHIPPED
from kansa.clock import DAY, format_instant
from kansa.dossier.verify import verify
from kansa.interfaces.cli.app import run
from kansa.ledger import policy
from kansa.records.draft import submit
from kansa.vault.vault import Vault
from worlds import BEGIN, cast, draft, small_vault

PEOPLE = {
    "admin": "administrator",
    "sales": "account_manager",
    "trade": "export_control_staff",
    "officer": "export_control_officer",
}


class Desk:
    """The command line on one vault, with a key file a person."""

    def __init__(self, root: Path, printed: Callable[[], str]) -> None:
        self.root = root
        self._printed = printed

    def __call__(self, *arguments: str, key: str | None = None, code: int = 0) -> str:
        """What a command prints; it ends with the code."""
        signed = ["--key", str(self.root / key)] if key else []
        vault = [] if arguments[:2] == ("person", "key") else ["--vault", str(self.root / "vault")]
        done = run([*arguments, *signed, *vault])
        printed = self._printed()
        assert done == code, printed
        return printed

    def json(self, *arguments: str, key: str | None = None, code: int = 0) -> Any:
        """The stable result of a command."""
        return json.loads(self(*arguments, "--json", key=key, code=code))


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Everybody has a key, is enrolled and has a role; the ordinary route is adopted."""
    root = tmp_path_factory.mktemp("office")
    small_vault(root / "vault")
    later = Vault(root / "vault", at=BEGIN + DAY)
    later.record(draft("party.registered", "other", party_id=cast().other))  # the story has begun
    desk = Desk(root, lambda: "")
    for name, role in PEOPLE.items():
        desk("person", "key", str(root / name))
        named = ("--name", name, "--name-ja", f"{name}さん", "--public-key", str(root / f"{name}.pub"))
        desk("person", "enroll", *named, key="admin")
        if name != "admin":
            desk("role", "grant", name, role, key="admin")
    desk("case", "adopt", "kansa.routes.ordinary", key="admin")
    return root


@pytest.fixture
def desk(prepared: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Desk:
    """A copy of the prepared office."""
    copytree(prepared, tmp_path / "office")
    return Desk(tmp_path / "office", lambda: capsys.readouterr().out)


def opened(desk: Desk) -> str:
    """A case on the tenant of the small world."""
    case: str = desk.json("case", "open", "--tenant", "Aoba", "--cause", "renewal")["case"]
    return case


UNTIL = ("--until", "2026-12-31", "--reasons", "a known customer")
FINE = ("--reasons", "papers are in order")


def test_a_clearance_is_proposed_reviewed_and_approved_by_three_people(desk: Desk) -> None:
    """Each step says what comes next; at the end the tenant is cleared, signed, separated by key."""
    case = opened(desk)
    desk("case", "propose", case, "permit", *UNTIL, key="sales")
    assert "Next: review, by export control staff or export control officer" in desk("case", "show", case)
    desk("case", "review", case, "endorsed", *FINE, key="trade")
    assert "次: 承認（輸出管理責任者または統括責任者代行）" in desk("case", "show", case, "--lang", "ja")
    desk("case", "decide", case, "permit", *FINE, key="officer")

    shown = desk.json("case", "show", case)
    assert (shown["state"], shown["standing"], shown["separation"]) == ("decided", "cleared", "by_key_only")
    assert [act["ground"] for act in shown["acts"]] == ["valid", "valid", "signed"]
    assert "cleared until 31 Dec 2026" in desk("case", "list")
    assert "承認済み 期限 2026/12/31" in desk("case", "list", "--lang", "ja")
    assert "papers are in order" in desk("case", "show", case)


def screened(outcome: str, candidates: int) -> Any:
    """A screening of the tenant against one list."""
    hits = [
        {"list": "ofac_sdn", "entity_id": str(n), "name": "AOBA", "score": "0.99"} for n in range(candidates)
    ]
    edition = {
        "publication": "ofac.sdn", "record_set_sha256": "a" * 64, "entries": 3, "rejected": 0, "date": None,
        "record": None,
    }  # fmt: skip
    return draft(
        "party.screened", "s", party_id=cast().tenant, trigger="asked", outcome=outcome, blocked=candidates,
        cut_off=False, candidates=hits, editions=[edition], not_covered=[], stale=[], versions=[],
        configuration_sha256="b" * 64, normaliser_sha256="c" * 64, threshold_ppm=1, limit=10, entries=3, query={},
    )  # fmt: skip


def raised(severity: str) -> Any:
    """An open flag on the tenant."""
    who = cast().tenant
    return draft(
        "flag.raised", severity, flag_id="flg_" + "a" * 26, subject_id=who, party_id=who, rule="kansa.x.rule",
        pack="kansa.x", pack_sha256="d" * 64, evaluator="e", evaluated_at=format_instant(BEGIN), severity=severity,
        active=False, due=format_instant(BEGIN + DAY), facts=[],
    )  # fmt: skip


def proposed(desk: Desk) -> str:
    """A case that waits for its last step."""
    case = opened(desk)
    desk("case", "propose", case, "permit", *UNTIL, key="sales")
    desk("case", "review", case, "endorsed", *FINE, key="trade")
    return case


def test_a_case_shows_what_a_decision_would_rest_on_and_what_was_never_done(desk: Desk) -> None:
    """Of tenant and end user, in both languages: what was never done is not assessed and no "none"."""
    case = opened(desk)

    shown = desk("case", "show", case)
    assert "What a decision would rest on, Aoba:" in shown
    assert "verification: " in shown
    assert "screening: not assessed, never screened" in shown
    assert "flags: 0 open, 0 of them high" in shown
    assert "照会: 一度もないため評価していません" in desk("case", "show", case, "--lang", "ja")
    (found,) = desk.json("case", "show", case)["rests_on"]
    assert (found["screening"], found["hits_open"], found["flags"]) == (None, None, [])


@pytest.mark.parametrize(
    ("told", "refused", "said"),
    [
        (screened("alert", 2), "hits_open", "2 hits that nobody has judged"),
        (raised("high"), "flags_open", "flags: 1 open, 1 of them high"),
    ],
)
def test_a_permit_over_open_hits_or_high_flags_is_refused(
    desk: Desk, told: Any, refused: str, said: str
) -> None:
    """It is not recorded; the case shows them; holding and denying remain possible."""
    case = proposed(desk)
    Vault(desk.root / "vault").record(told)

    assert desk.json("case", "decide", case, "permit", *FINE, key="officer", code=1) == {"refused": refused}
    assert said in desk("case", "show", case)
    assert desk.json("case", "show", case)["state"] == "reviewed"
    desk("case", "decide", case, "hold", *FINE, key="officer")


def owned(*, until: int | None = None) -> Any:
    """Half of the tenant is another's, as declared."""
    who = {"party_id": cast().tenant, "owner_id": cast().other, "share_bp": 5000, "controls": False}
    return draft("party.ownership_declared", f"o {until}", BEGIN, until, **who)


def test_what_changed_since_the_proposal_is_shown_before_anybody_decides(desk: Desk) -> None:
    """With the records that say so, in both languages, in the case and beside the decision; after it, no more."""
    case = proposed(desk)
    before = desk("case", "show", case)
    assert "Changed since the proposal (entry" in before
    assert ": nothing of " in before
    index = Vault(desk.root / "vault").record(owned())

    english, japanese = desk("case", "show", case), desk("case", "show", case, "--lang", "ja")
    assert f"ownership (entry {index})" in english
    assert english.index("Changed since the proposal") < english.index("What a decision would rest on")
    assert f"所有関係（台帳の第{index}号）" in japanese
    assert desk.json("case", "show", case)["changed_since_proposal"] == {"ownership": [index]}
    assert f"ownership (entry {index})" in desk("case", "decide", case, "permit", *FINE, key="officer")
    assert desk.json("case", "show", case)["changed_since_proposal"] is None


def test_what_the_proposal_listed_and_no_longer_stands_is_a_change(desk: Desk) -> None:
    """A declaration of ownership that was corrected away is told, not only new ones."""
    vault = Vault(desk.root / "vault")
    index = vault.record(owned())
    case = proposed(desk)
    assert ": nothing of " in desk("case", "show", case)
    gone = owned(until=BEGIN + DAY)
    with vault.appending() as appender:
        correction = {"log": vault.settings.origin, "index": index}
        appender.append(
            [submit(replace(gone, data={**gone.data, "corrects": correction}), vault.connector_key)]
        )
    assert desk.json("case", "show", case)["changed_since_proposal"] == {"ownership": [index]}


@pytest.mark.parametrize("told", [screened("no_hit", 0), raised("medium")])
def test_what_is_closed_or_not_grave_does_not_stop_a_permit(desk: Desk, told: Any) -> None:
    """A screening without hits and a flag of medium severity are shown."""
    case = proposed(desk)
    Vault(desk.root / "vault").record(told)

    assert desk.json("case", "decide", case, "permit", *FINE, key="officer")["index"]


def test_a_route_may_allow_a_permit_over_what_is_open(desk: Desk, tmp_path: Path) -> None:
    """As its pack says, and only for what it says."""
    text = SHIPPED.read_text("utf-8")
    ordinary = "- id: kansa.routes.ordinary\n"
    (tmp_path / "routes.yaml").write_text(
        text.replace(ordinary, f"{ordinary}  decides_over: [hits]\n"), "utf-8"
    )
    (tmp_path / "wrong.yaml").write_text(
        text.replace(ordinary, f"{ordinary}  decides_over: [law]\n"), "utf-8"
    )
    desk(
        "case", "adopt", "kansa.routes.ordinary", "--pack", str(tmp_path / "wrong.yaml"), key="admin", code=2
    )
    desk("case", "adopt", "kansa.routes.ordinary", "--pack", str(tmp_path / "routes.yaml"), key="admin")
    case = proposed(desk)
    vault = Vault(desk.root / "vault")
    vault.record(screened("alert", 1))
    vault.record(raised("high"))

    assert desk.json("case", "decide", case, "permit", *FINE, key="officer", code=1) == {
        "refused": "flags_open"
    }


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "the person took an earlier step of the same case"),
        ("ja", "同じ案件の前の段階を担当した者です"),
    ],
)
def test_nobody_approves_what_they_reviewed(desk: Desk, language: str, said: str) -> None:
    """It is refused with the reason, and not recorded."""
    desk("role", "grant", "officer", "export_control_staff", key="admin")
    case = opened(desk)
    desk("case", "propose", case, "permit", *UNTIL, key="sales")
    desk("case", "review", case, "endorsed", *FINE, key="officer")

    assert said in desk("case", "decide", case, "permit", *FINE, "--lang", language, key="officer", code=1)
    assert desk.json("case", "show", case)["state"] == "reviewed"


def test_what_would_not_count_is_refused(desk: Desk) -> None:
    """Out of order, without the role, twice, or by somebody whom nobody enrolled."""
    case = opened(desk)
    assert desk.json("case", "propose", case, "permit", *UNTIL, key="trade")["index"]
    desk("person", "key", str(desk.root / "stranger"))
    desk("case", "propose", case, "permit", *UNTIL, key="stranger", code=2)
    desk("case", "propose", case, "permit", "--reasons", "x", key="sales", code=2)
    refused = [
        desk.json("case", "decide", case, "permit", *FINE, key="officer", code=1),
        desk.json("case", "review", case, "endorsed", *FINE, key="sales", code=1),
        desk.json("case", "review", case, "endorsed", *FINE, key="trade", code=1),
        desk.json("role", "grant", "sales", "export_control_officer", key="sales", code=1),
        desk.json("role", "grant", "admin", "export_control_officer", key="admin", code=1),
    ]

    assert [each["refused"] for each in refused] == [
        "not_endorsed",
        "no_role",
        "own_act",
        "not_in_order",
        "not_in_order",
    ]


def test_a_returned_proposal_is_made_anew(desk: Desk) -> None:
    """The case goes on with the next proposal."""
    case = opened(desk)
    desk("case", "propose", case, "permit", *UNTIL, key="sales")
    desk("case", "review", case, "returned", "--reasons", "which sites?", key="trade")
    assert desk.json("case", "show", case)["state"] == "returned"
    desk("case", "decide", case, "permit", *FINE, key="officer", code=1)

    desk("case", "propose", case, "permit", "--site", "Ishikari", *UNTIL, key="sales")
    desk("case", "review", case, "endorsed", *FINE, key="trade")
    desk("case", "decide", case, "permit", *FINE, key="officer")
    assert desk.json("case", "show", case)["state"] == "decided"


def test_a_change_under_a_clearance_makes_it_due(desk: Desk) -> None:
    """The aspect is named; a new decision that rests on it clears again."""
    vault, tenant = Vault(desk.root / "vault", at=BEGIN + DAY), cast().tenant
    case = opened(desk)
    for again in (False, True):
        desk("case", "propose", case, "permit", *UNTIL, key="sales")
        desk("case", "review", case, "endorsed", *FINE, key="trade")
        desk("case", "decide", case, "permit", *FINE, key="officer")
        assert desk.json("case", "show", case)["standing"] == "cleared"
        if not again:
            vault.record(
                draft(
                    "party.ownership_declared",
                    "1",
                    BEGIN,
                    party_id=tenant,
                    owner_id=cast().other,
                    share_bp=6000,
                )
            )
            assert list(desk.json("case", "show", case)["changed"]) == ["ownership"]
            assert "判断後の変更: 所有関係" in desk("case", "show", case, "--lang", "ja")


def test_a_revoked_key_takes_its_decisions_back(desk: Desk) -> None:
    """The people's list says so, and the case falls back to what it was."""
    case = opened(desk)
    desk("case", "propose", case, "permit", *UNTIL, key="sales")
    desk("case", "review", case, "endorsed", *FINE, key="trade")
    desk("case", "decide", case, "permit", *FINE, key="officer")
    desk("person", "revoke", "officer", "--from", "2026-01-01", "--reasons", "lost", key="admin")

    assert desk.json("case", "show", case)["acts"][-1]["ground"] == "key_revoked"
    assert "鍵は失効" in desk("person", "list", "--lang", "ja")


def test_a_dossier_of_the_tenant_verifies_with_its_signed_clearance(desk: Desk, tmp_path: Path) -> None:
    """Whoever reads it derives the clearance anew, from who could sign and along which route, without names."""
    case = opened(desk)
    desk("case", "propose", case, "permit", *UNTIL, key="sales")
    desk("case", "review", case, "endorsed", *FINE, key="trade")
    desk("case", "decide", case, "permit", *FINE, key="officer")
    file = tmp_path / "dossier.zip"
    desk("dossier", "build", "--tenant", "Aoba", "--audience", "exporter", "-o", str(file))
    trust = policy.parse(Vault(desk.root / "vault").trust_policy().encode())

    assert verify(file.read_bytes(), trust).verdict == "ok_unwitnessed"
    assert "officerさん".encode() not in file.read_bytes()
