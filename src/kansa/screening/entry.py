"""What a list says of one person, organisation, vessel, aircraft or place, in one form for every list.

A `Profile` is what can be compared; an `Entry` is a profile as it stands on a list, a party that is screened is
a profile of the operator's own. Values are as published, trimmed and in NFC; folding is the matcher's business.
"""

import hashlib
from collections.abc import Mapping
from functools import cache
from typing import Any, Literal

import msgspec

Schema = Literal["Person", "Organization", "Vessel", "Aircraft", "Address"]
SCHEMAS: Mapping[str, Schema | None] = {
    "person": "Person",
    "organization": "Organization",
    "company": "Organization",
    "publicbody": "Organization",
    "legalentity": None,
    "vessel": "Vessel",
    "aircraft": "Aircraft",
    "airplane": "Aircraft",
    "address": "Address",
}
"""Words that others use for kinds of parties, in small letters; None: a person or an organisation."""
Tier = Literal["primary", "strong", "weak", "derived"]


class Name(msgspec.Struct, frozen=True, omit_defaults=True):
    """One name as given, and what its publisher thinks of it.

    `primary` is the listed name, `strong` a good alias, `weak` one that the publisher itself calls weak or low
    quality, `derived` a form that we made (a reading, a romanisation). `script` is ISO 15924, `language` ISO 639,
    both only where the publisher says so.
    """

    text: str
    tier: Tier = "primary"
    script: str | None = None
    language: str | None = None


class Address(msgspec.Struct, frozen=True, omit_defaults=True):
    """One address as given, in one line; `country` is ISO 3166-1 alpha-2 where it is known."""

    text: str
    country: str | None = None


class Identifier(msgspec.Struct, frozen=True, omit_defaults=True):
    """A number that someone issued. `kind` is in lower case: `lei`, `jp_corporate_number`, `imo`, `passport`, `tax`."""

    kind: str
    value: str
    country: str | None = None


class Place(msgspec.Struct, frozen=True):
    """Where an entry stands in the file as published: a line, or a running number from 1 where lines say nothing."""

    file: str
    row: int


class Profile(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Who is meant: names and what tells one bearer from another.

    `schema` None means that nobody said; such a profile is screened as a person and as an organisation.
    `countries` are ISO 3166-1 alpha-2; `birth_dates` are ISO 8601, cut to what is known: `1971`, `1971-03`,
    `1971-03-15`.
    """

    schema: Schema | None = None
    names: tuple[Name, ...]
    countries: tuple[str, ...] = ()
    addresses: tuple[Address, ...] = ()
    birth_dates: tuple[str, ...] = ()
    identifiers: tuple[Identifier, ...] = ()

    def record_hash(self) -> str:
        """Hex SHA-256 of the profile's bytes in the profile `kansa-c14n-1`: what evidence and dispositions name."""
        return hashlib.sha256(_encoder.encode(_said(self))).hexdigest()


class Entry(Profile, frozen=True, kw_only=True, omit_defaults=True):
    """A profile as it stands on a list. `id` is unique in its publication; `list` is the list's short name."""

    id: str
    list: str
    programs: tuple[str, ...] = ()
    place: Place | None = None

    def record_hash(self) -> str:
        """As a profile's, without the place: a row that only moved is the same record."""
        return Profile.record_hash(msgspec.structs.replace(self, place=None))


def _said(value: Any) -> Any:
    """Return a value without its defaults, told by equality: `omit_defaults` tells them by identity, which no copy keeps."""
    if isinstance(value, tuple):
        return [_said(each) for each in value]
    if not isinstance(value, msgspec.Struct):
        return value
    said = ((name, default, getattr(value, name)) for name, default in _defaults(type(value)))
    return {name: _said(given) for name, default, given in said if given != default}


@cache
def _defaults(kind: type[msgspec.Struct]) -> tuple[tuple[str, Any], ...]:
    return tuple((field.encode_name, field.default) for field in msgspec.structs.fields(kind))


_encoder = msgspec.json.Encoder(order="sorted")  # text and integers only, so these bytes are canonical
