"""Japan's export bans on named organisations of Russia, Belarus and third countries: notices of the Foreign Ministry.

The text of the PDF: numbered entries with a Japanese name (別称 in brackets), an English name, `a.k.a.` with a list
of dashes or 別称： with semicolons, and 所在地. Entries run into each other without a line break, numbers are of half
or full width, lines break inside names. 所在地 parts the entries; the running number (連番) must be whole.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from kansa.errors import BadInput
from kansa.screening.entry import Address, Entry, Name, Place
from kansa.screening.lists.countries import country_code
from kansa.screening.lists.dates import partial_date
from kansa.screening.lists.reading import Document, Gathering, Reading, clean
from kansa.screening.lists.written_together import apart

# the notice's number, by which list it is
_NOTICES = {
    "令和四年外務省告示第八十二号": ("jp.mofa_russia", "jp.russia", "RU"),
    "令和四年外務省告示第百四号": ("jp.mofa_belarus", "jp.belarus", "BY"),
    "令和五年外務省告示第四百四十七号": ("jp.mofa_third", "jp.third_countries", None),
}
_JAPANESE = r"\u3005\u3040-\u30ff\u3400-\u9fff\uff66-\uff9f"
_CJK = re.compile(rf"[{_JAPANESE}、。，；：（）「」『』･＝]")
_ADDRESS = re.compile(r"所\s*在\s*地\s*[：:]")
_NUMBER = re.compile(r"(?<![0-9０-９])([0-9０-９]{1,4})[ \u3000](?=\S)")
_UPDATED = re.compile(r"最終更新日[：:]([^\n]+)")
_BRACKETED = re.compile(r"[（(]\s*別\s*称\s*[、､：:]\s*(.*?)[）)](?![^（(]*[）)])", re.DOTALL)
_CHINESE = re.compile(r"[（(]([\u4e00-\u9fff、\n]+)[）)]")
_KNOWN_AS = re.compile(
    r",?\s*(?:a\.k\.a\.?,?\s*)?(?:the\s*)?follow(?:ing)?\s+(\w+?)\s*alias(?:es)?\s*[:：]|,?\s*a\.k\.a\.?,?\s+",
    re.IGNORECASE,
)
_LATER_ALIASES = re.compile(r"別称[：:]")
_DASH = re.compile(r"(?:^|\n|;\s*(?:and\s*)?|\s(?=—))\s*[-‐－―–—]\s*")
_LAST_JAPANESE = re.compile(rf".*[{_JAPANESE}）」。]", re.DOTALL)
_SEMICOLON = re.compile(r"[;；]")
_JOINT = re.compile(r"[;；,]?\s*(?:and)?\s*$")
_TITLE = re.compile(r"\s+")
_COUNTS = {
    "one": 1,
    "two": 2,
    "three": 3,
    "four": 4,
    "five": 5,
    "six": 6,
    "seven": 7,
    "eight": 8,
    "nine": 9,
    "ten": 10,
    "eleven": 11,
    "twelve": 12,
}
_MAX_HEADER = 6_000
"""Characters. A longer text between two addresses is none that an entry begins with."""


@dataclass(frozen=True, slots=True)
class _Part:
    """The text of one entry, still with its line breaks, and the line on which it begins."""

    number: int
    line: int
    head: str
    address: str


def read(documents: Sequence[Document]) -> Reading:
    """Read the text of one notice.

    Raises:
        BadInput: `list.files`, if it is not exactly one; `list.form`, if it is none of the three; no entry.
    """
    if len(documents) != 1:
        raise BadInput(
            "list.files", "give one notice at a time", help="each notice is a list with editions of its own"
        )
    (document,) = documents
    text = document.text()
    publication, list_, country = _notice(document, text)
    gathering = Gathering(publication)
    if updated := _UPDATED.search(text):
        gathering.date = partial_date(updated[1])
    for part in _parts(document, text, gathering):
        place = Place(document.name, part.line)
        addresses = tuple(_addresses(part.address))
        countries = [address.country for address in addresses if address.country] or [country or ""]
        gathering.add(
            Entry(
                id=f"{list_}-{part.number}",
                list=list_,
                schema="Organization",
                names=_names(part.head),
                countries=tuple(dict.fromkeys(code for code in countries if code)),
                addresses=addresses,
                place=place,
            )
        )
    return gathering.done()


def _notice(document: Document, text: str) -> tuple[str, str, str | None]:
    """Return the notice that is named first: a notice may cite others."""
    title = _TITLE.sub("", text[:2_000])
    named = {title.find(number): notice for number, notice in _NOTICES.items() if number in title}
    if not named:
        raise BadInput(
            "list.form",
            f"`{document.name}` names none of the notices {', '.join(_NOTICES)}",
            help="give the text of the PDF, its title included, such as `pdftotext` writes it",
        )
    return named[min(named)]


def _parts(document: Document, text: str, gathering: Gathering) -> Iterator[_Part]:
    """Yield the entries: from the number that comes next, through 所在地, to the number after."""
    marks = list(_ADDRESS.finditer(text))
    heads: list[tuple[int, int, int, re.Match[str]]] = []
    after, expected = 0, 1
    for mark in marks:
        gathering.rows += 1
        place = Place(document.name, text.count("\n", 0, mark.start()) + 1)
        found = _numbered(text, after, mark.start(), expected)
        if found is None:
            gathering.reject(place, "連番", f"before this address the running number {expected} is missing")
            expected = _guess(text, after, mark.start()) or expected
            found = _numbered(text, after, mark.start(), expected)
        if found is not None:
            heads.append((expected, found.start(), found.end(), mark))
            expected += 1
        after = mark.end()
    for position, (number, start, head, mark) in enumerate(heads):
        end = heads[position + 1][1] if position + 1 < len(heads) else len(text)
        yield _Part(
            number,
            text.count("\n", 0, start) + 1,
            text[head : mark.start()].strip(),
            text[mark.end() : end].strip(),
        )


def _numbered(text: str, after: int, before: int, number: int) -> re.Match[str] | None:
    """Return where an entry of this number begins: at the start of a line if it can, else run into the text before."""
    found = [
        m for m in _NUMBER.finditer(text, max(after, before - _MAX_HEADER), before) if int(m[1]) == number
    ]
    at_line = [m for m in found if m.start() == 0 or text[m.start() - 1] == "\n"]
    run_in = [m for m in found if _CJK.search(text, m.end(), min(before, m.end() + 40))]
    return next(iter((*at_line, *run_in)), None)


def _guess(text: str, after: int, before: int) -> int | None:
    """After a number was lost: the number that stands at a line's start and is followed by Japanese."""
    for found in _NUMBER.finditer(text, after, before):
        if (found.start() == 0 or text[found.start() - 1] == "\n") and _CJK.match(text, found.end()):
            return int(found[1])
    return None


