"""Have a time-stamping authority say when the log stood where it stands (RFC 3161), and put its answer on record.

The token is over the bytes of the signed checkpoint, so that `openssl ts -verify` checks it. Once it is a record, what
is before the checkpoint was there by the authority's time, and what comes after the record came later than that.
"""

import hashlib
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, NamedTuple, Protocol

from cryptography import x509
from rfc3161_client import (
    HashAlgorithm,
    TimestampRequestBuilder,
    TimeStampResponse,
    VerificationError,
    VerifierBuilder,
    decode_timestamp_response,
)

from kansa.application.auditing.part import Findings, Part
from kansa.application.time_bounds import stamps
from kansa.application.whole_file import read_file
from kansa.clock import MICROSECONDS, format_instant, to_instant
from kansa.errors import BadInput
from kansa.ids import ulid
from kansa.ledger import note
from kansa.ledger.checkpoint_file import write
from kansa.ledger.stores.witness_folder import make_private
from kansa.ledger.strict import to_base64
from kansa.records.draft import Draft
from kansa.records.kinds.operation import LogTimestamped
from kansa.vault.vault import Vault

QUERY = "application/timestamp-query"
_OK = 200
_MS = 1000


class Transport(Protocol):
    """The way to an authority."""

    def post(self, url: str, body: bytes, media_type: str) -> tuple[int, bytes]:
        """Send a body; returns status and body of the answer."""
        ...


