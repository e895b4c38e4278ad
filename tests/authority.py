"""A time-stamping authority: `openssl ts` with a root and a certificate of its own, by files or over HTTP."""

import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

CONFIGURATION = """
[tsa]
default_tsa = tsa1
[tsa1]
serial = {folder}/serial
crypto_device = builtin
signer_cert = {folder}/tsa.pem
signer_key = {folder}/tsa.key
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256
accuracy = secs:1, millisecs:500
ess_cert_id_alg = sha256
ess_cert_id_chain = no
[ext]
extendedKeyUsage = critical,timeStamping
keyUsage = critical,digitalSignature
basicConstraints = critical,CA:false
[ca]
basicConstraints = critical,CA:true
keyUsage = critical,keyCertSign,cRLSign
[req]
distinguished_name = dn
[dn]
"""


@dataclass(frozen=True)
class Authority:
    """One authority, in a folder."""

    folder: Path

    @property
    def roots(self) -> Path:
        return self.folder / "root.pem"

    def answer(self, query: bytes) -> bytes:
        """Stamp a request."""
        (self.folder / "q.tsq").write_bytes(query)
        self._openssl(
            "ts", "-reply", "-queryfile", "q.tsq", "-config", "c.cnf", "-section", "tsa1", "-out", "r.tsr"
        )
        return (self.folder / "r.tsr").read_bytes()

    def verifies(self, data: bytes, response: bytes) -> bool:
        """Tell whether openssl itself accepts a stamp over these bytes."""
        (self.folder / "d").write_bytes(data)
        (self.folder / "v.tsr").write_bytes(response)
        command = [
            "openssl",
            "ts",
            "-verify",
            "-data",
            "d",
            "-in",
            "v.tsr",
            "-CAfile",
            "root.pem",
            "-untrusted",
            "tsa.pem",
        ]
        return subprocess.run(command, cwd=self.folder, capture_output=True, check=False).returncode == 0

    def _openssl(self, *arguments: str) -> None:
        subprocess.run(["openssl", *arguments], cwd=self.folder, check=True, capture_output=True)

    @contextmanager
    def serving(self) -> Iterator[str]:
        """Answer over HTTP, for as long as the block lasts."""
        authority = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                query = self.rfile.read(int(self.headers["content-length"]))
                assert self.headers["content-type"] == "application/timestamp-query"
                body = authority.answer(query)
                self.send_response(200)
                self.send_header("content-length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                pass

        with HTTPServer(("127.0.0.1", 0), Handler) as server:
            thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
            thread.start()
            try:
                yield f"http://127.0.0.1:{server.server_port}/"
            finally:
                server.shutdown()
                thread.join()


def authority(folder: Path, name: str = "Example TSA") -> Authority:
    """Make an authority: root, certificate, serial."""
    folder.mkdir()
    made = Authority(folder)
    (folder / "c.cnf").write_text(CONFIGURATION.format(folder=folder))
    (folder / "serial").write_text("01\n")
    key = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-config", "c.cnf")
    ca = ("-x509", "-days", "3650", "-extensions", "ca", "-subj", f"/CN={name} root")
    made._openssl("req", *ca, *key, "-keyout", "root.key", "-out", "root.pem")
    made._openssl("req", "-new", "-subj", f"/CN={name}", *key, "-keyout", "tsa.key", "-out", "tsa.csr")
    signing = ("-CA", "root.pem", "-CAkey", "root.key", "-CAcreateserial", "-days", "3650")
    extended = ("-extfile", "c.cnf", "-extensions", "ext")
    made._openssl("x509", "-req", "-in", "tsa.csr", *signing, *extended, "-out", "tsa.pem")
    return made
