"""Numbers that someone issued: equal or not, and whether the check digits say that it was copied rightly.

法人番号: thirteen digits, the first a check digit (法人番号の指定等に関する省令 第2条). LEI: ISO 17442, MOD 97-10 over
20 characters. IMO: seven digits, the last a check digit (IMO A.1117(30)). Other kinds are compared as written.
"""

import re
import unicodedata
from collections.abc import Iterable

import msgspec

from kansa.screening.entry import Identifier

_LEFT_OUT = re.compile(r"[\s\-./‐−–ー]")
_IMO = re.compile(r"^IMO")


class SharedIdentifier(msgspec.Struct, frozen=True):
    """A number that both have. `checked`: it has check digits and they are right; False where it has none we know."""

    kind: str
    value: str
    checked: bool


def plain(identifier: Identifier) -> str:
    """Return a number as it is compared: NFKC, capitals, without blanks and strokes."""
    value = _LEFT_OUT.sub("", unicodedata.normalize("NFKC", identifier.value)).upper()
    return _IMO.sub("", value) if identifier.kind == "imo" else value


def has_right_check_digits(kind: str, value: str) -> bool | None:
    """Do the check digits of a plain number fit; None for kinds without check digits that we know."""
    check = _CHECKS.get(kind)
    return None if check is None else check(value)


def shared(ours: Iterable[Identifier], theirs: Iterable[Identifier]) -> tuple[SharedIdentifier, ...]:
    """Return the numbers of one kind that both have, by kind and value. Numbers whose check digits are wrong are not compared."""
    listed = {key for key in map(key_of, theirs) if key is not None}
    both = sorted({key for key in map(key_of, ours) if key is not None} & listed)
    return tuple(
        SharedIdentifier(kind, value, checked=has_right_check_digits(kind, value) is True)
        for kind, value in both
    )


def key_of(identifier: Identifier) -> tuple[str, str] | None:
    """Under what an identifier is found: kind and plain number; None if it is empty or its check digits are wrong."""
    value = plain(identifier)
    if not value or has_right_check_digits(identifier.kind, value) is False:
        return None
    return identifier.kind, value


def _jp_corporate_number(value: str) -> bool:
    if len(value) != 13 or not value.isdecimal() or not value.isascii():
        return False
    weighted = sum(int(digit) * (1 + place % 2) for place, digit in enumerate(reversed(value[1:])))
    return int(value[0]) == 9 - weighted % 9


def _lei(value: str) -> bool:
    if not re.fullmatch(r"[A-Z0-9]{18}[0-9]{2}", value):
        return False
    return int("".join(str(int(letter, 36)) for letter in value)) % 97 == 1


def _imo(value: str) -> bool:
    if not re.fullmatch(r"[0-9]{7}", value):
        return False
    return sum(int(digit) * (7 - place) for place, digit in enumerate(value[:6])) % 10 == int(value[6])


_CHECKS = {"jp_corporate_number": _jp_corporate_number, "lei": _lei, "imo": _imo}
