"""Verifiers that we did not write accept what we wrote, and refuse what was altered.

The Go checksum database's libraries (Debian: golang-go, golang-golang-x-mod-dev), scitt-cose, and openssl.
"""

import base64
import hashlib
import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
import scitt_cose  # type: ignore[import-untyped]

from kansa.ledger import note
from kansa.ledger.export import export
from kansa.ledger.proof import ProofFile
from logs import Log, jobs

PROGRAM = Path(__file__).parent / "foreign" / "main.go"
MODULES = Path("/usr/share/gocode")
SIZE = 700

needs_go = pytest.mark.skipif(
    shutil.which("go") is None or not (MODULES / "src" / "golang.org" / "x" / "mod" / "sumdb").is_dir(),
    reason="not assessed: Go and its module of the checksum database are not installed",
)


@pytest.fixture(scope="module")
def checker(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., tuple[int, str]]:
    """The Go program, built once."""
    binary = tmp_path_factory.mktemp("go") / "check"
    cache = tmp_path_factory.mktemp("cache")
    environment = {**os.environ, "GO111MODULE": "off", "GOPATH": str(MODULES), "GOCACHE": str(cache)}
    command = ["go", "build", "-o", str(binary), str(PROGRAM)]
    subprocess.run(command, check=True, env=environment, cwd=PROGRAM.parent)

    def run(*arguments: object) -> tuple[int, str]:
        done = subprocess.run([binary, *map(str, arguments)], capture_output=True, text=True, check=False)
        return done.returncode, done.stdout.strip()

    return run


@pytest.fixture
def exported(log: Log, tmp_path: Path) -> Path:
    """A log of several tiles, as tiles."""
    log.append(*jobs(range(SIZE)))
    export(log.reader(), tmp_path / "tiles")
    return tmp_path / "tiles"


@needs_go
def test_go_reads_every_entry_tile_proof_and_the_signed_checkpoint(
    log: Log, exported: Path, checker: Callable[..., tuple[int, str]]
) -> None:
    """x/mod/sumdb: note.Open, CheckRecord for every entry, CheckTree for many sizes, from our files alone."""
    assert checker(log.key.verifier.encode(), exported) == (0, f"ok {SIZE}")


@needs_go
@pytest.mark.parametrize("file", ["checkpoint", "tile/0/000", "tile/1/000.p/2", "tile/entries/001"])
def test_go_refuses_a_byte_that_was_altered(
    log: Log, exported: Path, checker: Callable[..., tuple[int, str]], file: str
) -> None:
    """In checkpoint, tiles of both levels, and a bundle of entries."""
    path = exported / file
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)

    code, said = checker(log.key.verifier.encode(), exported)

    assert code != 0, said


@needs_go
def test_go_checks_a_proof_file_and_refuses_it_for_another_entry(
    log: Log, exported: Path, tmp_path: Path, checker: Callable[..., tuple[int, str]]
) -> None:
    """`.tlog-proof` of C2SP."""
    reader = log.reader()
    key = log.key.verifier.encode()
    for index in (0, 255, 256, SIZE - 1):
        proof = ProofFile(index, tuple(reader.inclusion(index, SIZE)), reader.latest())
        (tmp_path / "p").write_bytes(proof.encode())
        assert checker(key, exported, tmp_path / "p") == (0, "ok")
        (tmp_path / "p").write_bytes(proof.encode().replace(b"index %d\n" % index, b"index 7\n"))
        assert checker(key, exported, tmp_path / "p")[0] == 1


def test_scitt_cose_verifies_inclusion_and_consistency(log: Log) -> None:
    """The same tree as RFC 9942's verifiable data structure 1."""
    log.append(*jobs(range(SIZE)))
    reader = log.reader()
    root = note.checkpoint_in(reader.latest()).root.hex()
    for index in (0, 1, 255, 256, 511, SIZE - 1):
        entry, path = reader.entry(index).hex(), [each.hex() for each in reader.inclusion(index, SIZE)]
        assert scitt_cose.verify_inclusion(entry, index, SIZE, path, root)
        assert not scitt_cose.verify_inclusion(entry, (index + 1) % SIZE, SIZE, path, root)
    for old in (1, 255, 256, 300, SIZE - 1):
        path, before = [each.hex() for each in reader.consistency(old, SIZE)], reader.root(old)
        assert scitt_cose.verify_consistency(before.hex(), root, old, SIZE, path)
        other = hashlib.sha256(before).hexdigest()
        assert not scitt_cose.verify_consistency(other, root, old, SIZE, path)


def test_openssl_verifies_the_checkpoints_signature(log: Log, tmp_path: Path) -> None:
    """`openssl pkeyutl -rawin` over the note's text, with the key from the vkey."""
    log.append(*jobs(range(3)))
    signed = note.parse(log.reader().latest())
    key = log.key.verifier
    der = bytes.fromhex("302a300506032b6570032100") + key.public_key
    pem = f"-----BEGIN PUBLIC KEY-----\n{base64.b64encode(der).decode()}\n-----END PUBLIC KEY-----\n"
    (tmp_path / "key.pem").write_text(pem)
    (tmp_path / "signature").write_bytes(signed.signatures[0].data)

    def accepted(text: str) -> bool:
        (tmp_path / "text").write_text(text)
        command = ["openssl", "pkeyutl", "-verify", "-pubin", "-inkey", "key.pem", "-rawin", "-in", "text", "-sigfile", "signature"]  # fmt: skip
        return subprocess.run(command, cwd=tmp_path, capture_output=True, check=False).returncode == 0

    assert accepted(signed.text)
    assert not accepted(signed.text.replace("\n3\n", "\n4\n"))
