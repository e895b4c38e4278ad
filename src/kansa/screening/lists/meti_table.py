"""METI's End User List (外国ユーザーリスト) as the text of its PDF table.

Columns: No, 国名・地域名 (in both languages), 企業名・組織名 (a Japanese name in brackets), 別名 (parted by ・),
懸念区分 (B, C, M, N), 通常兵器 (CW). Two forms are read: cells parted by tabs or commas, which may hold line breaks,
as table extractors write them; and lines whose cells are two spaces apart, as `pdftotext -layout` writes them. In
the second a row begins on the line of its number. The running number (連番) must be whole.
"""

import re
from collections.abc import Iterator, Sequence

from kansa.errors import BadInput
from kansa.screening.entry import Entry, Place
from kansa.screening.lists.countries import country_code
from kansa.screening.lists.dates import partial_date
from kansa.screening.lists.delimited import rows
from kansa.screening.lists.names_in_brackets import parted
from kansa.screening.lists.reading import Document, Gathering, Reading, Shortfall, clean, names

COLUMNS = 6
_HEADER = re.compile(r"企業名")
_DATE = re.compile(r"\d{4}\s*年\s*\d{1,2}\s*月\s*\d{1,2}\s*日")
_CELL = re.compile(r"\S+(?: \S+)*")
_NUMBER = re.compile(r"[0-9０-９]{1,4}")
_LATIN = re.compile(r"[A-Za-z][A-Za-z' .,()-]*")
_KATAKANA = "\u30a0-\u30ff"
_BULLET_BETWEEN = re.compile(rf"(?<![{_KATAKANA}])[・･]|[・･](?![{_KATAKANA}])")

Row = tuple[Place, list[str]]


def read(documents: Sequence[Document]) -> Reading:
    """Read the table.

    Raises:
        BadInput: `list.form`, if it has no header of the list, or the rows do not begin with their numbers; no entry.
    """
    gathering = Gathering("jp.meti_eul")
    last = 0
    for document in documents:
        text = document.text()
        if not _HEADER.search(text):
            raise BadInput(
                "list.form",
                f"`{document.name}` has no column 企業名・組織名",
                help="give the table's text with its header, as cells (CSV, TSV) or as `pdftotext -layout` writes it",
            )
        if gathering.date is None and (dated := _DATE.search(text)):
            gathering.date = partial_date(dated[0])
        for place, cells in _cells(document, text, gathering):
            number = int(cells[0])
            if number > last + 1:
                gathering.shortfalls.append(Shortfall(document.name, "numbers", number - last - 1))
            for missing in range(last + 1, number):
                gathering.rows += 1
                gathering.reject(place, "No", f"the running number {missing} is missing before {number}")
            if number <= last:
                gathering.reject(place, "No", f"the running number {number} stands after {last}")
                continue
            last = number
            _take(place, cells, gathering)
    return gathering.done()


def _take(place: Place, cells: Sequence[str], gathering: Gathering) -> None:
    number, country, name, aliases, *_ = cells
    code = _country(country)
    if code is None:
        gathering.set_aside(place, "国名・地域名", f"`{clean(country)}` is not a country that is known")
    gathering.add(
        Entry(
            id=f"jp-eul-{int(number)}",
            list="jp.eul",
            schema="Organization",
            names=names(*parted([_one_line(name), *map(_one_line, _BULLET_BETWEEN.split(aliases))])),
            countries=(code,) if code else (),
            place=place,
        )
    )


def _country(cell: str) -> str | None:
    """Return the cell says the country in Japanese and in English; either will do."""
    latin = " ".join(_LATIN.findall(clean(cell)))
    japanese = _LATIN.sub("", clean(cell)).replace(" ", "").strip("()（）")
    return country_code(clean(cell)) or country_code(latin) or country_code(japanese)


def _one_line(cell: str) -> str:
    return clean(cell.translate(str.maketrans("，．＆", ",.&")))


def _cells(document: Document, text: str, gathering: Gathering) -> Iterator[Row]:
    header = next(line for line in text.splitlines() if _HEADER.search(line))
    delimiter = "\t" if "\t" in header else "," if header.count(",") >= COLUMNS - 2 else None
    found = (
        rows(document, gathering, delimiter=delimiter) if delimiter else _laid_out(document, text, gathering)
    )
    for place, cells in found:
        if not _NUMBER.fullmatch(cells[0].strip()):
            gathering.rows -= 1  # titles and headers, on every page again
        elif len(cells) < COLUMNS - 2:
            gathering.reject(place, None, f"the row has {len(cells)} cells, the table {COLUMNS}")
        else:
            yield place, cells


def _laid_out(document: Document, text: str, gathering: Gathering) -> Iterator[Row]:
    """Yield rows of lines, each cell in the column whose header begins nearest."""
    starts: list[int] = []
    row: Row | None = None
    begun = False
    for number, line in enumerate(text.splitlines(), 1):
        if _HEADER.search(line):
            starts, begun = [cell.start() for cell in _CELL.finditer(line)], False
            continue
        found = [(cell.start(), cell[0]) for cell in _CELL.finditer(line)]
        if not starts or not found:
            continue
        if _NUMBER.fullmatch(found[0][1]) and len(found) > 1:
            if row:
                yield row
            gathering.rows += 1
            begun, row = True, (Place(document.name, number), [""] * len(starts))
        elif not begun:
            raise BadInput(
                "list.form",
                f"`{document.name}`, line {number}: a row does not begin with its number",
                help="the table's cells are centred; extract it as cells (CSV, TSV) instead",
            )
        if row:
            for start, cell in found:
                column = min(range(len(starts)), key=lambda each: abs(starts[each] - start))
                row[1][column] = f"{row[1][column]}\n{cell}".strip()
    if row:
        yield row
