"""The names of a device in one spelling each, and which values name none.

A name identifies only in its normal form: a GPU UUID with and without `GPU-`, an EPC as a URN and as a Digital Link are
the same name. The normal form of an EPC is the path of its GS1 Digital Link (`01/04012345999990/21/10`), which every
other spelling gives; the way back would need the length of the company prefix.
"""

import re
import unicodedata
from collections.abc import Mapping
from typing import get_args
from urllib.parse import unquote

from kansa.records.kinds.custody import NameKind

KINDS: tuple[NameKind, ...] = get_args(NameKind)
"""The kinds of names, the strongest first."""

PARTITION = "device.partition"
"""The system of the UUIDs of a device's partitions (MIG)."""

SLOT = "device.slot"
"""The system of the places of devices in their hosts, `host/minor number`: what a scheduler's index means there."""

_NOTHING = frozenset(
    {
        "",
        "0",
        "-",
        "n/a",
        "[n/a]",
        "na",
        "none",
        "null",
        "nil",
        "unknown",
        "unknown error",
        "[unknown error]",
        "not available",
        "not specified",
        "not supported",
        "[not supported]",
        "not applicable",
        "redacted",
        "default string",
        "free form asset tag",
        "asset tag",
        "no asset tag",
        "system serial number",
        "to be filled by o.e.m.",
        "to be filled by oem",
        "o.e.m.",
    }
)
_UUID = re.compile(r"^(?:gpu-)?([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})$")
_AIS = ("01", "21", "8003", "8004", "00")


def system_of(kind: NameKind) -> str:
    """Return the system in whose books the names of a kind stand as keys."""
    return f"device.{kind}"


def normal(kind: NameKind, text: str) -> str | None:
    """Return a name in its normal form; None where the text names no device (`0`, `N/A`, what a maker left to be filled in)."""
    found = " ".join(unicodedata.normalize("NFKC", text).split())
    if found.casefold() in _NOTHING or len(set(found.strip("-.:"))) < 2:
        return None
    if kind == "gpu_uuid":
        match = _UUID.match(found.lower())
        if match is None:
            return found
        return f"GPU-{match[1]}" if set(match[1]) - {"0", "f", "-"} else None
    if kind == "epc":
        return epc(found)
    return found.upper() if kind in {"board_serial", "attestation_id"} else found


def usable(names: Mapping[NameKind, str | None]) -> tuple[dict[NameKind, str], tuple[NameKind, ...]]:
    """Return the names that identify, in their normal forms, and the kinds whose text names no device."""
    read = {kind: normal(kind, text) for kind in KINDS if (text := names.get(kind)) is not None}
    found = {kind: name for kind, name in read.items() if name is not None}
    return found, tuple(kind for kind, name in read.items() if name is None)


def epc(text: str) -> str:
    """Return an EPC as the path of its Digital Link; a text that is neither URN nor Digital Link as it is.

    Source: GS1 EPC Tag Data Standard 2.0 §6 and §7, GS1 Digital Link URI Syntax 1.3.
    """
    if text.startswith("urn:epc:id:"):
        scheme, _, rest = text.removeprefix("urn:epc:id:").partition(":")
        return _of_urn(scheme, [unquote(part) for part in rest.split(".", 2)]) or text
    parts = [unquote(part) for part in text.partition("?")[0].split("/")]
    for place, part in enumerate(parts):
        if part in _AIS and place + 1 < len(parts):
            return "/".join(parts[place:])
    return text


def _of_urn(scheme: str, parts: list[str]) -> str | None:
    if scheme == "sgtin" and len(parts) == 3:
        prefix, item, serial = parts
        body = f"{item[:1]}{prefix}{item[1:]}"
        return f"01/{body}{_check_digit(body)}/21/{serial}"
    if scheme == "giai" and len(parts) >= 2:
        return f"8004/{parts[0]}{'.'.join(parts[1:])}"
    if scheme == "grai" and len(parts) == 3:
        body = f"{parts[0]}{parts[1]}"
        return f"8003/0{body}{_check_digit(body)}{parts[2]}"
    if scheme == "sscc" and len(parts) == 2:
        body = f"{parts[1][:1]}{parts[0]}{parts[1][1:]}"
        return f"00/{body}{_check_digit(body)}"
    return None


def _check_digit(digits: str) -> int:
    """Return the check digit of a GS1 key (GS1 General Specifications §7.9.1)."""
    if not digits.isdecimal():
        return 0
    total = sum(int(digit) * (3 if place % 2 == 0 else 1) for place, digit in enumerate(reversed(digits)))
    return -total % 10
