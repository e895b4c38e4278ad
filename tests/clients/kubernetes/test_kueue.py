"""Kueue waits for the gate: ready, retried later, or rejected; and only when Kueue may be answered."""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from clients.python.peers import answering
from kansa.clients.kubernetes import kueue
from kansa.clients.kubernetes.controller import Api, Controller
from kansa.clients.kubernetes.settings import ClusterSettings
from kansa.clock import SystemClock

CHECKS = frozenset({"kansa"})


def workload(**status: Any) -> dict[str, Any]:
    """A workload of two pod sets, one of which asks for GPUs, that has quota and waits for our check."""
    gpu = {"containers": [{"resources": {"limits": {"nvidia.com/gpu": 8}}}]}
    labelled = {"metadata": {"labels": {"kansa/purpose": "train"}}, "spec": gpu}
    launcher = {"spec": {"containers": [{"resources": {"limits": {"cpu": 1}}}]}}
    return {
        "metadata": {"name": "job-1", "namespace": "research", "uid": "u1", "resourceVersion": "7"},
        "spec": {
            "podSets": [{"name": "launcher", "template": launcher}, {"name": "worker", "template": labelled}]
        },
        "status": {
            "conditions": [{"type": "QuotaReserved", "status": "True"}],
            "admissionChecks": [{"name": "kansa", "state": "Pending"}, {"name": "other", "state": "Pending"}],
            **status,
        },
    }


EVICTED = [{"type": "QuotaReserved", "status": "True"}, {"type": "Evicted", "status": "True"}]


@pytest.mark.parametrize(
    ("status", "waiting"),
    [
        ({}, ["kansa"]),
        ({"conditions": []}, []),
        ({"conditions": EVICTED}, []),
        ({"admissionChecks": [{"name": "kansa", "state": "Retry"}]}, []),
        ({"admissionChecks": [{"name": "kansa", "state": "Ready"}]}, []),
        ({"admissionChecks": []}, []),
    ],
)
def test_a_check_is_answered_only_while_it_waits(status: dict[str, Any], waiting: list[str]) -> None:
    """Kueue's KEP 3258: an answer between eviction and requeueing leaves a workload that is never taken up again."""
    assert list(kueue.waiting_checks(workload(**status), CHECKS)) == waiting


class ApiServer:
    """The two lists, the watch and the status patches of a Kubernetes API server, over real sockets."""

    def __init__(self, workloads: list[dict[str, Any]]) -> None:
        self.workloads = {each["metadata"]["name"]: each for each in workloads}
        self.patched: list[tuple[str, dict[str, Any]]] = []
        self.events: list[dict[str, Any]] = []
        self.conflicts = 0

    def get(self, path: str) -> dict[str, Any]:
        check = {"metadata": {"name": "kansa", "generation": 1}, "spec": {"controllerName": "kansa/gate"}}
        foreign = {"metadata": {"name": "other"}, "spec": {"controllerName": "else"}}
        items = [check, foreign] if path.endswith("admissionchecks") else list(self.workloads.values())
        return {"metadata": {"resourceVersion": "7"}, "items": items}

    def patch(self, path: str, body: dict[str, Any]) -> int:
        self.patched.append((path, body))
        if "/workloads/" not in path:
            return 200
        if self.conflicts:
            self.conflicts -= 1
            return 409
        known = self.workloads[body["metadata"]["name"]]
        for told in body["status"]["admissionChecks"]:
            for check in known["status"]["admissionChecks"]:
                check.update(told if check["name"] == told["name"] else {})
        return 200

    @contextmanager
    def serving(self) -> Iterator[str]:
        api = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                parts = urlsplit(self.path)
                self.send_response(200)
                self.end_headers()
                if "watch" not in parse_qs(parts.query):
                    self.wfile.write(json.dumps(api.get(parts.path)).encode())
                    return
                until = time.monotonic() + 0.5
                while time.monotonic() < until:
                    while api.events:
                        self.wfile.write(json.dumps(api.events.pop(0)).encode() + b"\n")
                    time.sleep(0.01)

            def do_PATCH(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["content-length"])))
                self.send_response(api.patch(self.path, body))
                self.end_headers()
                self.wfile.write(b"{}")

            def log_message(self, *_: object) -> None:
                """Tests are quiet."""

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            server.server_close()


