"""OFAC's SDN and consolidated lists: headerless CSV in three joined files, `-0-` for null, 0x1A at the end.

A primary, address or alias file without its end mark was cut, or opened and saved by something else: the edition is called
partial. Files are told apart by their number of columns: primary 12, addresses 6, aliases 5, further remarks 2. Weak aliases,
birth dates and identifiers stand in the remarks. Layout: OFAC, "Specially Designated Nationals List, Data
Formats & Data Schemas", dat_spec.txt.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from kansa.errors import BadInput, Problem
from kansa.screening.entry import Address, Entry, Identifier, Place
from kansa.screening.lists.countries import country_code
from kansa.screening.lists.dates import partial_dates
from kansa.screening.lists.delimited import rows
from kansa.screening.lists.reading import Document, Gathering, Reading, Shortfall, clean, names, once
from kansa.screening.lists.us import identifier, schema_of

PRIMARY, ADDRESS, ALIAS, REMARKS = 12, 6, 5, 2
_END_MARK = b"\x1a"
_NAMED = {PRIMARY: "primary", ADDRESS: "addresses", ALIAS: "aliases", REMARKS: "further remarks"}
_WEAK = re.compile(r"a\.k\.a\. '([^']+(?:'[^';]+)*)'")
_BORN = re.compile(r"(?:^|; |alt\. )DOB ([^;]+)")
_NATION = re.compile(r"(?:nationality|citizen) ([^;.]+)")
_IDENTIFIED = re.compile(
    r"(?:^|; )(?:alt\. )?"
    r"((?:[A-Z][A-Za-z.'#/ -]*?)?(?:ID No\.|ID Number|No\.|Number|#|ID|IMO|MMSI|BIC|Passport))"
    r" ([^;(]+)(?:\(([^;)]+)\))?"
)
_NOWHERE = frozenset({"", "undetermined"})
# consolidated programs that are lists of their own
_LISTS = {
    "NS-PLC": "us.plc",
    "UKRAINE-EO13662": "us.ssi",
    "RUSSIA-EO14024": "us.mbs",
    "CMIC-EO13959": "us.cmic",
    "561-RELATED": "us.cap",
}


@dataclass(slots=True)
class _Parts:
    """What the files say of one number."""

    aliases: list[tuple[Place, list[str]]] = field(default_factory=list)
    addresses: list[tuple[Place, list[str]]] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)


def read_sdn(documents: Sequence[Document]) -> Reading:
    """Read sdn.csv, add.csv, alt.csv and, if given, sdn_comments.csv.

    Raises:
        BadInput: `list.files`, if one of the first three is missing; a file that is none of these; no entry.
    """
    _refuse(documents, consolidated=True)
    return _read(documents, Gathering("us.ofac_sdn"), lambda _: "us.sdn")


def read_consolidated(documents: Sequence[Document]) -> Reading:
    """Read cons_prim.csv, cons_add.csv, cons_alt.csv and, if given, cons_comments.csv.

    Raises:
        BadInput: as `read_sdn`.
    """
    _refuse(documents, consolidated=False)
    return _read(documents, Gathering("us.ofac_cons"), _consolidated)


def _refuse(documents: Sequence[Document], *, consolidated: bool) -> None:
    """The two lists have the same columns; OFAC tells them apart by the files' names, and so can we."""
    official = _CONSOLIDATED if consolidated else _SDN
    problems = [
        Problem(
            "list.files", f"is a file of the {'consolidated' if consolidated else 'SDN'} list", file=each.name
        )
        for each in documents
        if each.name.casefold() in official
    ]
    if problems:
        other = "ofac-cons" if consolidated else "ofac-sdn"
        raise BadInput(
            "list.files", "these are files of another list", problems=problems, help=f"add them as `{other}`"
        )


_SDN = frozenset({"sdn.csv", "sdn_comments.csv"})  # add.csv and alt.csv say nothing
_CONSOLIDATED = frozenset({"cons_prim.csv", "cons_add.csv", "cons_alt.csv", "cons_comments.csv"})


def _consolidated(programs: Sequence[str]) -> str:
    return next((_LISTS[program] for program in programs if program in _LISTS), "us.cons")


def _read(
    documents: Sequence[Document], gathering: Gathering, list_of: Callable[[Sequence[str]], str]
) -> Reading:
    primary, parts = _joined(documents, gathering)
    for place, row in primary:
        _take(place, row, parts.pop(row[0].strip(), _Parts()), gathering, list_of)
    for number, left in parts.items():
        for place, _ in (*left.aliases, *left.addresses):
            gathering.reject(place, "ent_num", f"`{number}` is not in the primary file")
    return gathering.done()


