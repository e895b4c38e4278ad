"""Whoever sends whatever: malformed, too large, too slow, not allowed; the server answers or cuts off, and serves on."""

import json
import re
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from joserfc import jwt
from joserfc.jwk import OctKey, OKPKey
from schemathesis.specs.openapi import checks as openapi_checks

from gate.houses import CLEAR, Standing, basis
from interfaces.api.serving import Served, bearer, served, token
from kansa.clock import SystemClock
from kansa.errors import BadInput
from kansa.interfaces.api import protocol
from kansa.interfaces.api.authzen import MOST_BODY_BYTES
from kansa.interfaces.api.callers_file import read_callers
from kansa.interfaces.api.openapi import document

EVALUATION = "/access/v1/evaluation"
ASKED: dict[str, Any] = {
    "subject": {"type": "end_user", "id": "pty_" + "b" * 26, "properties": {"tenant": "pty_" + "a" * 26}},
    "action": {"name": "schedule"},
    "resource": {"type": "site", "id": "sit_" + "a" * 26},
}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A gate that permits what is in order."""
    standing = Standing(CLEAR, {"tenant.screening_age_s": SystemClock().now()})
    with served(tmp_path_factory.mktemp("hostile"), basis(standing)) as running:
        yield running


def ask(server: Served, headers: dict[str, str], **changes: Any) -> httpx.Response:
    """One question with these headers."""
    with httpx.Client(base_url=server.base, verify=server.tls, timeout=20) as client:
        return client.post(EVALUATION, json=ASKED | changes, headers=headers)


SCHEMA = schemathesis.openapi.from_dict(document())


@SCHEMA.include(path_regex="^/access").parametrize()
@settings(max_examples=25, suppress_health_check=list(HealthCheck), deadline=None)
def test_whatever_the_openapi_document_allows_or_not_is_answered_as_it_says(
    case: Any, server: Served
) -> None:
    """Law: no request makes a server error, and every answer has a status, type and body that the document names."""
    checks = (
        schemathesis.checks.not_a_server_error,
        openapi_checks.status_code_conformance,
        openapi_checks.content_type_conformance,
        openapi_checks.response_schema_conformance,
    )
    case.call_and_validate(
        base_url=server.base,
        headers=bearer(),
        verify=str(server.unix.parent / "tls" / "ca.pem"),
        checks=checks,
    )


@pytest.mark.parametrize(
    "body",
    [
        b'{"subject":{"type":"end_user","id":"\\ud800"},"action":{"name":"login"},"resource":{"type":"site","id":"x"}}',
        b'{"subject":{"type":"end_user","id":"x"},"action":{"name":"login"},"resource":{"type":"site","id":"\\u0000"},"context":{"purpose":"'
        + b"x" * 5_000
        + b'"}}',
        b'{"subject":{"type":"end_user","id":"x","properties":{"tenant":1e400}},"action":{"name":"login"},"resource":{"type":"site","id":"x"}}',
        b'{"subject":{"type":"end_user","id":"x","properties":'
        + b'{"a":' * 2_000
        + b"1"
        + b"}" * 2_000
        + b'},"action":{"name":"login"},"resource":{"type":"site","id":"x"}}',
        json.dumps(
            ASKED
            | {"context": {"purpose": 2**70, "session_country": "Japan, somewhere", "work": "w" * 10_000}}
        ).encode(),
    ],
    ids=["surrogate", "nul", "infinity", "deep", "wrong facts"],
)
def test_strange_values_are_refused_or_not_known_and_never_a_server_error(
    server: Served, body: bytes
) -> None:
    """Law: 200 without a permit, or 400; the next question is answered as before."""
    with server.client() as client:
        response = client.post(EVALUATION, content=body, headers={"content-type": "application/json"})
        assert response.status_code in {200, 400}
        if response.status_code == 200 and b"sit_" not in body:
            assert response.json()["decision"] in {True, False}
        assert client.post(EVALUATION, json=ASKED).json()["decision"] is True


def test_a_request_that_is_too_large_is_refused_before_it_is_read(server: Served) -> None:
    """Law: 413 by its length, and by what really comes where no length is said."""
    large = b"x" * (MOST_BODY_BYTES + 1)
    with server.client() as client:
        said = client.post(EVALUATION, content=large, headers={"content-type": "application/json"})
        parts = (large[at : at + 65_536] for at in range(0, len(large), 65_536))
        unsaid = client.post(EVALUATION, content=parts, headers={"content-type": "application/json"})
    assert (said.status_code, unsaid.status_code) == (413, 413)


def raw(server: Served, sent: bytes) -> bytes:
    """What the server answers to bytes."""
    port = int(server.base.rpartition(":")[2])
    with (
        socket.create_connection(("127.0.0.1", port), 10) as plain,
        server.tls.wrap_socket(plain, server_hostname="127.0.0.1") as secure,
    ):
        secure.sendall(sent)
        return secure.recv(65_536)


def test_what_is_no_http_and_what_has_too_much_head_is_cut_off(server: Served) -> None:
    """Law: 400 or nothing, and the connection ends."""
    assert raw(server, b"\x16\x03\x01 nonsense\r\n\r\n").startswith((b"HTTP/1.1 400", b""))
    answer = raw(server, b"POST / HTTP/1.1\r\nhost: x\r\n" + b"x-padding: " + b"y" * 20_000)
    assert answer.startswith(b"HTTP/1.1 400")


def test_sixty_four_slow_clients_hold_up_nobody_and_are_cut_off(
    server: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Law: while they drip, others are answered at once; a request that does not arrive in time is ended."""
    monkeypatch.setattr(protocol, "ARRIVAL_SECONDS", 1.5)
    port = int(server.base.rpartition(":")[2])
    slow = [
        server.tls.wrap_socket(socket.create_connection(("127.0.0.1", port), 10), server_hostname="127.0.0.1")
        for _ in range(64)
    ]
    for number, each in enumerate(slow):
        head = b"POST /access/v1/evaluation HTTP/1.1\r\nhost: x\r\n"
        each.sendall(
            head if number % 2 else head + b"content-type: application/json\r\ncontent-length: 500\r\n\r\n{"
        )
    with server.client() as client:
        began = time.monotonic()
        states = [client.post(EVALUATION, json=ASKED).json()["decision"] for _ in range(20)]
        spent = time.monotonic() - began
    assert states == [True] * 20
    assert spent < 10
    for each in slow:
        each.settimeout(15)
        with each:
            assert _ended(each)


