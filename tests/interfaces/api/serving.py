"""A real server over a real gate: uvicorn in a thread of this process, callers with tokens and certificates, TLS."""

import datetime as dt
import ipaddress
import json
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import httpx
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from joserfc import jwt
from joserfc.jwk import OKPKey

from gate.houses import House
from kansa.clock import MICROSECONDS, SystemClock
from kansa.gate.context import RuleContext
from kansa.gate.decision_point import DecisionPoint
from kansa.interfaces.api.app import Parts, make_app
from kansa.interfaces.api.bypass import Intake
from kansa.interfaces.api.callers import ACTIONS, CallerAuthenticator, CallerRegistry
from kansa.interfaces.api.callers_file import read_callers
from kansa.interfaces.api.metrics import Metrics
from kansa.interfaces.api.request_batcher import RequestBatcher
from kansa.interfaces.api.serve import Address, Listening, listening
from kansa.ledger.ports import Outcome
from kansa.records.draft import submit

ISSUER, AUDIENCE = "https://idp.example", "kansa-gate"
KEY = OKPKey.generate_key("Ed25519", {"kid": "k1", "alg": "Ed25519", "use": "sig"})
CALLERS = """
tokens: {issuer: https://idp.example, audience: kansa-gate, algorithms: [Ed25519], keys: jwks.json}
callers:
- {name: slurm, token: slurm@site.example, per_second: 100000, burst: 200000}
- {name: idp, token: idp@site.example, actions: [login]}
- {name: slow, token: slow@site.example, per_second: 1, burst: 3}
- {name: warehouse, certificate: warehouse.example}
"""


def token(subject: str = "slurm@site.example", lasts: int = 600, **claims: object) -> str:
    """A signed token; a claim given as None is left out."""
    now = SystemClock().now() // MICROSECONDS
    said = {"iss": ISSUER, "aud": AUDIENCE, "sub": subject, "exp": now + lasts, **claims}
    kept = {name: value for name, value in said.items() if value is not None}
    return jwt.encode({"alg": "Ed25519", "kid": "k1"}, kept, KEY, algorithms=["Ed25519"])


def bearer(text: str | None = None) -> dict[str, str]:
    """The header of a token."""
    return {"authorization": f"Bearer {text or token()}"}


def callers(folder: Path, text: str = CALLERS) -> CallerRegistry:
    """The callers of a file, read from it."""
    (folder / "jwks.json").write_text(json.dumps({"keys": [KEY.as_dict(private=False)]}))
    (folder / "callers.yaml").write_text(text)
    return read_callers(folder / "callers.yaml")


def _for(book: CallerRegistry, basis: RuleContext) -> CallerRegistry:
    """Whoever may ask everything may ask everything that this basis answers for."""
    widened = {
        name: replace(caller, actions=basis.actions) if caller.actions == ACTIONS else caller
        for name, caller in book.by_token.items()
    }
    return replace(book, by_token=widened)


@dataclass
class Served:
    """A server that runs: its address, its gate, and how clients trust it."""

    base: str
    gate: DecisionPoint
    server: Listening
    tls: ssl.SSLContext
    unix: Path

    def client(self, **headers: str) -> httpx.Client:
        """A client with a good token."""
        return httpx.Client(base_url=self.base, verify=self.tls, headers=bearer() | headers, timeout=20)


@contextmanager
def served(folder: Path, basis: RuleContext, text: str = CALLERS) -> Iterator[Served]:
    """Serve a gate on this basis over TLS until the block ends."""
    house = House(folder / "gate").create()
    made = certificates(folder)
    address = Address(
        "127.0.0.1",
        0,
        unix=folder / "gate.sock",
        certificate=made / "server.pem",
        key=made / "server.key",
        client_ca=made / "ca.pem",
    )
    with (
        house.gate(basis) as gate,
        run(gate, _for(callers(folder, text), basis), address, "https://gate.example") as server,
    ):
        yield Served(
            f"https://127.0.0.1:{server.port}",
            gate,
            server,
            ssl.create_default_context(cafile=made / "ca.pem"),
            folder / "gate.sock",
        )


@contextmanager
def run(gate: DecisionPoint, book: CallerRegistry, address: Address, base: str) -> Iterator[Listening]:
    """Run a server in a thread of its own; stop it in order."""
    clock = SystemClock()
    intake = Intake(
        submit=lambda draft: submit(draft, b"k" * 32),
        append=lambda submissions: [Outcome(status="duplicate", id=each.id, index=0) for each in submissions],
        names=lambda: gate.basis.names,
        source="urn:test",
    )
    parts = Parts(
        RequestBatcher(gate), CallerAuthenticator(book, clock), Metrics(), lambda: (), base, intake=intake
    )
    server = listening(make_app(parts), address)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started and thread.is_alive():
        time.sleep(0.01)
    try:
        yield server
    finally:
        server.should_exit = True
        thread.join(20)


def certificates(folder: Path) -> Path:
    """A CA with a server and a client certificate, as files."""
    made = folder / "tls"
    made.mkdir()
    ca_key = ec.generate_private_key(ec.SECP256R1())
    ca = _certificate("ca", ca_key, ca_key, None, [])
    _write(made / "ca.pem", ca)
    issued: list[tuple[str, list[x509.GeneralName]]] = [
        ("server", [x509.IPAddress(ipaddress.ip_address("127.0.0.1")), x509.DNSName("gate.example")]),
        ("client", [x509.DNSName("warehouse.example")]),
        ("stranger", [x509.DNSName("stranger.example")]),
    ]
    for name, names in issued:
        key = ec.generate_private_key(ec.SECP256R1())
        _write(made / f"{name}.pem", _certificate(name, key, ca_key, ca, names))
        private = key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        (made / f"{name}.key").write_bytes(private)
    return made


def _write(path: Path, certificate: x509.Certificate) -> None:
    path.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))


def _certificate(
    name: str,
    key: ec.EllipticCurvePrivateKey,
    signer: ec.EllipticCurvePrivateKey,
    issuer: x509.Certificate | None,
    names: list[x509.GeneralName],
) -> x509.Certificate:
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    begins = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject if issuer is None else issuer.subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(begins)
        .not_valid_after(begins + dt.timedelta(days=9_000))
        .add_extension(x509.BasicConstraints(ca=issuer is None, path_length=None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()), critical=False
        )
    )
    if issuer is None:
        usage = x509.KeyUsage(
            digital_signature=True, key_cert_sign=True, crl_sign=True, content_commitment=False, key_encipherment=False,
            data_encipherment=False, key_agreement=False, encipher_only=False, decipher_only=False,
        )  # fmt: skip
        builder = builder.add_extension(usage, critical=True)
    if names:
        builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=False)
    return builder.sign(signer, hashes.SHA256())
