"""The spellings that C2SP formats allow: base64 and decimals that have one form each.

A decoder that forgives gives one signed thing two spellings; these re-encode and compare.
"""

import base64
import binascii


def to_base64(data: bytes) -> str:
    """Return bytes in base64 with padding (RFC 4648, 4)."""
    return base64.b64encode(data).decode("ascii")


def from_base64(text: str, length: int | None = None) -> bytes:
    """Read base64 in its only spelling, of `length` bytes if that is given.

    Raises:
        ValueError: white space, missing or wrong padding, trailing bits, another alphabet, another length.
    """
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise ValueError(f"`{text}` is not base64: {error}") from error
    if to_base64(data) != text:
        raise ValueError(f"`{text}` is not the one spelling of its bytes in base64")
    if length is not None and len(data) != length:
        raise ValueError(f"`{text}` is {len(data)} bytes, not {length}")
    return data


def decimal(text: str) -> int:
    """Read a number without sign, separator or leading zero, below 2^63.

    Raises:
        ValueError: any other spelling.
    """
    plain = text.isascii() and text.isdigit() and len(text) <= 19
    if not plain or (text[0] == "0" and text != "0") or int(text) >= 2**63:
        raise ValueError(f"`{text}` is not a decimal number in its only spelling")
    return int(text)