@dataclass(frozen=True, slots=True)
class Stamped:
    """A time stamp on record: over which size, when (an instant), give or take how much, under which entry."""

    size: int
    at: int
    accuracy: int
    entry: int

    def as_json(self) -> dict[str, Any]:
        """Return the stable JSON value."""
        at = format_instant(self.at // _MS * _MS)
        return {"size": self.size, "time": at, "accuracy_ms": self.accuracy // _MS, "entry": self.entry}


class _Asked(NamedTuple):
    query: bytes
    nonce: int | None


def set_authority(vault: Vault, roots: Path, url: str | None = None) -> None:
    """Take the certificates of an authority's roots (PEM), and its URL, from now on.

    Raises:
        BadInput: `timestamp.roots`, if the file holds no certificate.
    """
    pem = read_file(roots)
    _certificates(pem, str(roots))
    make_private(vault.places.timestamps)
    write(vault.places.timestamps / "roots.pem", pem)
    if url is not None:
        write(vault.places.timestamps / "authority", f"{url}\n".encode())


def stamp(vault: Vault, transport: Transport) -> Stamped:
    """Ask the authority for a time stamp over the latest checkpoint, and put it on record.

    Raises:
        BadInput: `timestamp.authority`, if none is set; `timestamp.token`, if what it answers does not verify.
        KansaError: `witness.silent`.
    """
    try:
        url = (vault.places.timestamps / "authority").read_text(encoding="utf-8").strip()
    except FileNotFoundError as error:
        raise BadInput(
            "timestamp.authority",
            "this vault knows the URL of no time-stamping authority",
            help="give --authority URL and --roots FILE once, or go by files: --request FILE, then --response FILE",
        ) from error
    signed = vault.reader.latest()
    asked = _query(signed)
    status, body = transport.post(url, asked.query, QUERY)
    if status != _OK:
        raise BadInput("timestamp.token", f"`{url}` answered with status {status}")
    return _record(vault, signed, body, asked.nonce)


def request_stamp(vault: Vault) -> bytes:
    """Return a request over the latest checkpoint (DER), to be handed to an authority as a file; `accept_stamp` takes the answer."""
    signed = vault.reader.latest()
    make_private(vault.places.timestamps)
    write(vault.places.timestamps / "asked", signed)
    return _query(signed).query


def accept_stamp(vault: Vault, response: bytes) -> Stamped:
    """Put an authority's answer (DER) to the last request on record.

    Raises:
        BadInput: `timestamp.request`, if nothing was asked; `timestamp.token`, if it does not verify.
    """
    try:
        signed = (vault.places.timestamps / "asked").read_bytes()
    except FileNotFoundError as error:
        raise BadInput(
            "timestamp.request",
            "no time stamp was requested by a file",
            help="write the request first: `kansa ledger timestamp --request FILE`",
        ) from error
    return _record(vault, signed, response, None)


def audited(vault: Vault) -> Part:
    """Verify every token on record anew, against its checkpoint and the roots that the vault holds."""
    found = Findings("time stamps", "tokens on record")
    with closing(vault.unheld()) as log:
        known = list(stamps(log))
    roots: Sequence[x509.Certificate] = ()
    if known:
        with found.attempt("timestamps/roots.pem"):
            roots = _roots(vault)
    for each in known:
        found.total += 1
        if not roots:
            continue
        try:
            response = _verified(each.token, each.checkpoint, roots, None)
        except BadInput as error:
            found.fault(error.code, f"entry {each.entry}", error.message)
            continue
        if abs(_time(response) - each.at) >= _MS:
            found.fault(
                "timestamp.time", f"entry {each.entry}", "the record states another time than the token"
            )
        found.checked += 1
    return found.part()


def _query(signed: bytes) -> _Asked:
    request = TimestampRequestBuilder().data(signed).hash_algorithm(HashAlgorithm.SHA256).build()
    return _Asked(request.as_bytes(), request.nonce)


def _record(vault: Vault, signed: bytes, response: bytes, nonce: int | None) -> Stamped:
    answered = _verified(response, signed, _roots(vault), nonce)
    checkpoint = note.checkpoint_in(signed)
    at, accuracy = _time(answered), _accuracy(answered)
    data = {
        "valid_from": format_instant(at // _MS * _MS),
        "known_by": "attested",
        "log": checkpoint.origin,
        "size": checkpoint.size,
        "checkpoint": signed.decode(),
        "token": to_base64(response),
        "accuracy_ms": -(-accuracy // _MS),
    }
    now = vault.clock.now()
    entry = vault.record(Draft(LogTimestamped.type, f"{vault.urn}:kansa", ulid(now), now, data))
    return Stamped(checkpoint.size, at, accuracy, entry)


def _verified(
    response: bytes, signed: bytes, roots: Sequence[x509.Certificate], nonce: int | None
) -> TimeStampResponse:
    try:
        answered = decode_timestamp_response(response)
        builder = VerifierBuilder()
        for root in roots:
            builder = builder.add_root_certificate(root)
        if nonce is not None:
            builder = builder.nonce(nonce)
        builder.build().verify(answered, hashlib.sha256(signed).digest())
    except (VerificationError, ValueError) as error:
        raise BadInput(
            "timestamp.token",
            f"the answer is no time stamp over this checkpoint under the roots that are set: {error}",
            help="set the roots of the authority with --roots, and ask it again",
        ) from error
    return answered


def _time(answered: TimeStampResponse) -> int:
    return to_instant(answered.tst_info.gen_time)


def _accuracy(answered: TimeStampResponse) -> int:
    """Return how much the authority says that it may be off, in microseconds; RFC 3161 takes none as unknown, we as 1 s."""
    said = answered.tst_info.accuracy
    if said is None:
        return MICROSECONDS
    spans = timedelta(seconds=said.seconds or 0, milliseconds=said.millis or 0, microseconds=said.micros or 0)
    return spans // timedelta(microseconds=1)


def _roots(vault: Vault) -> Sequence[x509.Certificate]:
    path = vault.places.timestamps / "roots.pem"
    try:
        return _certificates(path.read_bytes(), str(path))
    except FileNotFoundError as error:
        raise BadInput(
            "timestamp.roots",
            "the roots of the time-stamping authority are not set",
            help="give --roots FILE once: the certificates (PEM) of whoever vouches for the authority",
        ) from error


def _certificates(pem: bytes, place: str) -> Sequence[x509.Certificate]:
    try:
        return x509.load_pem_x509_certificates(pem)
    except ValueError as error:
        raise BadInput("timestamp.roots", f"`{place}` holds no certificate (PEM): {error}") from error
