"""The certification scenario of AuthZEN 1.0, test by test under its own number (`c-2-2-1` …), against a real server.

Levels: Basic and Batch, Core and Properties, and Discovery. Search is not offered, and the metadata say so.
"""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from interfaces.api.fixture import fixture
from interfaces.api.serving import Served, served

EVALUATION, EVALUATIONS = "/access/v1/evaluation", "/access/v1/evaluations"
ALICE: dict[str, Any] = {"type": "user", "id": "alice"}
BOB: dict[str, Any] = {"type": "user", "id": "bob"}
ADMIN = BOB | {"properties": {"role": "admin"}}
FIRST: dict[str, Any] = {"type": "record", "id": "record-1"}
SECOND: dict[str, Any] = {"type": "record", "id": "record-2"}
ARCHIVED = SECOND | {"properties": {"status": "archived"}}
ACTIVE = FIRST | {"properties": {"status": "active"}}
READ, WRITE = {"name": "read"}, {"name": "write"}
READS = {"subject": ALICE, "action": READ, "resource": FIRST}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The gate with the fixture of the scenario, over HTTPS."""
    with served(tmp_path_factory.mktemp("certification"), fixture()) as running:
        yield running


@pytest.fixture(scope="module")
def client(server: Served) -> Iterator[httpx.Client]:
    """A client with a good token."""
    with server.client() as made:
        yield made


def decided(client: httpx.Client, subject: Any, action: Any, resource: Any, **rest: Any) -> bool:
    """The decision of one evaluation, after c-2-3-1 and c-2-3-2 and c-5: the form of every answer."""
    response = client.post(
        EVALUATION, json={"subject": subject, "action": action, "resource": resource, **rest}
    )
    assert response.status_code == 200
    assert response.headers["content-type"] == "application/json"
    body = response.json()
    assert type(body["decision"]) is bool
    assert isinstance(body.get("context", {}), dict)
    return bool(body["decision"])


def batch(client: httpx.Client, **body: Any) -> list[bool]:
    """The decisions of a batch, after c-3-3-3 and c-3-3-4: the form of every answer."""
    response = client.post(EVALUATIONS, json=body)
    assert response.status_code == 200
    assert "decision" not in response.json()
    answers = response.json()["evaluations"]
    assert all(type(answer["decision"]) is bool for answer in answers)
    assert all(isinstance(answer.get("context", {}), dict) for answer in answers)
    return [answer["decision"] for answer in answers]


def status(client: httpx.Client, body: Any, path: str = EVALUATION) -> int:
    """The status of a request that is refused, with a text that says why."""
    response = client.post(path, json=body)
    assert isinstance(response.json(), str)
    return response.status_code


def test_c_2_2_1_a_fixture_request_is_permitted(client: httpx.Client) -> None:
    """Decision rule 1."""
    assert decided(client, ALICE, READ, FIRST) is True
    assert decided(client, ALICE, WRITE, FIRST) is True  # decision rule 2
    assert decided(client, BOB, READ, FIRST) is True  # decision rule 3


def test_c_2_2_2_a_fixture_request_is_denied(client: httpx.Client) -> None:
    """Decision rule 4."""
    assert decided(client, BOB, WRITE, FIRST) is False


def test_c_2_2_3_context_is_accepted_and_changes_no_fixture_decision(client: httpx.Client) -> None:
    """The optional context."""
    context = {"time": "2025-06-27T18:03-07:00", "ip": "192.168.1.1"}
    assert decided(client, ALICE, READ, FIRST, context=context) is True


def test_c_2_2_4_properties_of_the_resource_deny(client: httpx.Client) -> None:
    """Decision rule 5."""
    assert decided(client, ALICE, WRITE, ARCHIVED) is False


def test_c_2_2_5_properties_of_the_subject_permit(client: httpx.Client) -> None:
    """Decision rule 6."""
    assert decided(client, ADMIN, WRITE, ARCHIVED) is True


def test_c_2_2_6_properties_of_the_action_permit(client: httpx.Client) -> None:
    """Decision rule 7."""
    assert decided(client, ALICE, {"name": "delete", "properties": {"soft": True}}, FIRST) is True


def test_c_2_2_7_properties_of_the_action_deny(client: httpx.Client) -> None:
    """Decision rule 8."""
    assert decided(client, ALICE, {"name": "delete", "properties": {"soft": False}}, FIRST) is False


def test_c_2_2_8_further_properties_are_accepted(client: httpx.Client) -> None:
    """Properties that the fixture does not know."""
    subject = ALICE | {"properties": {"department": "Sales", "role": "manager"}}
    action = {"name": "read", "properties": {"method": "GET"}}
    resource = FIRST | {"properties": {"status": "active", "owner": "bob"}}
    assert decided(client, subject, action, resource) is True


def test_c_2_2_9_unknown_fields_are_passed_over(client: httpx.Client) -> None:
    """Forward compatibility; c-5, 5."""
    assert decided(client, ALICE, READ, FIRST, foo="bar", futureField={"nested": True}) is True


@pytest.mark.parametrize("field", ["subject", "action", "resource"])
def test_c_2_4_1_a_missing_field_is_refused(client: httpx.Client, field: str) -> None:
    """400; c-5, 3."""
    assert status(client, {name: part for name, part in READS.items() if name != field}) == 400


@pytest.mark.parametrize(
    ("field", "part"),
    [("subject", "type"), ("subject", "id"), ("action", "name"), ("resource", "type"), ("resource", "id")],
)
def test_c_2_4_2_a_missing_sub_field_is_refused(client: httpx.Client, field: str, part: str) -> None:
    """400, with the name of what is missing."""
    entity = {name: value for name, value in READS[field].items() if name != part}
    response = client.post(EVALUATION, json=READS | {field: entity})
    assert (response.status_code, f"{field}.{part}" in response.json()) == (400, True)


@pytest.mark.parametrize("type_", ["text/plain", "application/xml", "application/jsonp", ""])
def test_c_2_4_3_another_content_type_is_refused(client: httpx.Client, type_: str) -> None:
    """400."""
    response = client.post(EVALUATION, content=b'{"subject":{}}', headers={"content-type": type_})
    assert response.status_code == 400


@pytest.mark.parametrize("body", [b"{", b"{]}", b"\xff\xfe", b'{"subject": nul}', b"[" * 100_000])
def test_c_2_4_4_what_is_not_json_is_refused(client: httpx.Client, body: bytes) -> None:
    """400."""
    response = client.post(EVALUATION, content=body, headers={"content-type": "application/json"})
    assert response.status_code == 400


def test_c_2_4_5_an_empty_body_is_refused(client: httpx.Client) -> None:
    """400."""
    response = client.post(EVALUATION, content=b"", headers={"content-type": "application/json"})
    assert response.status_code == 400


@pytest.mark.parametrize(
    "wrong",
    [{"subject": "alice"}, {"action": {"name": 123}}, {"resource": []}, {"subject": None}, {"context": "x"}],
)
def test_c_2_4_6_a_field_of_another_type_is_refused(client: httpx.Client, wrong: dict[str, Any]) -> None:
    """400."""
    assert status(client, READS | wrong) == 400


def test_c_2_5_1_the_request_id_comes_back(client: httpx.Client) -> None:
    """As it came, with answers and with refusals; c-5, 4."""
    sent = "bfe9eb29-ab87-4ca3-be83-a1d5d8305716"
    for body in (READS, {}):
        response = client.post(EVALUATION, json=body, headers={"x-request-id": sent})
        assert response.headers["x-request-id"] == sent


def test_c_2_5_2_without_a_request_id_nothing_fails(client: httpx.Client) -> None:
    """None is made up."""
    response = client.post(EVALUATION, json=READS)
    assert (response.status_code, "x-request-id" in response.headers) == (200, False)


def test_c_2_6_the_same_request_has_the_same_decision(client: httpx.Client) -> None:
    """Five times in a row."""
    assert [decided(client, BOB, WRITE, FIRST) for _ in range(5)] == [False] * 5
    assert [decided(client, ALICE, READ, FIRST) for _ in range(5)] == [True] * 5


def test_c_3_2_1_a_batch_is_accepted(client: httpx.Client) -> None:
    """Two resources."""
    found = batch(client, subject=ALICE, action=READ, evaluations=[{"resource": FIRST}, {"resource": SECOND}])
    assert (len(found), found[0]) == (2, True)


def test_c_3_2_2_fixture_decisions_hold_in_a_batch_in_order(client: httpx.Client) -> None:
    """Decision rules 3 and 4."""
    assert batch(client, subject=BOB, resource=FIRST, evaluations=[{"action": READ}, {"action": WRITE}]) == [
        True,
        False,
    ]


def test_c_3_2_3_properties_count_item_by_item(client: httpx.Client) -> None:
    """Decision rules 2 and 5."""
    items = [{"resource": ACTIVE}, {"resource": ARCHIVED}]
    assert batch(client, subject=ALICE, action=WRITE, evaluations=items) == [True, False]


def test_c_3_2_4_properties_of_the_subject_count_item_by_item(client: httpx.Client) -> None:
    """Decision rules 5 and 6."""
    items = [{"subject": ALICE}, {"subject": ADMIN}]
    assert batch(client, action=WRITE, resource=ARCHIVED, evaluations=items) == [False, True]


def test_c_3_2_5_items_may_be_complete(client: httpx.Client) -> None:
    """No defaults."""
    items = [READS, {"subject": BOB, "action": WRITE, "resource": FIRST}]
    assert batch(client, evaluations=items) == [True, False]


def test_c_3_2_6_context_is_inherited_unless_an_item_has_its_own(client: httpx.Client) -> None:
    """Accepted."""
    items = [
        {"resource": FIRST},
        {"resource": SECOND, "context": {"time": "2025-06-27T19:00-07:00", "source": "x"}},
    ]
    found = batch(
        client, subject=ALICE, action=READ, context={"time": "2025-06-27T18:03-07:00"}, evaluations=items
    )
    assert len(found) == 2


def test_c_3_2_7_defaults_are_taken_whole_or_not_at_all(client: httpx.Client) -> None:
    """Entity by entity."""
    items: list[Any] = [{}, {"resource": ARCHIVED}]
    assert batch(client, subject=ALICE, action=WRITE, resource=ACTIVE, evaluations=items) == [True, False]
    partial = client.post(
        EVALUATIONS,
        json={
            "subject": ALICE,
            "action": WRITE,
            "resource": ACTIVE,
            "evaluations": [{"resource": {"id": "x"}}],
        },
    )
    assert partial.json()["evaluations"][0]["decision"] is False


def test_c_3_3_1_and_2_answers_are_as_many_as_questions_and_in_their_order(client: httpx.Client) -> None:
    """Twenty items, alternating."""
    items = [{"action": READ if n % 2 else WRITE} for n in range(20)]
    assert batch(client, subject=BOB, resource=FIRST, evaluations=items) == [bool(n % 2) for n in range(20)]


def test_c_3_4_1_an_item_that_cannot_be_read_is_refused_alone(client: httpx.Client) -> None:
    """`execute_all`: 200, and false with the error in its context."""
    body = {
        "subject": ALICE,
        "action": READ,
        "options": {"evaluations_semantic": "execute_all"},
        "evaluations": [{"resource": FIRST}, {}],
    }
    response = client.post(EVALUATIONS, json=body)
    assert response.status_code == 200
    first, second = response.json()["evaluations"]
    assert (first["decision"], second["decision"]) == (True, False)
    assert second["context"]["error"]["status"] == 400


@pytest.mark.parametrize("rest", [{}, {"evaluations": []}])
def test_c_3_4_2_and_3_without_evaluations_it_is_one_question(
    client: httpx.Client, rest: dict[str, Any]
) -> None:
    """Decision rule 1, as an Access Evaluation response."""
    response = client.post(EVALUATIONS, json=READS | rest)
    assert (response.status_code, response.json()["decision"]) == (200, True)


def test_a_batch_that_is_wrong_as_a_whole_is_refused(client: httpx.Client) -> None:
    """Whole-payload failures stay HTTP errors (the note of c-3-4-1)."""
    wrong: list[dict[str, Any]] = [
        {"evaluations": "x"},
        {"evaluations": [{}], "options": 1},
        {"evaluations": [{}], "options": {"evaluations_semantic": "some"}},
        {"evaluations": [{}] * 257},
        {"evaluations": []},
    ]
    assert [status(client, body, EVALUATIONS) for body in wrong] == [400] * 5


@pytest.mark.parametrize(
    ("semantic", "expected"),
    [
        ("execute_all", [True, False, True]),
        ("deny_on_first_deny", [True, False]),
        ("permit_on_first_permit", [True]),
    ],
)
def test_the_three_semantics_stop_where_they_say(
    client: httpx.Client, semantic: str, expected: list[bool]
) -> None:
    """Clause "Evaluations semantics"."""
    items = [{"action": READ}, {"action": WRITE}, {"action": READ}]
    options = {"evaluations_semantic": semantic, "another_option": "value"}
    assert batch(client, subject=BOB, resource=FIRST, evaluations=items, options=options) == expected


def test_c_6_the_metadata_say_where_the_endpoints_are_and_that_there_is_no_search(
    client: httpx.Client,
) -> None:
    """Discovery: c-6-2 to c-6-5."""
    response = client.get("/.well-known/authzen-configuration")
    assert (response.status_code, response.headers["content-type"]) == (200, "application/json")
    found = response.json()
    assert found == {
        "policy_decision_point": "https://gate.example",
        "access_evaluation_endpoint": "https://gate.example/access/v1/evaluation",
        "access_evaluations_endpoint": "https://gate.example/access/v1/evaluations",
    }
    for kind in ("subject", "resource", "action"):
        assert client.post(f"/access/v1/search/{kind}", json=READS).status_code == 404


def test_every_answer_of_the_scenario_is_in_the_log(server: Served, client: httpx.Client) -> None:
    """Law: the id of an answer names an entry that holds the same decision."""
    context = client.post(EVALUATION, json=READS | {"action": WRITE}).json()["context"]
    assert context["entry"]["log"] == server.gate.log.origin
    assert server.gate.log.origin.endswith("/gate")
    assert context["id"]
