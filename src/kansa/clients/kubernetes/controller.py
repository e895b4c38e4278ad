"""The process beside Kueue: follows workloads and admission checks through the Kubernetes API and answers ours.

Changes come from watches; every so often everything is listed again, so that a lost event costs seconds, not a job.
"""

import json
import ssl
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

from kansa.clients.kubernetes import kueue
from kansa.clients.kubernetes.asking import gate_of, strictest
from kansa.clients.kubernetes.settings import ClusterSettings
from kansa.clock import Clock, format_instant

ACCOUNT = Path("/var/run/secrets/kubernetes.io/serviceaccount")
BASE = f"/apis/{kueue.API}"
LIST_AGAIN_S = 30
CONFLICTS = frozenset({404, 409, 422})
"""The object is gone or has changed since: its next event brings it again."""


class ApiRefused(Exception):
    """The Kubernetes API did not do what was asked."""


@dataclass(frozen=True, slots=True)
class Api:
    """A Kubernetes API server; inside a cluster the pod's own service account opens it."""

    url: str = "https://kubernetes.default.svc"
    token_file: Path = ACCOUNT / "token"
    ca_file: Path = ACCOUNT / "ca.crt"

    def call(self, method: str, path: str, body: Mapping[str, Any] | None = None, **query: str) -> Any:
        """Make one call and return the decoded answer.

        Raises:
            ApiRefused: it was refused, or the server cannot be reached.
        """
        with self._answer(method, path, body, query, timeout=10) as response:
            return json.loads(response.read())

    def watch(self, path: str, version: str, seconds: int) -> Iterator[tuple[str, Mapping[str, Any]]]:
        """Yield changes after a version, for so long: (type, object).

        Raises:
            ApiRefused: the watch cannot go on; list again.
        """
        query = {"watch": "true", "resourceVersion": version, "timeoutSeconds": str(seconds)}
        with self._answer("GET", path, None, query, timeout=seconds + 10) as response:
            for line in response:
                event = json.loads(line)
                if event["type"] == "ERROR":
                    raise ApiRefused(str(event["object"]))
                yield event["type"], event["object"]

    def _answer(
        self, method: str, path: str, body: Mapping[str, Any] | None, query: Mapping[str, str], timeout: float
    ) -> "_Answer":
        parts = urlsplit(self.url)
        connection = (
            HTTPSConnection(
                parts.netloc, timeout=timeout, context=ssl.create_default_context(cafile=self.ca_file)
            )
            if parts.scheme == "https"
            else HTTPConnection(parts.netloc, timeout=timeout)
        )
        headers = {"accept": "application/json"}
        if self.token_file.exists():
            headers["authorization"] = f"Bearer {self.token_file.read_text().strip()}"
        if body is not None:
            headers["content-type"] = "application/apply-patch+yaml"
        return _Answer(connection, method, path + ("?" + urlencode(query) if query else ""), body, headers)


class _Answer:
    """An answer that is being read; closes its connection."""

    def __init__(
        self,
        connection: HTTPConnection,
        method: str,
        target: str,
        body: Mapping[str, Any] | None,
        headers: Mapping[str, str],
    ) -> None:
        self._connection = connection
        self._request = (method, target, None if body is None else json.dumps(body), dict(headers))

    def __enter__(self) -> Any:
        try:
            self._connection.request(*self._request)
            response = self._connection.getresponse()
        except (OSError, HTTPException) as error:
            self._connection.close()
            raise ApiRefused(f"the Kubernetes API cannot be reached: {error}") from error
        if response.status >= 300:
            self._connection.close()
            raise ApiRefused(
                f"{self._request[0]} {self._request[1]} answered {response.status}", response.status
            )
        return response

    def __exit__(self, *_: object) -> None:
        self._connection.close()


class Controller:
    """Answers our admission checks until it is stopped."""

    def __init__(
        self, settings: ClusterSettings, api: Api, clock: Clock, say: Callable[[str], None] = print
    ) -> None:
        self._settings, self._api, self._clock, self._say = settings, api, clock, say
        self._gate = gate_of(settings)
        self._stopped = threading.Event()

    def stop(self) -> None:
        """Let `run` return after the present list or watch."""
        self._stopped.set()

    def run(self) -> None:
        """List, then watch until the next list is due; a server that is away is tried again."""
        while not self._stopped.is_set():
            try:
                self._round()
            except (ApiRefused, OSError, HTTPException, ValueError) as error:
                self._say(f"kansa: {error}; trying again")
                self._stopped.wait(2)
        self._gate.close()

    def _round(self) -> None:
        ours = self._our_checks()
        workloads = self._api.call("GET", f"{BASE}/workloads")
        for workload in workloads["items"]:
            self._answer(workload, ours)
        for kind, workload in self._api.watch(
            f"{BASE}/workloads", workloads["metadata"]["resourceVersion"], LIST_AGAIN_S
        ):
            if kind in {"ADDED", "MODIFIED"}:
                self._answer(workload, ours)
            if self._stopped.is_set():
                return

    def _our_checks(self) -> frozenset[str]:
        checks = self._api.call("GET", f"{BASE}/admissionchecks")["items"]
        ours = [check for check in checks if check["spec"].get("controllerName") == kueue.CONTROLLER]
        for check in ours:
            path = f"{BASE}/admissionchecks/{check['metadata']['name']}/status"
            self._api.call("PATCH", path, kueue.active(check, self._now()), **_MINE)
        return frozenset(check["metadata"]["name"] for check in ours)

    def _answer(self, workload: Mapping[str, Any], ours: frozenset[str]) -> None:
        waiting = list(kueue.waiting_checks(workload, ours))
        if not waiting:
            return
        asked = kueue.questions_for(workload, self._settings)
        answer = strictest(self._gate.ask_each(asked)) if asked else None
        name, namespace = workload["metadata"]["name"], workload["metadata"]["namespace"]
        for check in waiting:
            change = kueue.answered(workload, check, answer, self._now())
            path = f"{BASE}/namespaces/{namespace}/workloads/{name}/status"
            try:
                self._api.call("PATCH", path, change, **_MINE)
            except ApiRefused as refused:
                if refused.args[-1] not in CONFLICTS:
                    raise
        self._say(f"{namespace}/{name}: {'not controlled' if answer is None else answer.state}")

    def _now(self) -> str:
        return format_instant(self._clock.now())[:19] + "Z"


_MINE = {"fieldManager": "kansa", "force": "true"}
