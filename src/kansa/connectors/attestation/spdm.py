"""An SPDM 1.1 exchange of signed measurements: GET_MEASUREMENTS and its answer, as a GPU gives them.

Source: DMTF DSP0274 1.1.0 §10.11 (tables 38 and 43); the opaque data as NVIDIA/nvtrust reads them.
"""

from typing import NamedTuple

REQUEST = 37
"""Bytes of the request: version, code 0xE0, two parameters, a nonce of 32 bytes, a slot."""

NONCE = 32
SIGNATURE = 96
"""ECDSA P-384, r and s."""

_GET_MEASUREMENTS, _MEASUREMENTS = 0xE0, 0x60
_DRIVER, _VBIOS = 3, 6


class Exchange(NamedTuple):
    """What was asked and answered; `signed` is what the signature covers."""

    nonce: bytes
    blocks: int
    driver: str | None
    vbios: str | None
    signed: bytes
    signature: bytes


def parse(content: bytes) -> Exchange:
    """Return an exchange of its bytes.

    Raises:
        ValueError: they are no such exchange, or are cut short.
    """
    if len(content) < REQUEST + 8 + NONCE + 2 + SIGNATURE:
        raise ValueError(f"{len(content)} bytes are too few for an SPDM exchange")
    request, answer = content[:REQUEST], content[REQUEST:]
    if request[1] != _GET_MEASUREMENTS or answer[1] != _MEASUREMENTS:
        raise ValueError("it is no GET_MEASUREMENTS with its answer")
    record = int.from_bytes(answer[5:8], "little")
    at = 8 + record + NONCE
    opaque = int.from_bytes(answer[at : at + 2], "little")
    begin, end = at + 2, at + 2 + opaque
    if len(answer) != end + SIGNATURE:
        raise ValueError(f"its lengths do not fit: {len(answer)} bytes, {end + SIGNATURE} by its fields")
    told = _opaque(answer[begin:end])
    return Exchange(
        request[4 : 4 + NONCE],
        answer[4],
        _text(told.get(_DRIVER)),
        _vbios(told.get(_VBIOS)),
        content[:-SIGNATURE],
        content[-SIGNATURE:],
    )


def _opaque(data: bytes) -> dict[int, bytes]:
    """Return the fields of opaque data: type and size of two bytes each, then the value."""
    found: dict[int, bytes] = {}
    at = 0
    while at + 4 <= len(data):
        kind, size = (int.from_bytes(data[at + n : at + n + 2], "little") for n in (0, 2))
        found[kind] = data[at + 4 : at + 4 + size]
        at += 4 + size
    return found


def _text(value: bytes | None) -> str | None:
    found = value.rstrip(b"\0").decode("ascii", "replace") if value else ""
    return found or None


def _vbios(value: bytes | None) -> str | None:
    """Return a version as it is printed, `96.00.A5.00.01`: four bytes from last to first, then the fifth."""
    if value is None or len(value) < 5:
        return None
    return ".".join(f"{byte:02X}" for byte in (*reversed(value[:4]), value[4]))
