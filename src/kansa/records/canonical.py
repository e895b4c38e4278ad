"""Profile `kansa-c14n-1`: RFC 8785 (JCS) bytes, narrowed so that a fast encoder writes the same bytes.

No floats; integers within ±(2^53-1); object keys `[a-z_][a-z0-9_]*`; text is valid Unicode; no duplicate keys.
Under these rules JCS is "sorted keys, no white space, minimal escapes", which msgspec writes (docs/adr/0002).
"""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

import msgspec

from kansa.errors import BadInput, Problem

PROFILE = "kansa-c14n-1"
MAX_INTEGER = 2**53 - 1
MAX_DEPTH = 32

_KEY = re.compile(r"[a-z_][a-z0-9_]*")
_SURROGATE = re.compile("[\ud800-\udfff]")
_encoder = msgspec.json.Encoder(order="sorted")
_decoder = msgspec.json.Decoder()


def encode(value: Any) -> bytes:
    """Return the canonical bytes of a JSON value.

    Raises:
        BadInput: `record.profile`, with every place that the profile does not allow.
    """
    if not _fits(value, 0):
        problems = list(_breaches(value, "$", 0))
        raise BadInput("record.profile", f"the value is outside profile {PROFILE}", problems=problems)
    return _encoder.encode(value)


def decode(data: bytes) -> Any:
    """Read canonical bytes, accepting exactly what `encode` writes.

    Re-encoding catches duplicate keys, white space, other escapes and key orders at once.

    Raises:
        BadInput: `record.not_json`, `record.profile` or `record.not_canonical`.
    """
    try:
        value = _decoder.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise BadInput("record.not_json", f"the bytes are not JSON: {error}") from error
    again = encode(value)
    if again != data:
        offset = next(
            (i for i, (a, b) in enumerate(zip(again, data, strict=False)) if a != b),
            min(len(again), len(data)),
        )
        raise BadInput("record.not_canonical", f"the bytes differ from their canonical form at byte {offset}")
    return value


def _fits(value: Any, depth: int) -> bool:
    """Tell whether the profile allows the value: what `_breaches` says in words, at a fraction of its cost."""
    kind = type(value)
    if kind is str:
        return bool(value.isascii()) or not _has_surrogate(value)
    if kind is int:
        return bool(-MAX_INTEGER <= value <= MAX_INTEGER)
    if value is None or kind is bool:
        return True
    if depth >= MAX_DEPTH:
        return False
    return _members_fit(value, depth + 1) if kind is dict else kind is list and _items_fit(value, depth + 1)


def _members_fit(value: dict[Any, Any], depth: int) -> bool:
    for key, item in value.items():
        if not _is_key(key):
            return False
        if type(item) is str and item.isascii():  # most are: spare them the call
            continue
        if not _fits(item, depth):
            return False
    return True


def _items_fit(value: list[Any], depth: int) -> bool:
    for item in value:
        if type(item) is str and item.isascii():
            continue
        if not _fits(item, depth):
            return False
    return True


@lru_cache(4096)
def _is_key(key: Any) -> bool:
    return type(key) is str and _KEY.fullmatch(key) is not None


def _breaches(value: Any, place: str, depth: int) -> Iterator[Problem]:  # noqa: C901 - one branch a JSON type
    kind = type(value)
    if kind is str:
        if not value.isascii() and _has_surrogate(value):
            yield _breach(place, "holds a lone surrogate")
    elif kind is int:
        if not -MAX_INTEGER <= value <= MAX_INTEGER:
            shown = str(value) if value.bit_length() < 200 else f"a number of {value.bit_length():,} bits"
            yield _breach(place, f"`{shown}` is outside ±(2^53-1)")
    elif kind is bool or value is None:
        return
    elif depth >= MAX_DEPTH:
        yield _breach(place, f"is nested deeper than {MAX_DEPTH}")
    elif kind is dict:
        for key, item in value.items():
            if not _is_key(key):
                yield _breach(f"{place}.{key!s}", "the key is not [a-z_][a-z0-9_]*")
            yield from _breaches(item, f"{place}.{key!s}", depth + 1)
    elif kind is list:
        for position, item in enumerate(value):
            yield from _breaches(item, f"{place}[{position}]", depth + 1)
    else:
        yield _breach(
            place, f"`{kind.__name__}` is not allowed; name the unit in the field and use an integer"
        )


def _has_surrogate(text: str) -> bool:
    return _SURROGATE.search(text) is not None


def _breach(place: str, message: str) -> Problem:
    return Problem("record.profile", message, field=place)