@contextmanager
def controlling(api: ApiServer, state: str = "permit") -> Iterator[list[dict[str, Any]]]:
    """Our controller between an API server and a gate that gives one answer; gives what the gate was asked."""

    def reply(_path: str, body: dict[str, Any]) -> tuple[int, object]:
        context = {"state": state, "id": "dec_1", "reason": "確認待ち"}
        return 200, {
            "evaluations": [{"decision": state == "permit", "context": context} for _ in body["evaluations"]]
        }

    with answering(reply) as (gate, asked), api.serving() as url:
        settings = ClusterSettings(gate, "tokyo-1", "石狩1", items={"nvidia.com/gpu": "3A090.a"})
        controller = Controller(settings, Api(url), SystemClock(), say=lambda _: None)
        thread = threading.Thread(target=controller.run)
        thread.start()
        try:
            yield asked
        finally:
            controller.stop()
            thread.join(20)
            assert not thread.is_alive()


def states(api: ApiServer, name: str = "job-1", seconds: float = 10) -> dict[str, Any]:
    """Our check of a workload, once it was answered."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        check: dict[str, Any] = api.workloads[name]["status"]["admissionChecks"][0]
        if check["state"] != "Pending":
            return check
        time.sleep(0.02)
    raise AssertionError(api.patched)


@pytest.mark.parametrize(
    ("state", "expected"), [("permit", "Ready"), ("hold", "Retry"), ("deny", "Rejected")]
)
def test_a_workload_has_the_gates_answer(state: str, expected: str) -> None:
    """A hold gives quota back and is asked for again; other controllers' checks are left alone."""
    api = ApiServer([workload()])
    with controlling(api, state) as asked:
        check = states(api)
    assert check["state"] == expected
    assert ("requeueAfterSeconds" in check) == (expected == "Retry")
    assert check["message"] == f"kansa: {state} (dec_1): 確認待ち"
    assert api.workloads["job-1"]["status"]["admissionChecks"][1]["state"] == "Pending"
    (question,) = asked[0]["body"]["evaluations"]
    assert question["subject"]["id"] == "research"
    assert question["resource"]["properties"]["item_class"] == "3A090.a"
    assert question["context"]["purpose"] == "train"


def test_our_check_is_made_active_and_others_are_not() -> None:
    """A queue uses a check only once its controller says that it is there."""
    api = ApiServer([workload()])
    with controlling(api):
        states(api)
    touched = [path for path, _ in api.patched if "/admissionchecks/" in path]
    assert touched
    assert all("/admissionchecks/kansa/status?" in path for path in touched)


def test_a_workload_that_comes_later_is_answered_too() -> None:
    """The watch brings what the list had not."""
    api = ApiServer([])
    with controlling(api):
        later = workload()
        api.workloads["job-1"] = later
        api.events.append({"type": "ADDED", "object": later})
        assert states(api)["state"] == "Ready"


def test_a_workload_that_changed_meanwhile_is_asked_for_anew() -> None:
    """A conflict is no error: the change brings the workload again."""
    api = ApiServer([workload()])
    api.conflicts = 1
    with controlling(api):
        assert states(api)["state"] == "Ready"


def test_a_workload_without_controlled_items_is_ready_without_a_question() -> None:
    """The gate is not in the way of what holds none."""
    plain = workload()
    plain["spec"]["podSets"] = plain["spec"]["podSets"][:1]
    api = ApiServer([plain])
    with controlling(api) as asked:
        assert states(api)["message"] == "no controlled item"
    assert asked == []
