"""A Redfish service asked over HTTPS: what is walked, what is left alone, the same records as from its saved tree."""

import datetime as dt
import http.server
import ipaddress
import ssl
import threading
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from connectors.devices_vault import Fleet
from connectors.test_devices import TOKYO
from kansa.clock import SystemClock, to_datetime
from kansa.connectors.redfish.fetch import fetch
from kansa.connectors.redfish.source import RedfishSource
from kansa.errors import BadInput
from shared_data import SharedData

USER, SECRET = "auditor", "look-only"


class Service:
    """A server of a saved tree, with its certificate and what was asked of it."""

    def __init__(self, address: str, certificate: Path, asked: list[str]) -> None:
        self.address = address
        self.certificate = certificate
        self.asked = asked

    def get(self, address: str) -> bytes:
        """Ask as whoever collects would: with credentials, trusting this certificate alone."""
        context = ssl.create_default_context(cafile=str(self.certificate))
        answer = httpx.get(address, auth=(USER, SECRET), verify=context)
        if answer.status_code != 200:
            raise BadInput("http.status", f"`{address}` answers {answer.status_code}")
        return answer.content


def certificate(folder: Path) -> tuple[Path, Path]:
    """A certificate of this host for an hour, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "bmc")])
    now = to_datetime(SystemClock().now())
    made = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(1).not_valid_before(now - dt.timedelta(hours=1)).not_valid_after(now + dt.timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    public, private = folder / "bmc.pem", folder / "bmc.key"
    public.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    private.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    return public, private


@pytest.fixture(params=["nvidia_viking", "lenovo", "dell"])
def vendor(request: pytest.FixtureRequest) -> str:
    """Whose service it is."""
    return str(request.param)


@pytest.fixture
def service(vendor: str, shared_data: SharedData, tmp_path: Path) -> Iterator[Service]:
    """A vendor's tree behind HTTPS and a password."""
    tree = shared_data("connectors", "redfish", vendor)
    asked: list[str] = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            found = tree / self.path.strip("/") / "index.json"
            allowed = self.headers.get("Authorization", "").startswith("Basic ")
            content = found.read_bytes() if allowed and found.is_file() else b"{}"
            self.send_response(200 if allowed and found.is_file() else 404 if allowed else 401)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            """Keep the test's output clean."""

    public, private = certificate(tmp_path)
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(public, private)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield Service(f"https://127.0.0.1:{server.server_port}", public, asked)
    server.shutdown()
    server.server_close()


def test_a_service_gives_what_its_saved_tree_gives(service: Service, vendor: str, shared_data: SharedData, tmp_path: Path) -> None:  # fmt: skip
    """The walk finds every accelerator with its names, in files that are read like any saved tree."""
    pulled = tmp_path / "pulled"
    for each in fetch(service.get, service.address):
        path = pulled / each.name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(each.content)
    live, saved = Fleet(tmp_path / "a"), Fleet(tmp_path / "b")
    live.ingest(RedfishSource(TOKYO, live.urn), pulled)
    saved.ingest(RedfishSource(TOKYO, saved.urn), shared_data("connectors", "redfish", vendor))
    names = [
        [{n: e.get(n) for n in ("board_serial", "gpu_uuid", "part_number")} for e in f.said("device.named")]
        for f in (live, saved)
    ]
    assert names[0] == names[1] != []
    assert not [
        each for each in service.asked if "LogServices" in each or "Session" in each or "Account" in each
    ]


def test_a_service_that_does_not_answer_is_bad_input(service: Service) -> None:
    """A wrong password ends the walk at the root, with the address."""

    def stranger(address: str) -> bytes:
        answer = httpx.get(address, verify=ssl.create_default_context(cafile=str(service.certificate)))
        if answer.status_code != 200:
            raise BadInput("http.status", f"`{address}` answers {answer.status_code}")
        return answer.content

    with pytest.raises(BadInput, match="answers 401"):
        list(fetch(stranger, service.address))
