"""Sources of access on what systems wrote: every row accounted for, nothing twice, and what the records say."""

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from connectors.access.samples import EVERYTHING, files
from kansa.connectors.base import Source
from kansa.connectors.connector import Setup
from kansa.connectors.registry import connector_named
from kansa.errors import BadInput
from kansa.texts.messages import in_japanese
from shared_data import SharedData

if TYPE_CHECKING:
    from connectors.conftest import World
    from kansa.connectors.ingest import Ingested

SESSION, REFUSED = "kansa.access_path.session.v0", "kansa.access_path.refused.v0"
SCIM = "owners:\n- {party: acme, domains: [example.com]}\n"


def made(world: "World", source: str, options: str) -> Source:
    """The reader of a source; `somebody` is a path, `acme` a party that onboarding knows."""
    for kind, system, key in (("path", "path", "somebody"), ("party", "party", "acme")):
        if world.names.find(system, key) is None:
            world.names.introduce(kind, system, key)
            world.names.carried()
            world.names.settle([(system, key)])
    setup = Setup("urn:kansa:op.example", world.file(f"{source}.yaml", options), None, 1_800_000_000_000_000)
    return connector_named(source).make(setup)


def ingested(world: "World", source: str, shared: SharedData) -> "Ingested":
    """All samples of a source in one ingest."""
    options = SCIM if source == "scim" else EVERYTHING
    return world.ingest(made(world, source, options), *files(source, shared, world.folder))


EXPECTED: Mapping[str, tuple[int, int, int, Mapping[str, int]]] = {
    "teleport": (26, 4, 1, {"event that is no session, login or change": 15, "the same event again": 1}),
    "keycloak": (7, 4, 0, {"event that is no login, logout or change of an account": 2, "logout that names no session": 1}),
    "kubernetes-audit": (52, 2, 1, {"request that goes into no pod": 49}),
    "cloudtrail": (37, 10, 0, {"event that is no way into an instance or the console": 24, "part of a session": 3}),
    "scim": (53, 1, 4, {"group, told with its members": 3, "resource that is no account": 15, "request or answer, no resource": 24}),
}  # fmt: skip
"""Rows, records, quarantined, and passed over by reason."""


@pytest.mark.parametrize("source", sorted(EXPECTED))
def test_samples_are_accounted_for_and_read_again_add_nothing(
    world: "World", shared_data: SharedData, source: str
) -> None:
    """What is not recorded is quarantined or passed over for a stated reason; the same files again add nothing."""
    done = ingested(world, source, shared_data)
    assert (done.rows, done.records, done.quarantined, dict(done.passed_over)) == EXPECTED[source]
    assert done.unreadable == ()

    again = ingested(world, source, shared_data)
    assert (again.records, again.refused) == (0, done.refused)


def told(world: "World", source: str, shared: SharedData) -> list[dict[str, Any]]:
    """What the samples of a source say of sessions and refusals, in order."""
    ingested(world, source, shared)
    return [dict(each) for each in (*world.said(SESSION), *world.said(REFUSED))]


def test_the_cloud_tells_the_method_by_its_event(world: "World", shared_data: SharedData) -> None:
    """A session manager brokers, a pushed key is direct, the console is remote."""
    found = {
        (each["activity"], each["method"], each["method_basis"])
        for each in told(world, "cloudtrail", shared_data)
        if "activity" in each
    }
    assert found == {
        ("session_manager", "brokered", "session_manager"),
        ("key_push", "direct", "pushed_key"),
        ("console", "remote", "console"),
    }


def test_a_session_of_the_session_manager_ends_with_its_termination(
    world: "World", shared_data: SharedData
) -> None:
    """The events stand in any order; the end is found by the session's id."""
    managed = [
        each for each in told(world, "cloudtrail", shared_data) if each.get("activity") == "session_manager"
    ]
    assert len(managed) == 3
    assert all(each["valid_to"] > each["valid_from"] for each in managed)


def test_a_broker_names_the_person_behind_a_shared_login(world: "World", shared_data: SharedData) -> None:
    """The person is the broker's user, the login on the host is what it used; a stamp without offset is UTC."""
    root = next(each for each in told(world, "teleport", shared_data) if each.get("credential") == "root")
    assert (root["person"], root["method"]) == ("max.mustermann@zumbeispiel.example", "brokered")
    assert (root["origin"], root["valid_from"]) == ("192.0.2.1", "2023-09-18T11:22:33.000Z")


