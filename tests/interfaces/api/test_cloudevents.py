"""CloudEvents over HTTP: the conformance features of the specification, and what they do not say."""

import base64
import json
import re
from typing import Any

import pytest

from kansa.errors import BadInput
from kansa.interfaces.api.cloudevents import events_in, otlp_logs_in
from shared_data import SharedData

EVENT = {"specversion": "1.0", "type": "t", "source": "/s", "id": "1"}


def scenarios(text: str) -> list[tuple[dict[str, str], bytes, dict[str, str], Any]]:
    """Each example of each outline: headers, body, expected attributes and data."""
    found = []
    for outline in text.split("Scenario Outline:")[1:]:
        _, request, _, data, _ = re.split(r'"""', outline, maxsplit=4)
        rest = re.split(r'"""', outline, maxsplit=4)
        kinds = re.findall(r"^\s+\| (application/[^|]+?)\s*\|$", outline, re.MULTILINE)
        expected = dict(re.findall(r"^\s+\|\s*(\w+) \|\s*(.+?)\s*\|$", rest[2], re.MULTILINE))
        expected.pop("key", None)
        head, _, body = request.strip().partition("\n\n")
        for kind in kinds:
            headers = dict(
                re.findall(r"^\s*([\w-]+): (.*)$", head.replace("<contentType>", kind), re.MULTILINE)
            )
            told = {name: value.replace("<contentType>", kind) for name, value in expected.items()}
            found.append((headers, body.strip().encode(), told, json.loads(data)))
    return found


def raw(headers: dict[str, str]) -> list[tuple[bytes, bytes]]:
    """Headers as the server has them."""
    return [(name.lower().encode(), value.encode()) for name, value in headers.items()]


def test_the_conformance_features_of_http(shared_data: SharedData) -> None:
    """Binary and structured mode, each content type: attributes and data are what the feature file says."""
    text = shared_data(
        "connectors", "cloudevents", "conformance", "features", "http-protocol-binding.feature"
    ).read_text("utf-8")
    cases = scenarios(text)
    assert len(cases) == 4
    for headers, body, attributes, data in cases:
        (event,) = events_in(raw(headers), body)
        assert dict(event.attributes) == attributes
        assert event.data == data


def test_a_batch_is_many_and_an_empty_one_none() -> None:
    """In order; bytes come as base64."""
    batch = [
        {**EVENT, "data": {"a": 1}},
        {**EVENT, "id": "2", "data_base64": base64.b64encode(b"x\n").decode()},
    ]
    headers = raw({"Content-Type": "application/cloudevents-batch+json; charset=UTF-8"})

    assert [event.data for event in events_in(headers, json.dumps(batch).encode())] == [{"a": 1}, b"x\n"]
    assert events_in(headers, b"[]") == []


@pytest.mark.parametrize(
    ("kind", "body", "said"),
    [
        ("application/cloudevents+json", b"{", "is not JSON"),
        ("application/cloudevents+json", b"[" * 100_000, "is not JSON"),
        ("application/cloudevents+json", b"[]", "is no JSON object"),
        ("application/cloudevents+json", json.dumps({**EVENT, "id": ""}).encode(), "has no `id`"),
        ("application/cloudevents+json", json.dumps({**EVENT, "specversion": "0.3"}).encode(), "not 1.0"),
        ("application/cloudevents+json", json.dumps({**EVENT, "Bad_Name": "x"}).encode(), "lower-case"),
        (
            "application/cloudevents+json",
            json.dumps({**EVENT, "data": 1, "data_base64": ""}).encode(),
            "`data_base64`",
        ),
        ("application/cloudevents+json", json.dumps({**EVENT, "data_base64": "%"}).encode(), "no base64"),
        ("application/cloudevents+json; charset=utf-16", json.dumps(EVENT).encode(), "not UTF-8"),
        ("application/cloudevents+avro", b"x", "is not known"),
        ("application/cloudevents-batch+json", b"{}", "a batch is a list"),
        ("application/json", b"{}", "is no CloudEvent"),
    ],
)
def test_what_is_no_event_is_refused_with_the_reason(kind: str, body: bytes, said: str) -> None:
    """The whole request, so that the sender knows that nothing of it was taken."""
    with pytest.raises(BadInput) as caught:
        events_in(raw({"Content-Type": kind}), body)
    assert said in caught.value.message


def test_otlp_logs_are_entries_of_a_journal() -> None:
    """Host and program come from the attributes of resource and record; a body that is an object is that object."""
    record = {
        "timeUnixNano": "1767225600000000000",
        "body": {"stringValue": "Accepted publickey"},
        "attributes": [{"key": "process.pid", "value": {"intValue": "7"}}],
    }
    request = {"resourceLogs": [{"resource": {"attributes": [{"key": "host.name", "value": {"stringValue": "gpu-001"}}, {"key": "service.name", "value": {"stringValue": "sshd"}}]},
        "scopeLogs": [{"logRecords": [record, {"body": {"kvlistValue": {"values": [{"key": "event", "value": {"stringValue": "session.start"}}]}}}]}]}]}  # fmt: skip

    entry, event = otlp_logs_in(json.dumps(request).encode())

    assert entry.data == {
        "__REALTIME_TIMESTAMP": "1767225600000000",
        "_HOSTNAME": "gpu-001",
        "SYSLOG_IDENTIFIER": "sshd",
        "_PID": "7",
        "MESSAGE": "Accepted publickey",
    }
    assert event.data == {"event": "session.start"}
    for body in (
        b"[]",
        b'{"resourceLogs": [1]}',
        b'{"resourceLogs": [{"scopeLogs": [{"logRecords": [{"timeUnixNano": "x"}]}]}]}',
    ):
        with pytest.raises(BadInput):
            otlp_logs_in(body)