def _joined(
    documents: Sequence[Document], gathering: Gathering
) -> tuple[list[tuple[Place, list[str]]], dict[str, _Parts]]:
    primary: list[tuple[Place, list[str]]] = []
    parts: dict[str, _Parts] = defaultdict(_Parts)
    seen: set[int] = set()
    for document in documents:
        cuts = len(gathering.shortfalls)
        found = list(rows(document, gathering, encoding=_encoding(document)))
        width = Counter(len(row) for _, row in found).most_common(1)[0][0] if found else 0
        if width not in _NAMED:
            raise BadInput(
                "list.form",
                f"`{document.name}` has {width} columns; OFAC's files have 12, 6, 5 or 2",
                help="give the primary, address and alias files as OFAC publishes them",
            )
        seen.add(width)
        if width != REMARKS and not document.data.rstrip(b"\r\n").endswith(_END_MARK):
            gathering.shortfalls[cuts:] = [Shortfall(document.name, "end_mark")]
        for place, row in found:
            if len(row) != width:
                gathering.reject(place, None, f"the row has {len(row)} cells, its file {width}")
            elif width == PRIMARY:
                primary.append((place, row))
            elif width == REMARKS:
                parts[row[0].strip()].remarks.append(row[1])
            else:
                of = parts[row[0].strip()]
                (of.aliases if width == ALIAS else of.addresses).append((place, row))
    if missing := [_NAMED[width] for width in (PRIMARY, ADDRESS, ALIAS) if width not in seen]:
        raise BadInput(
            "list.files",
            f"the file of {' and of '.join(missing)} is missing",
            help="give all three files of one edition: without its aliases a list hides names",
        )
    return primary, parts


def _encoding(document: Document) -> str:
    """OFAC has written UTF-8, and before that Windows-1252."""
    try:
        document.data.decode()
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8-sig"


def _take(
    place: Place,
    row: list[str],
    parts: _Parts,
    gathering: Gathering,
    list_of: Callable[[Sequence[str]], str],
) -> None:
    number, name, type_, program, _, _, _, _, _, flag, _, remark = map(_value, row)
    remarks = " ".join((remark, *map(_value, parts.remarks)))
    programs = once(program.replace("[", "").replace("]", ";").split(";"))
    schema = schema_of(type_) or "Organization"
    addresses, countries = _addresses(parts.addresses, gathering)
    nations = [code for text in (*_NATION.findall(remarks), flag) if text and (code := country_code(text))]
    strong = [_value(alias[3]) for _, alias in parts.aliases]
    gathering.add(
        Entry(
            id=f"ofac-{number}",
            list=list_of(programs),
            schema=schema,
            names=names(([name], "primary"), (strong, "strong"), (_WEAK.findall(remarks), "weak")),
            countries=once((*countries, *nations)),
            addresses=addresses,
            birth_dates=_births(place, remarks, gathering) if schema == "Person" else (),
            identifiers=_identifiers(remarks),
            programs=programs,
            place=place,
        )
    )


def _value(cell: str) -> str:
    plain = clean(cell)
    return "" if plain == "-0-" else plain


def _addresses(
    given: Sequence[tuple[Place, list[str]]], gathering: Gathering
) -> tuple[tuple[Address, ...], list[str]]:
    found: dict[Address, None] = {}
    countries: list[str] = []
    for place, row in given:
        street, city, country = (_value(cell) for cell in row[2:5])
        code = country_code(country)
        if code:
            countries.append(code)
        elif country.casefold() not in _NOWHERE:
            gathering.set_aside(place, "country", f"`{country}` is not a country that is known")
        if text := ", ".join(part for part in (street, city) if part):
            found[Address(text, code)] = None
    return tuple(found), countries


def _births(place: Place, remarks: str, gathering: Gathering) -> tuple[str, ...]:
    found: list[str] = []
    for text in _BORN.findall(remarks):
        dates = partial_dates(text)
        if not dates:
            gathering.set_aside(place, "remarks", f"`{text.strip()}` is not a date of birth")
        found += dates
    return once(found)


def _identifiers(remarks: str) -> tuple[Identifier, ...]:
    found = (identifier(kind, value, country) for kind, value, country in _IDENTIFIED.findall(remarks))
    return tuple(dict.fromkeys(each for each in found if each))