def _ended(connection: ssl.SSLSocket) -> bool:
    """Whether the other side ends the connection, whatever it answered before."""
    try:
        while connection.recv(4_096):
            pass
    except TimeoutError:
        return False
    except (ConnectionError, ssl.SSLError):
        return True
    return True


def test_a_token_counts_only_if_everything_about_it_is_right(server: Served) -> None:
    """Law: issuer, audience, subject, expiry, algorithm and key are all pinned; the refusal says how to be known."""
    other = OKPKey.generate_key("Ed25519", {"kid": "k1", "alg": "Ed25519"})
    claims = {
        "iss": "https://idp.example",
        "aud": "kansa-gate",
        "sub": "slurm@site.example",
        "exp": 9_999_999_999,
    }
    forged = jwt.encode({"alg": "Ed25519", "kid": "k1"}, claims, other, algorithms=["Ed25519"])
    symmetric = jwt.encode(
        {"alg": "HS256", "kid": "k1"}, claims, OctKey.import_key("x" * 64), algorithms=["HS256"]
    )
    unsigned = "eyJhbGciOiJub25lIn0." + token().split(".")[1] + "."
    wrong = [
        token(iss="https://other.example"),
        token(aud="another"),
        token("nobody@site.example"),
        token(lasts=-60),
        token(exp=None),
        token(sub=None),
        token(nbf=9_999_999_999),
        token()[:-6] + "AAAAAA",
        forged,
        symmetric,
        unsigned,
        "x.y.z",
    ]
    for text in wrong:
        response = ask(server, {"authorization": f"Bearer {text}"})
        assert (response.status_code, "WWW-Authenticate" in response.headers) == (401, True), text
    assert ask(server, {}).status_code == 401
    assert ask(server, bearer()).status_code == 200
    assert ask(server, bearer()).status_code == 200


