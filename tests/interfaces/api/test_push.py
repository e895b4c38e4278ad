"""Evidence pushed to a real `kansa serve`: taken once, from whom may send it, with what is missing said."""

import asyncio
import json
import threading
from pathlib import Path
from typing import Any

import httpx
import pytest

from interfaces.api.serving import bearer, callers, token
from interfaces.api.test_serve import kansa, serving
from kansa.application.quarantine import open_rows
from kansa.application.source_health import source_health
from kansa.errors import KansaError
from kansa.interfaces.api.authzen import Refused
from kansa.interfaces.api.intake import PushDesk
from kansa.vault.vault import Vault

SOURCES = """\
sources:
- name: teleport
  connector: teleport
  options: teleport.yaml
  push: slurm
  expected: {every: PT10M}
- {name: openssh, connector: openssh, options: openssh.yaml, push: slurm}
"""
CSV = "path,tenant,since\ngateway,kyoto,2026-01-01\n"


@pytest.fixture
def vault(tmp_path: Path) -> Path:
    """A vault that knows a path, and a file of sources beside it."""
    root = tmp_path / "vault"
    assert kansa("init", "--origin", "a.example/kansa/evidence", "--name", "A", vault=root)[0] == 0
    (tmp_path / "sources.yaml").write_text(SOURCES, "utf-8")
    (tmp_path / "teleport.yaml").write_text("paths: {path: gateway, accounts: ['sato*']}\n", "utf-8")
    (tmp_path / "openssh.yaml").write_text("paths: {path: gateway, accounts: [sato]}\n", "utf-8")
    (tmp_path / "paths.yaml").write_text(
        "source: paths\nkind: access_path.approved\nnatural_key: path\nzone: UTC\nfields:\n"
        "  path_id: {id: path, system: path, column: path}\n  tenant_id: {id: party, system: party, column: tenant}\n"
        "  method: {value: remote}\n  valid_from: {column: since, as: date}\n  known_by: {value: declared}\n",
        "utf-8",
    )
    (tmp_path / "paths.csv").write_text(CSV, "utf-8")
    assert (
        kansa(
            "ingest", "table", str(tmp_path / "paths.csv"), "--map", str(tmp_path / "paths.yaml"), vault=root
        )[0]
        == 0
    )
    callers(tmp_path)
    return root


def event(number: int, user: str = "sato", **more: Any) -> dict[str, Any]:
    """A session of the broker, as an event."""
    data = {
        "event": "session.start",
        "user": user,
        "sid": f"s{number}",
        "uid": f"u{number}",
        "time": "2026-11-30T01:00:00Z",
        "server_hostname": "gpu-001",
    }
    return {
        "specversion": "1.0",
        "type": "teleport.audit",
        "source": "/teleport",
        "id": str(number),
        "data": data,
        **more,
    }


def ended(number: int) -> dict[str, Any]:
    """The end of a session."""
    data = {
        "event": "session.end",
        "user": "sato",
        "sid": f"s{number}",
        "uid": f"e{number}",
        "time": "2026-11-30T02:00:00Z",
    }
    return {**event(number), "id": f"e{number}", "data": data}


def sent(
    client: httpx.Client,
    body: Any,
    kind: str = "application/cloudevents+json",
    source: str = "teleport",
    **headers: str,
) -> httpx.Response:
    """The answer to a request."""
    return client.post(
        f"/intake/v1/{source}/events", content=json.dumps(body), headers={"content-type": kind, **headers}
    )


