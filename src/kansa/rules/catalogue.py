"""The facts that a rule may name, and no others: `catalogue.yaml` declares them, `Catalogue` holds them.

A set of facts is a flat mapping from name to value: `bool`, `int`, `str`, or a collection of `str` for `texts`.
A fact that is absent or None is unknown. So is one whose value does not fit its declaration: a fault in whatever
computed it must not read as "no flag".
"""

import re
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any, Literal

import msgspec

from kansa.config_files import ProblemCollector, Section, load
from kansa.i18n import Words, read_words

Type = Literal["bool", "int", "text", "texts"]
TYPES: tuple[Type, ...] = ("bool", "int", "text", "texts")
SOURCES = ("registers", "table", "question", "standing", "request")
SHIPPED = Path(__file__).with_name("catalogue.yaml")
TERMS = Path(__file__).with_name("terms.yaml")

_NAME = re.compile(r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)+")


class Fact(msgspec.Struct, frozen=True, omit_defaults=True):
    """One declared fact.

    `values` are all that a text, or a member of texts, may be; empty: any text. `subjects` are what a rule about
    which it may serve. `records` are the kinds behind it, without `kansa.` and `.v0`.
    """

    name: str
    type: Type
    source: str
    subjects: tuple[str, ...]
    words: Words
    unit: str | None = None
    values: tuple[str, ...] = ()
    records: tuple[str, ...] = ()

    def fits(self, value: Any) -> bool:
        """Tell whether a value is one that this fact may have."""
        if self.type == "texts":
            return type(value) in _COLLECTIONS and _are_texts(value, self.values)
        if self.type == "text":
            return type(value) is str and (not self.values or value in self.values)
        return type(value) is (bool if self.type == "bool" else int)


_COLLECTIONS = frozenset({frozenset, tuple, list, set})


def _are_texts(members: Collection[Any], values: Collection[str]) -> bool:
    """Tell whether all are texts, and among the values if there are any; by the fastest that Python has for each."""
    try:
        return all(map(values.__contains__, members)) if values else "".join(members) is not None
    except TypeError:
        return False


class Catalogue(msgspec.Struct, frozen=True):
    """All declared facts, by name; how their values and units read in Japanese."""

    facts: Mapping[str, Fact]
    values_ja: Mapping[str, str] = {}
    units_ja: Mapping[str, str] = {}

    def value(self, value: str, language: str) -> str:
        """Return a value as a reader sees it."""
        plain = value.replace("_", " ")
        return self.values_ja.get(value, plain) if language == "ja" else plain

    def unit(self, unit: str, language: str) -> str:
        """Return a unit as a reader sees it, after a number."""
        return self.units_ja.get(unit, unit) if language == "ja" else f" {unit}"

    def known(self, facts: Mapping[str, Any]) -> dict[str, Any]:
        """Return the facts that are declared, have a value, and whose value fits."""
        return {
            name: value
            for name, value in facts.items()
            if value is not None and name in self.facts and self.facts[name].fits(value)
        }


def read_catalogue(path: Path = SHIPPED) -> Catalogue:
    """Read a catalogue file: a mapping from the name of a fact to its declaration.

    Raises:
        BadInput: `catalogue.fact`, with everything wrong in it.
    """
    sink = ProblemCollector(str(path), "catalogue.fact")
    found = {}
    for name, section in load(path, sink).children():
        fact = _fact(name, section)
        if fact is not None:
            found[name] = fact
    sink.settle("the catalogue of facts")
    return Catalogue(found, *_terms())


def _terms() -> tuple[dict[str, str], dict[str, str]]:
    """Return the Japanese of values and of units."""
    sink = ProblemCollector(str(TERMS), "catalogue.term")
    section = load(TERMS, sink)
    read = [section.section(name) for name in ("values", "units")]
    values, units = (
        {name: found for name, _ in part.named() if (found := part.text(name)) is not None} if part else {}
        for part in read
    )
    section.close()
    sink.settle("the terms of the catalogue")
    return values, units


def _fact(name: str, section: Section) -> Fact | None:
    if _NAME.fullmatch(name) is None:
        section.refuse(f"`{name}` is not a name such as `party.country`")
    type_ = section.choice("type", TYPES, required=True)
    source = section.choice("source", SOURCES, required=True)
    subjects, values = section.texts("subjects"), section.texts("values")
    if not subjects:
        section.refuse("says nothing that it is about", advice="name its `subjects`")
    if values and type_ not in {"text", "texts"}:
        section.refuse("only texts have a list of values", "values")
    if len(set(values)) != len(values):
        section.refuse("a value stands twice", "values")
    words, unit, records = read_words(section), section.text("unit"), section.texts("records")
    section.close()
    if type_ is None or source is None or words is None:
        return None
    return Fact(name, type_, source, subjects, words, unit, values, records)  # type: ignore[arg-type] # by choice
