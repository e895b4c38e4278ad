"""Kubernetes asks before it takes what holds a controlled item; reviews are made of what real API servers recorded."""

import json
import socket
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import uvicorn
from ruamel.yaml import YAML

from clients.python.peers import answering
from kansa.clients.kubernetes.settings import ClusterSettings, read_settings
from kansa.clients.kubernetes.webhook import webhook
from kansa.errors import BadInput
from shared_data import SharedData

INTEGRATION = Path(__file__).parents[3] / "integrations" / "kubernetes"
GPU_ITEMS = {"nvidia.com/gpu": "3A090.a"}
DEVICES = {"gpu.nvidia.com": "3A090.a", "mig.nvidia.com": "3A090.a"}


def settings_for(url: str, **more: Any) -> ClusterSettings:
    """A cluster at Ishikari."""
    return ClusterSettings(url, "tokyo-1", "石狩1", items=GPU_ITEMS, device_classes=DEVICES, **more)


class Cluster:
    """A webhook in front of a gate that gives one answer, and what the gate was asked."""

    def __init__(self, url: str, asked: list[dict[str, Any]]) -> None:
        self._url, self._asked = url, asked

    def post(self, body: bytes) -> tuple[int, bytes]:
        """What the webhook answers to a body: status and bytes."""
        connection = HTTPConnection(urlsplit(self._url).netloc, timeout=10)
        with closing(connection):
            connection.request("POST", "/validate", body)
            answer = connection.getresponse()
            return answer.status, answer.read()

    def review(self, request: dict[str, Any]) -> dict[str, Any]:
        """The response to a request of an AdmissionReview."""
        body = {"apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview", "request": request}
        status, answer = self.post(json.dumps(body).encode())
        assert status == 200, answer
        told: dict[str, Any] = json.loads(answer)["response"]
        assert told["uid"] == request["uid"]
        return told

    @property
    def questions(self) -> list[dict[str, Any]]:
        return [question for each in self._asked for question in each["body"]["evaluations"]]


def answer(state: str) -> dict[str, Any]:
    """What a gate answers."""
    return {
        "decision": state == "permit",
        "context": {"state": state, "id": f"dec_{state}", "reason": "許可の期限切れ"},
    }


@pytest.fixture
def cluster(request: pytest.FixtureRequest) -> Iterator[Cluster]:
    """A cluster whose gate answers with the state that the test names, else permits."""
    state = getattr(request, "param", "permit")

    def reply(_path: str, body: dict[str, Any]) -> tuple[int, object]:
        return 200, {"evaluations": [answer(state) for _ in body["evaluations"]]}

    with answering(reply) as (gate, asked), serving(settings_for(gate)) as url:
        yield Cluster(url, asked)


@contextmanager
def serving(settings: ClusterSettings) -> Iterator[str]:
    """The webhook on a real port, without TLS."""
    listener = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(webhook(settings), log_level="error"))
    thread = threading.Thread(target=server.run, args=([listener],))
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(20)
        listener.close()


def recorded(shared_data: SharedData, name: str) -> dict[str, Any]:
    """What the API server sends for a request that one recorded in its audit log (level RequestResponse)."""
    event = json.loads(shared_data("connectors", "kubernetes", "audit-falco", name).read_text())
    reference = event["objectRef"]
    return {
        "uid": event["auditID"],
        "resource": {
            "group": reference.get("apiGroup", ""),
            "version": "v1",
            "resource": reference["resource"],
        },
        "subResource": reference.get("subresource", ""),
        "operation": {"create": "CREATE"}.get(event["verb"], "CONNECT"),
        "namespace": reference.get("namespace", ""),
        "userInfo": event["user"],
        "object": event.get("requestObject"),
    }


def creating(object_: dict[str, Any], resource: str = "pods") -> dict[str, Any]:
    """A review of an object that is about to be created."""
    namespace = object_["metadata"].get("namespace", "research")
    return {
        "uid": "705ab4f5-6393-11e8-b7cc-42010a800002",
        "resource": {"group": "", "version": "v1", "resource": resource},
        "operation": "CREATE",
        "namespace": namespace,
        "userInfo": {"username": "alice@example.com"},
        "object": object_,
    }


def gpu_pod(shared_data: SharedData) -> dict[str, Any]:
    """A real pod that asks for one GPU."""
    pod: dict[str, Any] = YAML(typ="safe").load(shared_data("connectors", "kubernetes", "dcgm-gpu-pod.yaml"))
    return pod


def test_a_recorded_pod_without_controlled_items_is_not_asked_for(
    cluster: Cluster, shared_data: SharedData
) -> None:
    """Most of what a cluster runs holds no controlled item; the gate is not in its way."""
    names = [
        "create_nginx_pod_unprivileged.json",
        "create_nginx_pod_hostnetwork.json",
        "create_deployment.json",
    ]
    assert [cluster.review(recorded(shared_data, name))["allowed"] for name in names] == [True] * 3
    assert cluster.questions == []