def test_events_in_all_modes_are_recorded_once_with_what_is_missing(vault: Path, tmp_path: Path) -> None:
    """Structured, batch, binary, OTLP; sent again they are known; a number that is missing is a gap; the end comes later."""
    served = serving(
        vault, "--callers", str(tmp_path / "callers.yaml"), "--sources", str(tmp_path / "sources.yaml")
    )
    batch = "application/cloudevents-batch+json"
    with (
        served as (_, port),
        httpx.Client(base_url=f"http://127.0.0.1:{port}", headers=bearer(), timeout=30) as client,
    ):
        first = sent(client, event(1, sequence="1"))
        assert (first.status_code, first.json()["records"], first.json()["missing"]) == (200, 1, 0)
        many = sent(client, [event(2, sequence="2"), event(5, sequence="5"), event(3, user="eve")], batch)
        assert {name: many.json()[name] for name in ("events", "records", "quarantined", "missing")} == {
            "events": 3,
            "records": 2,
            "quarantined": 1,
            "missing": 2,
        }
        binary = client.post(
            "/intake/v1/teleport/events",
            content=json.dumps(ended(1)["data"]),
            headers={
                "content-type": "application/json",
                "ce-specversion": "1.0",
                "ce-id": "9",
                "ce-type": "t",
                "ce-source": "/teleport",
            },
        )
        assert (binary.status_code, binary.json()["records"]) == (200, 1)
        again = sent(client, [event(1), event(2)], batch)
        assert again.json()["records"] == 0
        record = {
            "timeUnixNano": "1767225600000000000",
            "body": {"stringValue": "Accepted publickey for sato from 203.0.113.9 port 1 ssh2: RSA SHA256:x"},
        }
        named = [
            {"key": "host.name", "value": {"stringValue": "gpu-001"}},
            {"key": "service.name", "value": {"stringValue": "sshd"}},
        ]
        logs = client.post(
            "/intake/v1/openssh/v1/logs",
            json={
                "resourceLogs": [{"resource": {"attributes": named}, "scopeLogs": [{"logRecords": [record]}]}]
            },
        )
        assert (logs.status_code, logs.json()) == (200, {})
    opened = Vault(vault)
    sessions = [record for _, record in opened.records() if record.type == "kansa.access_path.session.v0"]
    assert sum(record.data["valid_to"] is not None for record in sessions) == 1
    assert len(sessions) == 5
    assert [row.source.rpartition(":")[2] for row in open_rows(opened)] == ["teleport"]
    health = {each.name: each for each in source_health(opened)}
    assert (health["teleport"].gaps, health["teleport"].silent, health["openssh"].silent) == (1, False, None)


def test_who_may_send_is_asked_and_what_cannot_be_taken_is_told(vault: Path, tmp_path: Path) -> None:
    """No token, another caller, another source, too large, no event, a method that is not there."""
    served = serving(
        vault, "--callers", str(tmp_path / "callers.yaml"), "--sources", str(tmp_path / "sources.yaml")
    )
    with served as (_, port), httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=30) as client:
        assert sent(client, event(1)).status_code == 401
        other = bearer(token("idp@site.example"))
        assert sent(client, event(1), **other).status_code == 403
        assert sent(client, event(1), source="crm", **bearer()).status_code == 403
        assert sent(client, event(1), kind="application/json", **bearer()).status_code == 400
        large = client.post(
            "/intake/v1/teleport/events",
            content=b"x" * (5 << 20),
            headers={"content-type": "application/cloudevents+json", **bearer()},
        )
        assert large.status_code == 413
        assert client.get("/intake/v1/teleport/events").status_code == 405
    assert not [record for _, record in Vault(vault).records() if "session" in record.type]


class _Slow:
    """Takes events when it is let, or cannot write."""

    def __init__(self, fails: KansaError | None = None) -> None:
        self.let = threading.Event()
        self.fails = fails

    def caller_of(self, source: str) -> str:
        return source

    def take(self, source: str, events: Any) -> dict[str, Any]:
        self.let.wait(10)
        if self.fails is not None:
            raise self.fails
        return {"source": source, "events": len(events)}


def test_a_sender_is_told_to_come_again_while_too_much_waits() -> None:
    """What is waiting is bounded in bytes; once it is on the disk there is room again."""

    async def told() -> tuple[int, dict[str, Any], dict[str, Any]]:
        slow = _Slow()
        desk = PushDesk(slow, most=10)
        first = asyncio.create_task(desk.take("a", [], 8))
        await asyncio.sleep(0)
        with pytest.raises(Refused) as caught:
            await desk.take("a", [], 8)
        assert dict(caught.value.headers)[b"retry-after"] == b"2"
        slow.let.set()
        done = await first
        return caught.value.status, done, await desk.take("b", [], 8)

    assert asyncio.run(told()) == (429, {"source": "a", "events": 0}, {"source": "b", "events": 0})


def test_a_sender_keeps_what_cannot_be_recorded_now() -> None:
    """A full disk is a 503, and nothing is counted as waiting any more."""

    async def told() -> list[int]:
        slow = _Slow(KansaError("ledger.write", "the disk is full"))
        slow.let.set()
        desk, found = PushDesk(slow, most=10), []
        for _ in range(2):
            with pytest.raises(Refused) as caught:
                await desk.take("a", [], 8)
            found.append(caught.value.status)
        return found

    assert asyncio.run(told()) == [503, 503]
