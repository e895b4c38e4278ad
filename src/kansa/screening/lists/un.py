"""The UN Security Council's consolidated list: XML, read without entities or DTD.

Names stand in up to four parts and, for some, in their own script; an alias has a quality (`Low` is weak). Schema:
https://scsanctions.un.org/resources/xml (consolidated.xsd).
"""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING
from xml.etree.ElementTree import ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from kansa.errors import BadInput
from kansa.screening.entry import Address, Entry, Identifier, Place
from kansa.screening.lists.countries import country_code
from kansa.screening.lists.dates import partial_date, years
from kansa.screening.lists.reading import Document, Gathering, Reading, clean, names, once
from kansa.screening.lists.written_together import apart, first_of

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

_NAME_PARTS = ("FIRST_NAME", "SECOND_NAME", "THIRD_NAME", "FOURTH_NAME")
_ADDRESS_PARTS = ("STREET", "CITY", "STATE_PROVINCE", "ZIP_CODE")
_DOCUMENTS = {"Passport": "passport", "National Identification Number": "national_id"}


def read(documents: Sequence[Document]) -> Reading:
    """Read consolidated.xml. Places are running numbers from 1: individuals, then entities.

    Raises:
        BadInput: `list.xml`, if it is broken or brings entities or a DTD; `list.form`, if it is another XML.
    """
    gathering = Gathering("un.sc")
    for document in documents:
        root = _root(document)
        gathering.date = partial_date(root.get("dateGenerated", ""))
        parties = [*root.iterfind("INDIVIDUALS/INDIVIDUAL"), *root.iterfind("ENTITIES/ENTITY")]
        for row, party in enumerate(parties, 1):
            gathering.rows += 1
            _take(party, Place(document.name, row), gathering)
    return gathering.done()


def _root(document: Document) -> "Element":
    try:
        root: Element = fromstring(document.data, forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError) as error:
        raise BadInput(
            "list.xml",
            f"`{document.name}` cannot be read as XML: {error}",
            help="take the file as the Security Council publishes it; a DTD or entities are never read",
        ) from error
    if root.tag != "CONSOLIDATED_LIST":
        raise BadInput("list.form", f"`{document.name}` is not the UN's list: its root is `{root.tag}`")
    return root


def _take(party: "Element", place: Place, gathering: Gathering) -> None:
    kind = party.tag
    number = _text(party, "DATAID")
    if not number:
        gathering.reject(place, "DATAID", "the entry has no number")
        return
    weak = [_text(alias, "ALIAS_NAME") for alias in party.iterfind(f"{kind}_ALIAS") if _is_weak(alias)]
    strong = [_text(alias, "ALIAS_NAME") for alias in party.iterfind(f"{kind}_ALIAS") if not _is_weak(alias)]
    addresses = tuple(dict.fromkeys(_addresses(party.iterfind(f"{kind}_ADDRESS"), place, gathering)))
    countries = [address.country or "" for address in addresses]
    nations = [
        _country(each.text, "NATIONALITY", place, gathering) for each in party.iterfind("NATIONALITY/VALUE")
    ]
    own_script = _text(party, "NAME_ORIGINAL_SCRIPT")
    first, rest = first_of(" ".join(part for part in (_text(party, name) for name in _NAME_PARTS) if part))
    gathering.add(
        Entry(
            id=f"un-{number}",
            list="un.sc",
            schema="Person" if kind == "INDIVIDUAL" else "Organization",
            names=names(
                ([first, own_script], "primary"), ([*rest, *apart(strong)], "strong"), (apart(weak), "weak")
            ),
            countries=once((*nations, *countries)),
            addresses=tuple(address for address in addresses if address.text),
            birth_dates=once(_births(party, place, gathering)),
            identifiers=tuple(dict.fromkeys(_identifiers(party, place, gathering))),
            programs=once([_text(party, "UN_LIST_TYPE")]),
            place=place,
        )
    )


def _is_weak(alias: "Element") -> bool:
    return _text(alias, "QUALITY").casefold() == "low"


def _addresses(found: Iterator["Element"], place: Place, gathering: Gathering) -> Iterator[Address]:
    for address in found:
        code = _country(_text(address, "COUNTRY"), "COUNTRY", place, gathering)
        text = ", ".join(part for part in (_text(address, name) for name in _ADDRESS_PARTS) if part)
        if text or code:
            yield Address(text, code or None)


def _births(party: "Element", place: Place, gathering: Gathering) -> Iterator[str]:
    for birth in party.iterfind("INDIVIDUAL_DATE_OF_BIRTH"):
        exact = _text(birth, "DATE") or _text(birth, "YEAR")
        first, last = _text(birth, "FROM_YEAR"), _text(birth, "TO_YEAR")
        if date := partial_date(exact) if exact else None:
            yield date
        elif first.isdecimal() and last.isdecimal():
            yield from years(int(first), int(last))
        elif exact or first or last:
            gathering.set_aside(
                place, "INDIVIDUAL_DATE_OF_BIRTH", f"`{exact or first or last}` is not a date"
            )


def _identifiers(party: "Element", place: Place, gathering: Gathering) -> Iterator[Identifier]:
    for document in party.iterfind("INDIVIDUAL_DOCUMENT"):
        value = _text(document, "NUMBER")
        kind = _DOCUMENTS.get(_text(document, "TYPE_OF_DOCUMENT"))
        country = _text(document, "ISSUING_COUNTRY") or _text(document, "COUNTRY_OF_ISSUE")
        if value and kind:
            yield Identifier(kind, value, _country(country, "ISSUING_COUNTRY", place, gathering) or None)


def _country(text: str | None, field: str, place: Place, gathering: Gathering) -> str:
    plain = clean(text)
    code = country_code(plain) if plain else None
    if plain and code is None:
        gathering.set_aside(place, field, f"`{plain}` is not a country that is known")
    return code or ""


def _text(element: "Element", tag: str) -> str:
    return clean(element.findtext(tag))
