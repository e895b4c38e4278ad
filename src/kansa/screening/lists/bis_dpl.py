"""BIS's Denied Persons List: quoted, tab-separated, twelve columns with a header; 15 CFR 764, Supplement 2.

The list numbers nobody and says of nobody whether it is a person: entries have made ids and no schema.
"""

from collections.abc import Sequence

from kansa.screening.entry import Address, Entry
from kansa.screening.lists.countries import country_code
from kansa.screening.lists.delimited import ends_in_a_line, table
from kansa.screening.lists.reading import Document, Gathering, Reading, clean, made_id, names

COLUMNS = (
    "Name",
    "Street_Address",
    "City",
    "State",
    "Country",
    "Postal_Code",
    "Effective_Date",
    "Expiration_Date",
    "Standard_Order",
    "Last_Update",
    "Action",
    "FR_Citation",
)


def read(documents: Sequence[Document]) -> Reading:
    """Read dpl.txt.

    Raises:
        BadInput: a column is missing, or there is no entry.
    """
    gathering = Gathering("us.bis_dpl")
    for document in documents:
        for place, row in table(document, gathering, needed=COLUMNS, delimiter="\t"):
            name, street, city, state, country, postal = (clean(row[c.casefold()]) for c in COLUMNS[:6])
            code = country_code(country) if country else None
            if country and code is None:
                gathering.set_aside(place, "Country", f"`{country}` is not a country that is known")
            text = ", ".join(part for part in (street, city, state, postal) if part)
            gathering.add(
                Entry(
                    id=f"us.dpl-{made_id(name, street, row['effective_date'])}",
                    list="us.dpl",
                    names=names(([name], "primary")),
                    countries=(code,) if code else (),
                    addresses=(Address(text, code),) if text else (),
                    place=place,
                )
            )
        ends_in_a_line(document, gathering)
    return gathering.done()