def test_a_caller_asks_only_what_it_may_and_as_often_as_it_may(server: Served) -> None:
    """Law: another action is refused in its answer; beyond the burst it is 429, for nobody else."""
    answer = ask(server, bearer(token("idp@site.example"))).json()
    assert (answer["decision"], answer["context"]["error"]["status"]) == (False, 403)
    slow = bearer(token("slow@site.example"))
    assert [ask(server, slow).status_code for _ in range(5)].count(429) >= 1
    assert ask(server, bearer()).status_code == 200


def test_a_client_certificate_is_a_caller_if_its_name_is_one(server: Served) -> None:
    """Law: vouched for and named, it may ask; vouched for and not named, it is nobody."""
    made = server.unix.parent / "tls"
    for name, status in (("client", 200), ("stranger", 401)):
        context = ssl.create_default_context(cafile=made / "ca.pem")
        context.load_cert_chain(made / f"{name}.pem", made / f"{name}.key")
        with httpx.Client(base_url=server.base, verify=context, timeout=20) as client:
            assert client.post(EVALUATION, json=ASKED).status_code == status


def test_the_vaults_owner_asks_through_the_socket_and_only_the_owner_reaches_it(server: Served) -> None:
    """Law: the socket needs no token, and nobody else may open it."""
    with httpx.Client(
        transport=httpx.HTTPTransport(uds=str(server.unix)), base_url="http://local", timeout=20
    ) as client:
        assert client.post(EVALUATION, json=ASKED).json()["decision"] is True
    assert server.unix.stat().st_mode & 0o777 == 0o600


def test_reasons_come_in_the_language_that_is_asked_for(server: Served) -> None:
    """Law: `reason` follows Accept-Language; `words` holds both."""
    contexts = [
        ask(server, bearer() | {"accept-language": each}).json()["context"]
        for each in ("ja-JP,ja;q=0.9", "en", "fr")
    ]
    assert [context["reason"] for context in contexts] == [
        contexts[0]["words"]["ja"],
        contexts[0]["words"]["en"],
        contexts[0]["words"]["en"],
    ]
    assert re.search(r"[぀-ヿ一-鿿]", contexts[0]["reason"])


def test_many_callers_at_once_are_answered_each_with_its_own(server: Served) -> None:
    """Law: an answer is to the question that was asked with it, also where many share one commit."""
    found: list[tuple[str, str]] = []

    def go(number: int) -> None:
        with server.client() as client:
            for turn in range(10):
                name = f"{number}-{turn}"
                response = client.post(
                    EVALUATION, json=ASKED | {"context": {"work": name}}, headers={"x-request-id": name}
                )
                found.append((name, response.headers["x-request-id"]))

    threads = [threading.Thread(target=go, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 80
    assert all(sent == got for sent, got in found)


def test_a_file_of_callers_says_everything_that_is_wrong_with_it(tmp_path: Path) -> None:
    """Law: file, line and field of each fault, at once."""
    (tmp_path / "callers.yaml").write_text(
        "tokens: {issuer: x, audience: y, algorithms: [HS256, none], keys: missing.json}\n"
        "callers:\n"
        "- {name: a, token: t, actions: [fly]}\n"
        "- {name: b, token: t, per_second: 0}\n"
        "- {name: c}\n"
        "- {token: d, colour: red}\n"
    )
    with pytest.raises(BadInput) as wrong:
        read_callers(tmp_path / "callers.yaml")
    said = [(problem.line, problem.field) for problem in wrong.value.problems]
    assert {
        (1, "tokens.algorithms[0]"),
        (1, "tokens.algorithms[1]"),
        (1, "tokens.keys"),
        (3, "callers[0].actions[0]"),
        (4, "callers[1].per_second"),
    } <= set(said)
    assert {(4, "callers[1].token"), (5, "callers[2]"), (6, "callers[3]"), (6, "callers[3].colour")} <= set(
        said
    )
