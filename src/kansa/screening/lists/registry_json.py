"""METI's End User List and MOFCOM's lists as one JSON array an issuer, in the form of an open registry.

`country` is the issuer's, not the entity's. Where the country's cell ran into the name's, `entity_name` is empty
and `addresses` holds both; they are parted again. MOFCOM names Japanese firms in Chinese characters as aliases.
"""

import re
from collections.abc import Sequence
from typing import Any

import msgspec

from kansa.errors import BadInput
from kansa.screening.entry import Address, Entry, Place
from kansa.screening.lists.countries import country_at_start
from kansa.screening.lists.names_in_brackets import parted
from kansa.screening.lists.reading import Document, Gathering, Reading, Shortfall, clean, names, once

_METI = {"jp-end-user-list": "jp.eul"}
_MOFCOM = {
    "cn-attention-list": "cn.attention",
    "cn-export-control-watchlist": "cn.control",
    "cn-unreliable-entity-list": "cn.unreliable",
}
_POST_CODE = re.compile(r"（邮编：[^）]*）")
_AND_OTHERS = re.compile(r"(?:公司)?(?:及其|等)[^A-Za-z]*$")


class _Row(msgspec.Struct):
    id: str
    list_id: str
    entity_name: str
    aliases: list[str] = []
    addresses: list[str] = []


def read_meti(documents: Sequence[Document]) -> Reading:
    """Read METI's End User List (外国ユーザーリスト).

    The running numbers (連番) must be whole: a number that is missing is a row that was lost.

    Raises:
        BadInput: not such a file; no entry.
    """
    gathering = Gathering("jp.meti_eul")
    seen: dict[int, Place] = {}
    for place, row in _rows(documents, gathering, _METI):
        country, left = country_at_start(clean(" ".join(row.addresses)))
        if country is None:
            gathering.set_aside(place, "addresses", f"`{left}` does not begin with a country that is known")
        name = clean(row.entity_name) or left
        number = row.id.rpartition("-")[2]
        if number.isdecimal():
            seen[int(number)] = place
        gathering.add(
            Entry(
                id=row.id,
                list="jp.eul",
                schema="Organization",
                names=names(*parted([name, *row.aliases])),
                countries=(country,) if country else (),
                place=place,
            )
        )
    lost = sorted(set(range(1, max(seen, default=0) + 1)) - seen.keys())
    if lost:
        gathering.shortfalls.append(Shortfall(documents[0].name, "numbers", len(lost)))
    for missing in lost:
        gathering.rows += 1
        gathering.reject(Place(documents[0].name, missing), "id", f"the running number {missing} is missing")
    return gathering.done()


def read_mofcom(documents: Sequence[Document]) -> Reading:
    """Read MOFCOM's control, attention and unreliable-entity lists (管控名单, 关注名单, 不可靠实体清单).

    Raises:
        BadInput: not such a file; no entry.
    """
    gathering = Gathering("cn.mofcom")
    for place, row in _rows(documents, gathering, _MOFCOM):
        said = [clean(row.entity_name), *row.aliases]
        trimmed = [_AND_OTHERS.sub("", text) for text in said]
        addresses = [clean(_POST_CODE.sub("", text)) for text in row.addresses]
        countries = [country_at_start(text)[0] or "" for text in addresses]
        gathering.add(
            Entry(
                id=row.id,
                list=_MOFCOM[row.list_id],
                schema="Organization",
                names=names((said[:1], "primary"), (said[1:], "primary"), (trimmed, "strong")),
                countries=once(countries),
                addresses=tuple(
                    Address(text, code or None)
                    for text, code in zip(addresses, countries, strict=True)
                    if text
                ),
                place=place,
            )
        )
    return gathering.done()


def _rows(
    documents: Sequence[Document], gathering: Gathering, lists: dict[str, str]
) -> "list[tuple[Place, _Row]]":
    found: list[tuple[Place, _Row]] = []
    for document in documents:
        for number, value in enumerate(_array(document), 1):
            place = Place(document.name, number)
            gathering.rows += 1
            try:
                row = msgspec.convert(value, _Row)
            except msgspec.ValidationError as error:
                gathering.reject(place, None, f"the row does not fit: {error}")
                continue
            if row.list_id in lists:
                found.append((place, row))
            else:
                gathering.reject(place, "list_id", f"`{row.list_id}` is none of {', '.join(lists)}")
    return found


def _array(document: Document) -> list[Any]:
    try:
        value = msgspec.json.decode(document.data)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise BadInput("list.json", f"`{document.name}` is not JSON: {error}") from error
    if not isinstance(value, list):
        raise BadInput("list.form", f"`{document.name}` is not a JSON array of entries")
    return value