def test_who_enters_a_pod_is_named_with_its_command(world: "World", shared_data: SharedData) -> None:
    """Exec and attach of the samples; the request says what was run."""
    found = told(world, "kubernetes-audit", shared_data)
    assert [(each["activity"], each["account"], each["method"]) for each in found] == [
        ("attach", "minikube-user", "remote"),
        ("exec", "minikube-user", "remote"),
    ]
    assert "command=bash" in found[1]["forwarded"]


def user(name: str, **more: Any) -> str:
    """A SCIM user."""
    schemas = ["urn:ietf:params:scim:schemas:core:2.0:User"]
    return json.dumps(
        {
            "schemas": schemas,
            "id": name,
            "userName": name,
            "meta": {"created": "2020-01-01T00:00:00Z"},
            **more,
        }
    )


def test_a_login_is_of_the_account_that_the_provider_has(world: "World", shared_data: SharedData) -> None:
    """An account read by SCIM is found by its user name when somebody logs in with it."""
    world.ingest(made(world, "scim", SCIM), world.file("sam.json", user("sam")))
    account = world.names.find("account", "sam")

    assert account is not None
    assert account in [each["account_id"] for each in told(world, "keycloak", shared_data)]


def test_an_account_that_no_onboarding_record_knows_has_no_party(world: "World") -> None:
    """It is recorded as such, so that it can be found; one of a known domain has its party."""
    gone = {
        "active": False,
        "meta": {"created": "2020-01-01T00:00:00Z", "lastModified": "2021-01-01T00:00:00Z"},
    }
    world.ingest(made(world, "scim", SCIM), world.file("a.json", user("sato@example.com")))
    world.ingest(made(world, "scim", SCIM), world.file("b.json", user("eve@else.example", **gone)))

    sato, eve = world.said("kansa.account.observed.v0")
    assert (sato["party_id"], sato["valid_to"]) == (world.names.find("party", "acme"), None)
    assert (eve["party_id"], eve["valid_to"]) == (None, "2021-01-01T00:00:00.000Z")


START = {"event": "session.start", "user": "sato", "sid": "s", "uid": "u", "time": "2026-01-01T00:00:00Z"}
EXEC = {"kind": "Event", "auditID": "a", "stage": "ResponseStarted", "objectRef": {"subresource": "exec"}}
LOGLINE = '15:58:08,150 INFO  [org.keycloak.events] (t) JSON_EVENT::{"type":"LOGIN","userId":"x"}'


@pytest.mark.parametrize(
    ("source", "content", "said"),
    [
        ("teleport", json.dumps({**START, "time": "soon"}), "`soon` is not a time"),
        ("teleport", json.dumps({"event": "session.start", "time": 1}), "the event has no `user`"),
        ("teleport", json.dumps(START) + "\n{cut", "the event is not JSON"),
        ("keycloak", json.dumps({"realmId": "x"}), "neither `type` nor `operationType`"),
        ("keycloak", LOGLINE, "has no date"),
        ("cloudtrail", json.dumps({"CloudTrailEvent": "{"}), "the event is not JSON"),
        ("kubernetes-audit", json.dumps(EXEC), "has no `timestamp`"),
        ("scim", user("a", meta={"created": "x"}), "`x` is not a time"),
    ],
)
def test_an_event_that_cannot_be_read_is_quarantined_with_its_field(
    world: "World", source: str, content: str, said: str
) -> None:
    """Alone; what stands beside it is read."""
    options = SCIM if source == "scim" else EVERYTHING
    content = f"{user('b')}\n{content}" if source == "scim" else content
    try:
        problems = world.ingest(made(world, source, options), world.file("e.log", content)).problems
    except BadInput as error:
        problems = error.problems
    assert said in " ".join(problem.message for problem in problems)


