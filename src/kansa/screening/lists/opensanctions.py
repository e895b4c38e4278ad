"""OpenSanctions' entities as FollowTheMoney JSON Lines, for those who have a licence for the data.

The data are CC BY-NC 4.0; commercial use needs a licence (https://www.opensanctions.org/licensing/). Entities of
other schemata (sanctions, ownerships, family) and those marked as no target are counted and passed over.
"""

from collections.abc import Sequence
from typing import Any

import msgspec

from kansa.screening.entry import Address, Entry, Identifier, Schema
from kansa.screening.lists.countries import country_code
from kansa.screening.lists.dates import partial_date
from kansa.screening.lists.json_lines import objects
from kansa.screening.lists.reading import Document, Gathering, Reading, names, once

_SCHEMAS: dict[str, Schema | None] = {
    "Person": "Person",
    "Organization": "Organization",
    "Company": "Organization",
    "PublicBody": "Organization",
    "LegalEntity": None,
    "Vessel": "Vessel",
    "Airplane": "Aircraft",
}
_IDENTIFIERS = {
    "leiCode": "lei",
    "imoNumber": "imo",
    "mmsi": "mmsi",
    "passportNumber": "passport",
    "idNumber": "national_id",
    "registrationNumber": "registration",
    "taxNumber": "tax",
    "uscCode": "cn_social_credit",
    "swiftBic": "bic",
    "dunsCode": "duns",
}
_COUNTRIES = ("country", "nationality", "citizenship", "jurisdiction", "flag")


class _Entity(msgspec.Struct):
    id: str
    schema: str
    properties: dict[str, list[Any]] = {}
    datasets: list[str] = []
    target: bool = True


def read(documents: Sequence[Document]) -> Reading:
    """Read entities.ftm.json or targets.nested.json.

    Raises:
        BadInput: no entry.
    """
    gathering = Gathering("opensanctions")
    for place, entity in objects(documents, gathering, _Entity):
        if entity.schema not in _SCHEMAS:
            gathering.passed_over[f"schema {entity.schema}"] += 1
            continue
        if not entity.target:
            gathering.passed_over["not a target"] += 1
            continue
        said = {
            name: [value for value in values if isinstance(value, str)]
            for name, values in entity.properties.items()
        }
        whole = [
            value
            for nested in entity.properties.get("addressEntity", [])
            if isinstance(nested, dict)
            for value in nested.get("properties", {}).get("full", [])
        ]
        born = [date for text in said.get("birthDate", []) if (date := partial_date(text))]
        countries = [
            code for name in _COUNTRIES for text in said.get(name, []) if (code := country_code(text))
        ]
        gathering.add(
            Entry(
                id=entity.id,
                list=f"opensanctions.{entity.datasets[0]}" if entity.datasets else "opensanctions",
                schema=_SCHEMAS[entity.schema],
                names=names(
                    (said.get("name", []), "primary"),
                    ([*said.get("alias", []), *said.get("previousName", [])], "strong"),
                    ([*said.get("weakAlias", []), *said.get("abbreviation", [])], "weak"),
                ),
                countries=once(countries),
                addresses=tuple(Address(text) for text in once([*said.get("address", []), *whole])),
                birth_dates=once(born),
                identifiers=tuple(
                    Identifier(kind, value)
                    for name, kind in _IDENTIFIERS.items()
                    for value in once(said.get(name, []))
                ),
                programs=once(said.get("programId", [])),
                place=place,
            )
        )
    return gathering.done()
