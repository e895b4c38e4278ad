"""Workbooks written by hand, so that they may hold what no program would write."""

import zipfile
from pathlib import Path

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_DOCUMENT = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"


def inline(ref: str, text: str) -> str:
    """A cell with its text in it."""
    return f'<c r="{ref}" t="inlineStr"><is><t>{text}</t></is></c>'


def line(number: int, *cells: str) -> str:
    """A row of cells; texts become cells of the columns A, B, …, and what begins with `<` is taken as it is."""
    made = (
        cell if cell.startswith("<") or not cell else inline(f"{chr(65 + place)}{number}", cell)
        for place, cell in enumerate(cells)
    )
    return f'<row r="{number}">{"".join(made)}</row>'


def sheet(*rows: str, after: str = "", before: str = "") -> str:
    """A worksheet part."""
    return f'<?xml version="1.0"?>{before}<worksheet xmlns="{_MAIN}"><sheetData>{"".join(rows)}</sheetData>{after}</worksheet>'


def book(
    path: Path,
    worksheet: str,
    *,
    shared: str = "",
    styles: str = "",
    since_1904: bool = False,
    twice: bool = False,
) -> Path:
    """Write a workbook of one sheet `S`."""
    relations = "".join(
        f'<Relationship Id="r{number}" Type="{_DOCUMENT}/{kind}" Target="{target}"/>'
        for number, (kind, target) in enumerate(
            [
                ("worksheet", "worksheets/sheet1.xml"),
                ("sharedStrings", "sharedStrings.xml"),
                ("styles", "styles.xml"),
            ]
        )
    )
    calendar = '<workbookPr date1904="1"/>' if since_1904 else ""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        archive.writestr(
            "_rels/.rels",
            f'<Relationships xmlns="{_PACKAGE}"><Relationship Id="r" Type="{_DOCUMENT}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        )
        archive.writestr(
            "xl/workbook.xml",
            f'<workbook xmlns="{_MAIN}" xmlns:r="{_DOCUMENT}">{calendar}<sheets><sheet name="S" sheetId="1" r:id="r0"/></sheets></workbook>',
        )
        archive.writestr(
            "xl/_rels/workbook.xml.rels", f'<Relationships xmlns="{_PACKAGE}">{relations}</Relationships>'
        )
        archive.writestr("xl/sharedStrings.xml", f'<sst xmlns="{_MAIN}">{shared}</sst>')
        archive.writestr("xl/styles.xml", f'<styleSheet xmlns="{_MAIN}">{styles}</styleSheet>')
        archive.writestr("xl/worksheets/sheet1.xml", worksheet)
        if twice:
            archive.writestr("xl/worksheets/Sheet1.xml", worksheet)
    return path