def _names(head: str) -> tuple[Name, ...]:
    head, _, later = _split(_LATER_ALIASES, head)
    head, count, aliases = _split(_KNOWN_AS, head)
    expected = _COUNTS.get((count or "").lower())
    bracketed = [
        each for found in _BRACKETED.findall(head) for each in _japanese_list(_joined(found), expected)
    ]
    head = _BRACKETED.sub("", head)
    chinese = [each for found in _CHINESE.findall(head) for each in _japanese_list(_joined(found), None)]
    japanese, english = _two_languages(_CHINESE.sub("", head))
    known = apart(map(_joined, _DASH.split(aliases)))
    member = japanese.rpartition("、")[2] if "。" not in japanese else ""  # `group、member of the group`
    found = [
        *(Name(text, "primary", language=language) for text, language in ((japanese, "ja"), (english, "en"))),
        *(Name(text, "strong", language="zh") for text in chinese),
        *(Name(_trimmed(text), "strong") for text in (member, *bracketed, *known, *_later(later))),
    ]
    first: dict[str, Name] = {}
    for name in found:
        first.setdefault(name.text, name)
    return tuple(name for name in first.values() if name.text)


def _split(pattern: re.Pattern[str], text: str) -> tuple[str, str | None, str]:
    """Return what stands before a match, the match's group if it has one, and what comes after."""
    found = pattern.search(text)
    if found is None:
        return text, None, ""
    return text[: found.start()], found[1] if found.re.groups else None, text[found.end() :]


def _two_languages(head: str) -> tuple[str, str]:
    """Return the Japanese name runs to the end of the line of its last Japanese character, or to that character."""
    found = _LAST_JAPANESE.match(head)
    if found is None:
        return "", _joined(head)
    line = head.find("\n", found.end())
    cut = line if line >= 0 and head[line:].strip() else found.end()
    return _joined(head[:cut]), _joined(head[cut:])


def _japanese_list(text: str, expected: int | None) -> list[str]:
    """`A、B及びC` is three unless the English list has as many as 、 parts: 及び may stand in a name."""
    parts = re.split(r"[、､]", text)
    last, joint, final = parts[-1].rpartition("及び")
    if joint and last.strip() and expected != len(parts):
        parts[-1:] = [last, final]
    return parts


def _later(text: str) -> list[str]:
    """別称： has Japanese names first, then Latin ones from a new line on; semicolons part both."""
    lines = text.split("\n")
    latin = next((n for n, line in enumerate(lines) if line.strip() and not _CJK.search(line)), len(lines))
    return [
        *(
            each
            for part in _SEMICOLON.split(_joined("\n".join(lines[:latin])))
            for each in _japanese_list(part, None)
        ),
        *_SEMICOLON.split(_joined("\n".join(lines[latin:]))),
    ]


def _trimmed(text: str) -> str:
    return clean(_JOINT.sub("", text).removesuffix("。"))


def _joined(text: str) -> str:
    """Lines joined: nothing between Japanese, nothing after a hyphen, otherwise a space."""
    whole = ""
    for line in filter(None, (each.strip() for each in text.split("\n"))):
        tight = not whole or whole.endswith("-") or _CJK.match(whole[-1]) or _CJK.match(line)
        whole += line if tight else f" {line}"
    return clean(whole)


def _addresses(text: str) -> Iterator[Address]:
    for each in _SEMICOLON.split(text):
        if plain := _joined(each).removeprefix("and ").rstrip(". "):
            last = reversed(re.split(r"[,.] ?", plain)[-3:])
            yield Address(plain, next((code for part in last if (code := country_code(part))), None))
