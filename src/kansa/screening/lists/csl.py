"""The US Consolidated Screening List (trade.gov): JSON or CSV, and the compact JSON that some repackage it in.

`type` is null for the lists of Commerce and State: such an entry has no schema and is screened as person and as
organisation. Fields: https://www.trade.gov/consolidated-screening-list, "Data model".
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import msgspec

from kansa.errors import BadInput
from kansa.screening.entry import Address, Entry, Identifier, Name, Place
from kansa.screening.lists.countries import country_code
from kansa.screening.lists.dates import partial_dates
from kansa.screening.lists.delimited import ends_in_a_line, table
from kansa.screening.lists.reading import Document, Gathering, Reading, clean, made_id, names, once
from kansa.screening.lists.stated import Stated
from kansa.screening.lists.us import identifier, list_of, schema_of
from kansa.screening.lists.written_together import apart, first_of

PUBLICATION = "us.csl"
_SEPARATED = ("alt_names", "citizenships", "dates_of_birth", "nationalities", "programs")


def read(documents: Sequence[Document]) -> Reading:
    """Read one file of the list.

    Raises:
        BadInput: it is in none of the three forms, or holds no entry; `list.partial`, if it is a page of an answer,
            which says how many entries it would have in all.
    """
    gathering = Gathering(PUBLICATION)
    stated = Stated()
    for document in documents:
        is_json = document.data.lstrip()[:1] in {b"{", b"["}
        for place, row in (
            _json_rows(document, gathering, stated) if is_json else _csv_rows(document, gathering)
        ):
            _take(place, row, gathering)
    stated.hold_against(gathering.rows)
    return gathering.done()


def _csv_rows(document: Document, gathering: Gathering) -> Iterator[tuple[Place, Mapping[str, Any]]]:
    for place, row in table(document, gathering, needed=("source", "name", "alt_names", "addresses")):
        listed = {name: row.get(name, "").split(";") for name in _SEPARATED}
        yield (
            place,
            {
                **row,
                **listed,
                "addresses": [_address_of_text(text) for text in row["addresses"].split("; ")],
                "ids": [_id_of_text(text) for text in row.get("ids", "").split("; ")],
            },
        )
    ends_in_a_line(document, gathering)


def _json_rows(
    document: Document, gathering: Gathering, stated: Stated
) -> Iterator[tuple[Place, Mapping[str, Any]]]:
    try:
        value = msgspec.json.decode(document.data)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise BadInput("list.json", f"`{document.name}` is not JSON: {error}") from error
    compact = isinstance(value, dict) and {"entries", "tables", "fieldKey"} <= value.keys()
    found = value.get("entries" if compact else "results") if isinstance(value, dict) else value
    if not isinstance(found, list):
        raise BadInput(
            "list.form",
            f"`{document.name}` has no `results`",
            help="give consolidated.json or consolidated.csv as trade.gov publishes it",
        )
    if isinstance(value, dict):
        stated.read(document.name, value, len(found))
    if compact:
        gathering.date = next(iter(partial_dates(str(value.get("sourceGeneratedAt")))), None)
    for number, row in enumerate(found, 1):
        place = Place(document.name, number)
        gathering.rows += 1
        try:
            yield place, _unpacked(row, value["tables"]) if compact else _plain(row)
        except (TypeError, KeyError, IndexError, AttributeError):
            gathering.reject(place, None, "the row is not an object of the list's fields")


def _plain(row: dict[str, Any]) -> dict[str, Any]:
    addresses = [
        (
            ", ".join(
                clean(str(part[name]))
                for name in ("address", "city", "state", "postal_code")
                if part.get(name)
            ),
            part.get("country"),
        )
        for part in row.get("addresses") or ()
    ]
    ids = [
        (str(each.get("type") or ""), str(each.get("number") or ""), each.get("country"))
        for each in row.get("ids") or ()
    ]
    return {**row, "addresses": addresses, "ids": ids}


def _unpacked(row: dict[str, Any], tables: dict[str, list[str]]) -> dict[str, Any]:
    programs = row.get("pg")
    return {
        "name": row["n"],
        "alt_names": row.get("a", []),
        "source": tables["sources"][row["s"]],
        "type": row.get("t"),
        "entity_number": row.get("e"),
        "addresses": [("", country) for country in row.get("c", [])],
        "federal_register_notice": row.get("fr"),
        "programs": [] if programs is None else [str(tables["programmes"][programs])],
    }


def _take(place: Place, row: Mapping[str, Any], gathering: Gathering) -> None:
    source = str(row.get("source") or "")
    list_ = list_of(source)
    if list_ is None:
        gathering.reject(place, "source", f"`{clean(source)}` is no list of the Consolidated Screening List")
        return
    number = clean(str(row.get("entity_number") or ""))
    name = clean(str(row.get("name") or ""))
    own = clean(str(row.get("_id") or row.get("id") or ""))
    notice = clean(str(row.get("federal_register_notice") or ""))
    addresses, countries = _addresses(place, row.get("addresses") or (), gathering)
    born: list[str] = []
    for text in map(clean, row.get("dates_of_birth") or ()):
        found = partial_dates(text)
        if text and not found:
            gathering.set_aside(place, "dates_of_birth", f"`{text}` is not a date")
        born += found
    gathering.add(
        Entry(
            id=f"{list_}-{number or own or made_id(name, notice, *countries)}",
            list=list_,
            schema=schema_of(row.get("type")),
            names=_names(name, row.get("alt_names") or ()),
            countries=once((*countries, *_nations(place, row, gathering))),
            addresses=addresses,
            birth_dates=once(born),
            identifiers=_identifiers(row.get("ids") or ()),
            programs=once(row.get("programs") or ()),
            place=place,
        )
    )


def _names(name: str, others: Iterable[str | None]) -> tuple[Name, ...]:
    """Of a name that is several, the first is the primary one."""
    first, rest = first_of(name)
    return names(([first], "primary"), ([*rest, *apart(others)], "strong"))


def _addresses(
    place: Place, given: Sequence[tuple[str, str | None]], gathering: Gathering
) -> tuple[tuple[Address, ...], tuple[str, ...]]:
    found: dict[Address, None] = {}
    countries: list[str] = []
    for text, country in given:
        code = country_code(country) if country else None
        if country and code is None:
            gathering.set_aside(place, "addresses", f"`{clean(country)}` is not a country that is known")
        if code:
            countries.append(code)
        if plain := clean(text):
            found[Address(plain, code)] = None
    return tuple(found), once(countries)


def _nations(place: Place, row: Mapping[str, Any], gathering: Gathering) -> Iterator[str]:
    for field in ("citizenships", "nationalities"):
        for text in map(clean, row.get(field) or ()):
            code = country_code(text) if text else None
            if code:
                yield code
            elif text:
                gathering.set_aside(place, field, f"`{text}` is not a country that is known")


def _address_of_text(text: str) -> tuple[str, str | None]:
    """In the CSV the last part is a country code where there is one."""
    rest, _, last = text.rpartition(", ")
    code = last.strip()
    return (rest, code) if len(code) == 2 and code.isupper() and country_code(code) else (text, None)


def _id_of_text(text: str) -> tuple[str, str, str | None]:
    """`country, number, kind` in the CSV, the country only where it is known."""
    parts = [part.strip() for part in text.split(", ")]
    country = parts.pop(0) if len(parts) > 2 and country_code(parts[0]) else None
    return (parts[-1], ", ".join(parts[:-1]), country) if len(parts) > 1 else ("", "", None)


def _identifiers(given: Sequence[tuple[str, str, str | None]]) -> tuple[Identifier, ...]:
    found = (identifier(kind, value, country) for kind, value, country in given)
    return tuple(dict.fromkeys(each for each in found if each))
