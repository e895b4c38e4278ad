"""The open form, JSON Lines `{"id","schema","names","countries","addresses"}`, and own lists as CSV.

Only `id` and `names` are needed. `list`, `aliases`, `birth_dates` and `identifiers` may be given; a name is a text, or an
object `{"text","tier","script","language"}`. `schema` is one of FollowTheMoney's or none. A CSV has `name`, and may
have `id`, `schema`, `aliases`, `countries`, `addresses`, `birth_dates` (parted by `;`), `lei` and `corporate_number`.
"""

from collections.abc import Sequence

import msgspec

from kansa.screening.entry import SCHEMAS, Address, Entry, Identifier, Name, Place, Profile, Schema
from kansa.screening.lists.countries import country_code
from kansa.screening.lists.dates import partial_date
from kansa.screening.lists.delimited import table
from kansa.screening.lists.json_lines import objects
from kansa.screening.lists.reading import Document, Gathering, Reading, clean, made_id, names, once

_IDENTIFIERS = {"lei": "lei", "corporate_number": "jp_corporate_number"}


class OpenRow(msgspec.Struct):
    """One line of the open form; a party to be screened has the same fields, and may give `name` for `names`."""

    id: str | int
    name: str | None = None
    names: list[str | Name] | None = None
    aliases: list[str] | None = None
    schema: str | None = None
    countries: list[str] | None = None
    addresses: list[str | Address] | None = None
    birth_dates: list[str] | None = None
    identifiers: list[Identifier] | None = None
    list: str | None = None


def read_json_lines(documents: Sequence[Document], publication: str) -> Reading:
    """Read JSON Lines.

    Raises:
        BadInput: no entry.
    """
    gathering = Gathering(publication)
    for place, row in objects(documents, gathering, OpenRow):
        gathering.add(entry_of(row, place, gathering))
    return gathering.done()


def read_csv(documents: Sequence[Document], publication: str) -> Reading:
    """Read an own list.

    Raises:
        BadInput: no column `name`, or no entry.
    """
    gathering = Gathering(publication)
    for document in documents:
        for place, cells in table(document, gathering, needed=("name",)):
            row = {name: cell.split(";") for name, cell in cells.items()}
            name = clean(cells["name"])
            born = row.get("birth_dates", [])
            countries = row.get("countries", row.get("country", []))
            given = OpenRow(
                id=clean(cells.get("id", "")) or made_id(name, *countries, *born),
                names=[name],
                aliases=row.get("aliases", []),
                schema=cells.get("schema"),
                countries=countries,
                addresses=list(row.get("addresses", row.get("address", []))),
                birth_dates=born,
                identifiers=[
                    Identifier(kind, clean(cells[column]))
                    for column, kind in _IDENTIFIERS.items()
                    if clean(cells.get(column, ""))
                ],
            )
            gathering.add(entry_of(given, place, gathering))
    return gathering.done()


def entry_of(row: OpenRow, place: Place, gathering: Gathering) -> Entry:
    """Return the entry of a row; fields that cannot be read are set aside."""
    profile = profile_of(row, place, gathering)
    return Entry(
        id=clean(str(row.id)) or made_id(*(name.text for name in profile.names)),
        list=clean(row.list) or gathering.publication,
        place=place,
        **msgspec.structs.asdict(profile),
    )


def profile_of(row: OpenRow, place: Place, gathering: Gathering) -> Profile:
    """Whom a row means; fields that cannot be read are set aside."""
    schema, known = _schema(row.schema)
    if not known:
        gathering.set_aside(place, "schema", f"`{row.schema}` is none of {', '.join(SCHEMAS)}")
    countries = []
    for text in filter(None, map(clean, row.countries or ())):
        code = country_code(text)
        if code is None:
            gathering.set_aside(place, "countries", f"`{text}` is not a country that is known")
        else:
            countries.append(code)
    born = []
    for text in filter(None, map(clean, row.birth_dates or ())):
        date = partial_date(text)
        if date is None:
            gathering.set_aside(place, "birth_dates", f"`{text}` is not a date")
        else:
            born.append(date)
    addresses = (Address(each) if isinstance(each, str) else each for each in row.addresses or ())
    return Profile(
        schema=schema,
        names=_names(row),
        countries=once(countries),
        addresses=tuple(
            dict.fromkeys(Address(text, each.country) for each in addresses if (text := clean(each.text)))
        ),
        birth_dates=once(born),
        identifiers=tuple(row.identifiers or ()),
    )


def _schema(text: str | None) -> tuple[Schema | None, bool]:
    key = clean(text).casefold()
    return SCHEMAS.get(key), not key or key in SCHEMAS


def _names(row: OpenRow) -> tuple[Name, ...]:
    given = [row.name or "", *(row.names or ())]
    plain = names(
        ([name for name in given if isinstance(name, str)], "primary"), (row.aliases or (), "strong")
    )
    said = (msgspec.structs.replace(name, text=clean(name.text)) for name in given if isinstance(name, Name))
    return tuple({name.text: name for name in (*plain, *said) if name.text}.values())
