"""Lists in open forms: own ones as CSV and JSON Lines, and FollowTheMoney entities."""

import json

from kansa.screening.entry import Address, Identifier, Name
from kansa.screening.lists import formats
from kansa.screening.lists.countries import country_at_start, country_code
from kansa.screening.lists.dates import partial_date, partial_dates
from kansa.screening.lists.reading import Document, Reading


def _read(format_: str, text: str, name: str | None = None) -> Reading:
    return formats.read(format_, [Document("Watch List.2026.txt", text.encode())], name)


def test_an_own_list_as_csv_says_what_its_columns_say() -> None:
    """Several values in one cell are parted by semicolons; numbers are identifiers of their kind."""
    text = (
        "id,name,schema,aliases,countries,birth_dates,lei,corporate_number\n"
        "7,例示自動車株式会社,Company,Example Motor;Reiji,日本;US,,5493001KJTIIGC8Y1R12,1234567890123\n"
    )

    (entry,) = _read("csv", text).entries

    assert (entry.id, entry.list, entry.schema) == ("7", "own.watch list", "Organization")
    assert entry.names == (
        Name("例示自動車株式会社"),
        Name("Example Motor", "strong"),
        Name("Reiji", "strong"),
    )
    assert entry.countries == ("JP", "US")
    assert entry.identifiers == (
        Identifier("lei", "5493001KJTIIGC8Y1R12"),
        Identifier("jp_corporate_number", "1234567890123"),
    )


def test_rows_without_an_id_keep_theirs_from_edition_to_edition() -> None:
    """The id is made of what tells the row apart, so the same row next month is the same entry."""
    first = _read("csv", "name,country\nAcme,DE\nBravo,FR\n").entries
    again = _read("csv", "name,country,address\nBravo,FR,Paris\nAcme,DE,Bonn\n").entries

    assert [entry.id for entry in first] == [entry.id for entry in reversed(again)]


def test_the_open_form_takes_names_with_tier_and_language() -> None:
    """A name is a text or says its tier; addresses may say their country; an id may be a number."""
    row = {
        "id": 7,
        "names": ["Acme", {"text": "アクメ", "tier": "weak", "language": "ja", "script": "Kana"}],
        "aliases": ["Acme Trading"],
        "schema": "LegalEntity",
        "addresses": ["1 Road", {"text": "2 Street", "country": "GB"}],
        "list": "own.denied",
    }

    (entry,) = _read("jsonl", json.dumps(row)).entries

    assert (entry.id, entry.list, entry.schema) == ("7", "own.denied", None)
    assert entry.names == (
        Name("Acme"),
        Name("Acme Trading", "strong"),
        Name("アクメ", "weak", script="Kana", language="ja"),
    )
    assert entry.addresses == (Address("1 Road"), Address("2 Street", "GB"))


def test_an_own_list_is_called_as_its_owner_says() -> None:
    """`--name` is the publication; a publisher's own list cannot be renamed."""
    assert _read("jsonl", '{"id":"1","names":["A"]}', "own.denied").publication == "own.denied"


def test_entities_of_followthemoney_are_read_and_others_counted() -> None:
    """Names by property, addresses from nested entities; sanctions, addresses and relatives are passed over, counted."""
    rows = [
        {
            "id": "NK-1",
            "schema": "Company",
            "datasets": ["xx_list"],
            "target": True,
            "properties": {
                "name": ["Acme GmbH"],
                "alias": ["Acme"],
                "weakAlias": ["ACM"],
                "jurisdiction": ["de"],
                "leiCode": ["5493001KJTIIGC8Y1R12"],
                "addressEntity": [{"id": "a", "properties": {"full": ["1 Weg, Bonn"]}}],
            },
        },
        {"id": "NK-2", "schema": "LegalEntity", "properties": {"name": ["Bravo"], "birthDate": ["1970-03"]}},
        {"id": "NK-3", "schema": "Person", "target": False, "properties": {"name": ["A relative"]}},
        {"id": "NK-4", "schema": "Sanction", "properties": {}},
    ]

    reading = _read("opensanctions", "\n".join(map(json.dumps, rows)))

    company, unknown = reading.entries
    assert (company.list, company.schema, company.countries) == (
        "opensanctions.xx_list",
        "Organization",
        ("DE",),
    )
    assert [(name.text, name.tier) for name in company.names] == [
        ("Acme GmbH", "primary"),
        ("Acme", "strong"),
        ("ACM", "weak"),
    ]
    assert company.addresses == (Address("1 Weg, Bonn"),)
    assert company.identifiers == (Identifier("lei", "5493001KJTIIGC8Y1R12"),)
    assert (unknown.schema, unknown.birth_dates) == (None, ("1970-03",))
    assert reading.passed_over == {"not a target": 1, "schema Sanction": 1}
    assert reading.rows == 4


def test_dates_are_cut_to_what_is_known() -> None:
    """Every way in which the lists write them; what is no date is none."""
    read = {
        text: partial_date(text)
        for text in ("1971", "15 Mar 1971", "Mar 1971", "03/15/1971", "2025年9月12日")
    }
    assert list(read.values()) == ["1971", "1971-03-15", "1971-03", "1971-03-15", "2025-09-12"]
    assert partial_date("circa 1958.") == "1958"
    assert partial_dates("1979 to 1981") == partial_dates("circa 1979-1981") == ("1979", "1980", "1981")
    assert [partial_date(text) for text in ("", "soon", "1971-13", "31 Foo 1971", "99/99/1971")] == [None] * 5


def test_countries_are_known_by_many_names() -> None:
    """Codes, short and long names, English and Japanese, and cells into which the next one ran."""
    names = (
        "kp",
        "North Korea",
        "Democratic People's Republic of Korea",
        "Korea, North",
        "北朝鮮",
        "Region: Gaza",
    )
    assert [country_code(name) for name in names] == ["KP", "KP", "KP", "KP", "KP", "PS"]
    assert country_code("Atlantis") is country_code("ZZ") is None
    assert country_at_start("People's Republic of China BVI Electronics") == ("CN", "BVI Electronics")
    assert country_at_start("Chinatown Ltd") == (None, "Chinatown Ltd")