def test_a_gpu_pod_is_asked_for_as_the_work_of_its_namespace(
    cluster: Cluster, shared_data: SharedData
) -> None:
    """The namespace is the account in the cluster's books; the resource's name gives the item class."""
    pod = gpu_pod(shared_data)
    pod["metadata"]["labels"] = {"kansa/purpose": "train"}
    told = cluster.review(creating(pod))
    assert told["allowed"]
    assert told["auditAnnotations"] == {"state": "permit", "decision": "dec_permit"}
    (question,) = cluster.questions
    assert question["action"] == {"name": "schedule"}
    assert question["subject"] == {
        "type": "account",
        "id": "research",
        "properties": {"system": "kubernetes:tokyo-1"},
    }
    assert question["resource"]["id"] == "石狩1"
    assert question["resource"]["properties"]["item_class"] == "3A090.a"
    assert question["context"]["purpose"] == "train"


@pytest.mark.parametrize("cluster", ["hold", "deny"], indirect=True)
def test_what_is_not_permitted_is_refused_with_the_reason(cluster: Cluster, shared_data: SharedData) -> None:
    """Whoever submits reads why, and a hold is told from a deny."""
    told = cluster.review(creating(gpu_pod(shared_data)))
    state = told["auditAnnotations"]["state"]
    assert not told["allowed"]
    assert told["status"]["code"] == 403
    assert told["status"]["message"] == f"kansa: {state}: 許可の期限切れ"


def test_a_recorded_login_into_a_pod_is_asked_for_the_person(
    cluster: Cluster, shared_data: SharedData
) -> None:
    """Attach, exec and port-forward are access to what the pod holds."""
    event = recorded(shared_data, "attach_pod.json")
    assert cluster.review(event)["allowed"]
    (question,) = cluster.questions
    assert question["action"] == {"name": "login"}
    assert question["subject"]["properties"]["user"] == event["userInfo"]["username"]


@pytest.mark.parametrize("number", range(1, 7))
def test_device_claims_are_asked_for_by_their_device_class(
    cluster: Cluster, shared_data: SharedData, number: int
) -> None:
    """Dynamic resource allocation names a class, not a resource; a pod that only points to a claim is asked for too."""
    path = shared_data("connectors", "kubernetes", "dra", f"gpu-test{number}.yaml")
    documents = list(YAML(typ="safe").load_all(path))
    claims = [each for each in documents if each["kind"].startswith("ResourceClaim")]
    templates = [each["spec"].get("template") for each in documents if each["kind"] == "Deployment"]
    pods = [each for each in documents if each["kind"] == "Pod"] + [each for each in templates if each]
    assert claims
    assert pods
    for claim in claims:
        cluster.review(creating(claim, claim["kind"].lower() + "s"))
    assert {q["resource"]["properties"]["item_class"] for q in cluster.questions} == {"3A090.a"}
    before = len(cluster.questions)
    for pod in pods:
        cluster.review(creating({"metadata": {}, **pod}))
    pointing = cluster.questions[before:]
    assert len(pointing) == len(pods)
    assert not any("item_class" in question["resource"]["properties"] for question in pointing)


def test_a_gate_that_is_silent_holds_the_pod(shared_data: SharedData) -> None:
    """Fails closed, and says that it was silence."""
    settings = settings_for("http://127.0.0.1:9", timeout_s=0.2)
    with serving(settings) as url:
        told = Cluster(url, []).review(creating(gpu_pod(shared_data)))
    assert not told["allowed"]
    assert "the gate did not answer" in told["status"]["message"]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"{}",
        b'{"apiVersion":"admission.k8s.io/v1beta1","request":{"uid":"1"}}',
        b'{"apiVersion":"admission.k8s.io/v1","request":{}}',
        b'{"apiVersion":"admission.k8s.io/v1","request":{"uid":"1","resource":"pods"}}',
        b'{"apiVersion":"admission.k8s.io/v1","request":{"uid":"1","resource":{"resource":"pods"},"object":{"spec":{"containers":[1]}}}}',
    ],
)
def test_what_is_no_review_is_refused_as_one(cluster: Cluster, body: bytes) -> None:
    """An error makes Kubernetes follow its failure policy, which is `Fail` in what we ship."""
    assert cluster.post(body)[0] == 400
    assert cluster.questions == []


def test_a_huge_body_is_cut_off(cluster: Cluster) -> None:
    """Nobody fills the caller's memory."""
    assert cluster.post(b" " * 5_000_000)[0] == 413


def test_the_settings_that_we_ship_are_read() -> None:
    """The example is an example that works; the webhook that we ship fails closed and covers what the code asks for."""
    settings = read_settings(INTEGRATION / "enforcement-point.yaml")
    assert settings.account_system == "kubernetes:tokyo-1"
    assert settings.items["nvidia.com/gpu"] == "3A090.a"
    configuration = YAML(typ="safe").load(INTEGRATION / "webhook.yaml")
    (hook,) = configuration["webhooks"]
    assert hook["failurePolicy"] == "Fail"
    covered = {resource for rule in hook["rules"] for resource in rule["resources"]}
    assert covered >= {"pods", "pods/exec", "pods/attach", "pods/portforward", "resourceclaims"}


def test_broken_settings_say_everything_at_once(tmp_path: Path) -> None:
    """Every line that is wrong is named."""
    path = tmp_path / "enforcement-point.yaml"
    path.write_text("gate: http://g\nfail: open\nlanguage: fr\nwhat: 1\n")
    with pytest.raises(BadInput) as raised:
        read_settings(path)
    fields = {problem.field for problem in raised.value.problems}
    assert fields >= {"fail", "language", "what"}
    said = {problem.message for problem in raised.value.problems}
    assert said >= {"`cluster` is missing", "`site` is missing", "names nothing that is controlled"}
