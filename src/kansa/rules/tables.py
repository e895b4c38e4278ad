"""Tables by date: which group a country is in, which paragraph an item meets, which tier a use has.

pack: kansa.us.country-groups
kind: groups
tables:
- id: kansa.us.country-groups.countries
  words: {en: …, ja: …}
  source: {citation: …, confidence: C}
  versions:
  - from: …                              # as in rules: `to`, `text_status`, `enforcement_status`
    rows:
    - {value: "D:5", keys: [AF, BY, …]}                     # by key
    - {value: 3A090.a, when: {item.tpp: {ge: 4800}}}        # by facts
cases:                                   # every row with `when` is hit and missed; `hits` name its value
- {name: …, facts: {item.tpp: 4800}, hits: [3A090.a], misses: [3A090.b]}
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import msgspec

from kansa.config_files import Section
from kansa.i18n import Words, read_words
from kansa.records import canonical
from kansa.rules.catalogue import Catalogue
from kansa.rules.citations import Backing, Citation, Source, read_backing
from kansa.rules.conditions import Condition, truth
from kansa.rules.effective_dates import Stretch, check_contiguous, read_stretch
from kansa.rules.loading import case_file
from kansa.rules.loading.opened import Opened
from kansa.rules.loading.parse import Scope
from kansa.rules.pack import Case, Header

FORM = "kansa-tables-1"


class Row(msgspec.Struct, frozen=True, omit_defaults=True):
    """A value, and what has it: keys, or facts that meet a condition."""

    value: str
    keys: tuple[str, ...] = ()
    when: Condition | None = None


class TableVersion(Stretch, frozen=True, omit_defaults=True, kw_only=True):
    """What a table said in a stretch of time. `verified`: someone compared it with the official text."""

    rows: tuple[Row, ...]
    sources: tuple[Source, ...]
    verified: bool = False


class Met(msgspec.Struct, frozen=True):
    """The values that facts meet, and those of which that is not known, in the order of the rows."""

    values: tuple[str, ...]
    unknown: tuple[str, ...]


class Table(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """One table in its versions."""

    id: str
    words: Words
    versions: tuple[TableVersion, ...]

    def at(self, instant: int) -> TableVersion | None:
        """Return the version that is in force at an instant (µs UTC), if any is."""
        return next((v for v in self.versions if v.covers(instant) and v.standing == "binds"), None)

    def of(self, key: str, instant: int) -> frozenset[str] | None:
        """Return the values that a key has at an instant; None, which is unknown, where no version is in force."""
        version = self.at(instant)
        return None if version is None else frozenset(row.value for row in version.rows if key in row.keys)

    def met(self, facts: Mapping[str, Any], instant: int) -> Met | None:
        """Return the values whose condition known facts meet at an instant; None where no version is in force."""
        version = self.at(instant)
        if version is None:
            return None
        answers = [(row.value, truth(row.when, facts)) for row in version.rows if row.when is not None]
        return Met(
            tuple(value for value, met in answers if met),
            tuple(value for value, met in answers if met is None),
        )


class TablePack(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """A pack of kind `groups`. In its cases the values of rows stand where rules do in others."""

    header: Header
    tables: tuple[Table, ...]
    cases: tuple[Case, ...] = ()

    @property
    def id(self) -> str:
        return self.header.id

    @property
    def meaning(self) -> str:
        """The meaning hash: SHA-256, in hexadecimal, of the canonical bytes of everything but the cases."""
        content = msgspec.json.decode(msgspec.json.encode(self))
        content.pop("cases", None)
        return hashlib.sha256(canonical.encode({"form": FORM, "pack": content})).hexdigest()


def read_tables(opened: Opened, catalogue: Catalogue, citations: Mapping[str, Citation]) -> TablePack:
    """Read a pack of kind `groups`.

    Raises:
        BadInput: `pack.content`, with everything wrong in it.
    """
    section, reader = opened.section, _Reader(opened, catalogue, citations)
    tables = tuple(filter(None, map(reader.table, section.sections("tables"))))
    if not tables:
        section.refuse("`tables` is missing or empty")
    conditions = list(_conditions(tables))
    starts = [version.start for table in tables for version in table.versions]
    values = {value for value, _ in conditions}
    cases = case_file.read_cases(opened.path, section, values, max(starts, default=0), catalogue)
    case_file.check_covered(section, conditions, cases)
    return TablePack(header=opened.settled(), tables=tables, cases=cases)


def _conditions(tables: Iterable[Table]) -> Iterator[tuple[str, Callable[[int], bool]]]:
    """Yield every row with a condition, and when it stood."""
    for version in (version for table in tables for version in table.versions):
        for row in version.rows:
            if row.when is not None:
                yield row.value, version.covers


@dataclass(frozen=True, slots=True)
class _Reader:
    opened: Opened
    catalogue: Catalogue
    citations: Mapping[str, Citation]

    def table(self, section: Section) -> Table | None:
        id_, words = self.opened.id(section), read_words(section)
        backing = read_backing(section, self.citations)
        read = [self.version(inner, backing) for inner in section.sections("versions")]
        versions = tuple(version for version in read if version is not None)
        if not read:
            section.refuse("`versions` is missing", advice="say from when it holds, and its two statuses")
        elif len(versions) == len(read):
            check_contiguous(section, versions)
        section.close()
        if id_ is None or words is None or not versions:
            return None
        return Table(id=id_, words=words, versions=versions)

    def version(self, section: Section, common: Backing) -> TableVersion | None:
        stretch, backing = read_stretch(section), read_backing(section, self.citations, common, required=True)
        rows = tuple(filter(None, map(self.row, section.sections("rows"))))
        if not rows:
            section.refuse("`rows` is missing or empty")
        section.close()
        if stretch is None:
            return None
        return TableVersion(
            start=stretch.start,
            end=stretch.end,
            text_status=stretch.text_status,
            enforcement_status=stretch.enforcement_status,
            rows=rows,
            sources=backing.sources,
            verified=backing.verified,
        )

    def row(self, section: Section) -> Row | None:
        value, entry = section.text("value", required=True), section.entry("when")
        keys = section.texts("keys")
        if (entry is None) == (not keys):
            section.refuse("a row has either `keys` or `when`")
        scope = Scope(self.catalogue, {}, None, section.sink)
        when = scope.condition(entry, section.at("when")) if entry is not None else None
        section.close()
        return None if value is None else Row(value, tuple(sorted(keys)), when)