def test_keycloak_in_pairs_and_over_rest_says_the_same(world: "World") -> None:
    """The server log of today's Keycloak, and the REST answers with nested details."""
    pairs = (
        '2026-01-05 10:00:00,000 INFO  [org.keycloak.events] (executor-1) type="LOGIN", realmId="r", clientId="c", '
        'userId="7", ipAddress="192.0.2.1", auth_method="openid-connect", username="sam", code_id="s"'
    )
    login = {
        "time": 1767607200000,
        "type": "LOGIN",
        "realmId": "r",
        "clientId": "c",
        "userId": "7",
        "sessionId": "s",
        "ipAddress": "192.0.2.1",
        "details": {"auth_method": "openid-connect", "username": "sam"},
    }
    logout = {"time": 1767610800000, "type": "LOGOUT", "realmId": "r", "userId": "7", "sessionId": "s"}
    world.ingest(made(world, "keycloak", EVERYTHING), world.file("server.log", pairs))
    world.ingest(made(world, "keycloak", EVERYTHING), world.file("events.json", json.dumps([login, logout])))
    first, second = world.said(SESSION)
    same = ("account", "target", "person", "credential", "origin", "session", "valid_from")
    assert [first[name] for name in same] == [second[name] for name in same]
    assert (first["valid_to"], second["valid_to"]) == (None, "2026-01-05T11:00:00.000Z")


def test_a_provider_is_asked_page_by_page() -> None:
    """All pages of users and groups, as many as the provider says there are."""
    users = [{"id": str(n)} for n in range(450)]

    def get(address: str) -> bytes:
        start = int(address.split("startIndex=")[1].split("&", maxsplit=1)[0])
        listed = users if "/Users" in address else []
        return json.dumps(
            {"totalResults": len(listed), "Resources": listed[start - 1 : start + 199]}
        ).encode()

    pull = connector_named("scim").pull
    assert pull is not None
    fetched = list(pull(get, "https://idp.example/scim/v2/"))
    assert [each.name for each in fetched] == [
        "users-1.json",
        "users-2.json",
        "users-3.json",
        "groups-1.json",
    ]
    assert sum(len(json.loads(each.content)["Resources"]) for each in fetched) == 450
    with pytest.raises(BadInput, match="is no list of resources"):
        list(pull(lambda _: b"<html>", "https://idp.example"))


PAGES = Path(__file__).parents[3] / "docs" / "sources"
TITLES = {
    "samples-access.md": ("Sources of access on samples", "*[日本語](samples-access.ja.md)* · [all connectors](fields/index.md)", "| source | files | rows | records | quarantined | passed over |"),
    "samples-access.ja.md": ("接続の情報源とサンプル", "*[English](samples-access.md)* · [コネクター一覧](fields/index.ja.md)", "| 情報源 | ファイル | 行 | 証跡 | 隔離 | 対象外 |"),
}  # fmt: skip
INTRO = {
    "samples-access.md": "What became of every row of files that other projects published, as the tests read them. `tests/connectors/access` writes this page.",
    "samples-access.ja.md": "ほかのプロジェクトが公開しているファイルの各行が、テストでどう読み取られたかを示します。`tests/connectors/access` が書き出すページです。",
}


def test_the_page_of_samples_is_what_the_samples_gave(world: "World", shared_data: SharedData) -> None:
    """Source, files, rows, records, quarantined, passed over; `KANSA_WRITE_PAGES=1` writes it."""
    counted = {}
    for source in sorted(EXPECTED):
        done = ingested(world, source, shared_data)
        known = done.records + done.superseding + done.duplicates
        counted[source] = (
            len(done.files),
            done.rows,
            known,
            done.quarantined + done.refused,
            done.passed_over,
        )
    for name, (title, links, head) in TITLES.items():
        rows = [
            f"| `{source}` | {files_} | {rows_} | {records} | {bad} | {_listed(passed, japanese='.ja.' in name)} |"
            for source, (files_, rows_, records, bad, passed) in counted.items()
        ]
        text = (
            "\n".join(
                [f"# {title}", "", links, "", INTRO[name], "", head, "|---|---|---|---|---|---|", *rows]
            )
            + "\n"
        )
        if os.environ.get("KANSA_WRITE_PAGES") == "1":
            (PAGES / name).write_text(text, "utf-8")
        assert (PAGES / name).read_text("utf-8") == text


def _listed(passed: Mapping[str, int], *, japanese: bool) -> str:
    return ", ".join(
        f"{in_japanese(reason) if japanese else reason}: {count}" for reason, count in passed.items()
    )
