"""Reads a pack from YAML, strictly: everything wrong with it is said at once, with file, line and field."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

from kansa.clock import format_instant, to_instant
from kansa.rules import pack as packs
from kansa.rules.catalogue import Catalogue
from kansa.rules.citations import STATUSES, Citation, read_confidence, read_verified
from kansa.rules.conditions import Condition, Operand
from kansa.rules.pack import Case, Header, Pack, Parameter, Rule, Source, Version
from kansa.rules.parse import Scope
from kansa.rules.words import read_words, words_of
from kansa.strict_yaml import Entry, Section, Sink, listing, load

CODE = "pack.content"
PREFIX = "kansa."
CASES = ".cases.yaml"

_ID = re.compile(r"kansa(\.[a-z][a-z0-9-]*)+")
_NUMBERED = re.compile(r"(^|[.-])(rf|dd|flag|no|para|rule)?-?\d{1,3}$")


def read_pack(path: Path, catalogue: Catalogue, citations: dict[str, Citation]) -> Pack:
    """Read a pack of kind `flags` or `gate`, and its cases from the file or from `<name>.cases.yaml` beside it.

    Raises:
        BadInput: `pack.content`, with everything wrong in it: unknown facts and citations, wrong types, gaps and
            overlaps between versions, ids that stand twice, rules without a case that hits and one that misses.
    """
    sink = Sink(str(path), CODE)
    section = load(path, sink)
    header = read_header(section)
    reader = _Reader(header, catalogue, citations, sink, {})
    reader.parameters.update((parameter.name, parameter) for parameter in reader.read_parameters(section))
    rules = tuple(reader.rules(section))
    beside = path.with_name(path.stem + CASES)
    cases = [*reader.cases(section, rules)]
    section.close()
    if beside.exists():
        cases += reader.cases_beside(beside, rules)
    reader.covered(rules, cases, section)
    sink.settle("the pack")
    if header is None:  # said above
        raise AssertionError(path)
    return Pack(header=header, rules=rules, parameters=tuple(reader.parameters.values()), cases=tuple(cases))


def read_header(section: Section) -> Header | None:
    """What every pack says of itself; for loaders of other kinds too."""
    id_, version = section.text("pack", required=True), section.text("version", required=True)
    kind = section.choice("kind", packs.KINDS, required=True)
    jurisdiction = section.text("jurisdiction", required=True)
    words = read_words(section)
    if id_ is not None and _ID.fullmatch(id_) is None:
        section.refuse(f"`{id_}` is not `{PREFIX}` and names in lower case", "pack")
    if id_ is None or version is None or kind is None or jurisdiction is None or words is None:
        return None
    return Header(id_, version, kind, jurisdiction, words)  # type: ignore[arg-type] # by choice


def read_instant(section: Section, name: str, *, required: bool = False) -> int | None:
    """An instant with its zone, as µs UTC; null and absent are None."""
    entry = section.entry(name)
    if entry is None or entry.value is None:
        if required:
            section.refuse(f"`{name}` is missing")
        return None
    try:
        moment = datetime.fromisoformat(entry.value)
        if moment.tzinfo is not None:
            return to_instant(moment)
    except (TypeError, ValueError):
        pass
    section.refuse(f"`{entry.value}` is no instant with a zone", name, "write 2025-05-13T00:00:00-04:00")
    return None


@dataclass(frozen=True, slots=True)
class _Reader:
    """One pack on its way in."""

    header: Header | None
    catalogue: Catalogue
    citations: dict[str, Citation]
    sink: Sink
    parameters: dict[str, Parameter]

    def read_parameters(self, section: Section) -> Iterator[Parameter]:
        inner = section.section("parameters")
        for name, declared in inner.children() if inner is not None else ():
            value = _operand(declared)
            words, unit = read_words(declared), declared.text("unit")
            sources = self.sources(declared)
            verified = read_verified(declared, sources[0].confidence if sources else None)
            declared.close()
            if value is not None and words is not None and sources:
                yield Parameter(name=name, value=value, words=words, unit=unit, citation=sources[0].citation,
                                confidence=sources[0].confidence, verified=verified)  # fmt: skip

    def rules(self, section: Section) -> Iterator[Rule]:
        seen: dict[str, int] = {}
        listed = section.sections("rules")
        if not listed:
            section.refuse("`rules` is missing or empty")
        for inner in listed:
            rule = self.rule(inner)
            if rule is None:
                continue
            if rule.id in seen:
                inner.refuse(f"`{rule.id}` stands twice, first in line {seen[rule.id]}", "id")
            seen.setdefault(rule.id, inner.line)
            yield rule

    def rule(self, section: Section) -> Rule | None:
        id_ = self.id(section)
        gate = self.header is not None and self.header.kind == "gate"
        subject = section.text("subject", required=not gate) or packs.GATE
        outcome = section.choice("outcome", packs.OUTCOMES, required=True) if gate else None
        severity = None if gate else section.choice("severity", packs.SEVERITIES, required=True)
        actions = self.actions(section) if gate else ()
        follow_up = tuple(filter(None, map(words_of, section.sections("follow_up"))))
        versions = self.versions(section, subject)
        section.close()
        if id_ is None or not versions:
            return None
        return Rule(id=id_, subject=subject, versions=versions, outcome=outcome, actions=actions,  # type: ignore[arg-type] # by choice
                    severity=severity, follow_up=follow_up)  # type: ignore[arg-type] # fmt: skip

    def id(self, section: Section) -> str | None:
        id_ = section.text("id", required=True)
        if id_ is None or self.header is None:
            return id_
        if _ID.fullmatch(id_) is None or id_.rpartition(".")[0] != self.header.id:
            section.refuse(f"`{id_}` is not `{self.header.id}.` and a name", "id")
        elif _NUMBERED.search(id_):
            section.refuse(f"`{id_}` looks like a regulator's own number", "id", "say what it is about")
        return id_

    def actions(self, section: Section) -> tuple[str, ...]:
        found = section.texts("actions")
        for action in found:
            if action not in packs.ACTIONS:
                section.refuse(f"`{action}` is none of {listing(packs.ACTIONS)}", "actions")
        if not found:
            section.refuse("governs no action", advice=f"name its `actions` among {listing(packs.ACTIONS)}")
        return found

    def versions(self, section: Section, subject: str) -> tuple[Version, ...]:
        common = self.common(section, subject)
        found = [self.version(inner, subject, common) for inner in section.sections("versions")]
        if not found:
            section.refuse(
                "`versions` is missing or empty", advice="say from when it holds, and its two statuses"
            )
        versions = [version for version in found if version is not None]
        for earlier, later in pairwise(versions):
            if earlier.end != later.start:
                until = "open" if earlier.end is None else format_instant(earlier.end)
                fault = (
                    "overlaps" if earlier.end is None or earlier.end > later.start else "leaves a gap after"
                )
                section.refuse(
                    f"the version from {format_instant(later.start)} {fault} the one before, whose end is {until}",
                    "versions",
                )
        return tuple(versions)

    def common(self, section: Section, subject: str) -> dict[str, Any]:
        """What every version takes over from its rule unless it says otherwise itself."""
        sources = self.sources(section)
        confidence = "+".join(source.confidence for source in sources) or None
        entry = section.entry("when")
        return {
            "when": self.condition(entry, section.at("when"), subject) if entry is not None else None,
            "words": read_words(section) if "words" in section else None,
            "sources": sources,
            "verified": read_verified(section, confidence),
        }

    def version(self, section: Section, subject: str, common: dict[str, Any]) -> Version | None:
        start, end = read_instant(section, "from", required=True), read_instant(section, "to")
        statuses = [
            section.choice(name, STATUSES, required=True) for name in ("text_status", "enforcement_status")
        ]
        own = self.common(section, subject)
        said = {name: own[name] if name in _spelled(section) else common[name] for name in common}
        section.close()
        for name, value in said.items():
            if value in (None, ()) and _SPELLED[name] not in section:
                section.refuse(f"`{_SPELLED[name]}` is missing, here and in the rule")
        if start is not None and end is not None and end <= start:
            section.refuse("ends before it begins", "to")
        if start is None or None in statuses or said["when"] is None or said["words"] is None:
            return None
        return Version(start=start, end=end, text_status=statuses[0], enforcement_status=statuses[1], **said)  # type: ignore[arg-type] # by choice

    def condition(self, entry: Entry, place: str, subject: str) -> Condition | None:
        return Scope(self.catalogue, self.parameters, subject, self.sink).condition(entry, place)

    def sources(self, section: Section) -> tuple[Source, ...]:
        found = []
        for inner in section.sections("source"):
            citation = inner.text("citation", required=True)
            confidence = read_confidence(inner)
            locator, ours = inner.text("locator"), inner.text("ours")
            inner.close()
            if citation is not None and citation not in self.citations:
                inner.refuse(f"`{citation}` is not in the citation table", "citation")
            elif citation is not None and confidence is not None:
                found.append(Source(citation, confidence, locator, ours))
        return tuple(found)

    def cases(self, section: Section, rules: tuple[Rule, ...]) -> Iterator[Case]:
        base = self.facts(section, "base")
        starts = [version.start for rule in rules for version in rule.versions]
        at = read_instant(section, "at") or max(starts, default=0)
        for inner in section.sections("cases"):
            yield self.case(inner, base, at, {rule.id for rule in rules})

    def cases_beside(self, path: Path, rules: tuple[Rule, ...]) -> list[Case]:
        sink = Sink(str(path), CODE)
        section = load(path, sink)
        reader = _Reader(self.header, self.catalogue, self.citations, sink, self.parameters)
        named = section.text("pack", required=True)
        if self.header is not None and named not in {None, self.header.id}:
            section.refuse(f"`{named}` is not the pack beside it, `{self.header.id}`", "pack")
        found = list(reader.cases(section, rules))
        section.close()
        self.sink.problems += sink.problems
        return found

    def case(self, section: Section, base: dict[str, Operand | None], at: int, ids: set[str]) -> Case:
        facts = {**base, **self.facts(section, "facts")}
        named = {
            field: section.texts(field) if _listed(section, field) else ()
            for field in ("hits", "misses", "unknown")
        }
        for field, rules in named.items():
            for rule in rules:
                if rule not in ids:
                    section.refuse(f"`{rule}` is no rule of the pack", field)
        case = Case(
            name=section.text("name", required=True) or "",
            at=read_instant(section, "at") or at,
            facts={name: value for name, value in facts.items() if value is not None},
            action=section.choice("action", packs.ACTIONS),
            outcome=section.choice("outcome", packs.OUTCOMES),  # type: ignore[arg-type] # by choice
            **named,
        )
        if (case.action is None) != (case.outcome is None):
            section.refuse("`action` and `outcome` go together")
        section.close()
        return case

    def facts(self, section: Section, name: str) -> dict[str, Operand | None]:
        """Facts of a case; null makes one unknown that the base knows."""
        inner = section.section(name)
        found: dict[str, Operand | None] = {}
        for fact, entry in inner.named() if inner is not None else ():
            declared, plain = self.catalogue.facts.get(fact), entry.plain()
            if declared is None:
                self.sink.say(f"`{fact}` is not in the catalogue of facts", entry.line, section.at(name))
            elif plain is not None and not declared.fits(plain):
                self.sink.say(f"`{plain}` is no value of `{fact}`", entry.line, section.at(name))
            else:
                found[fact] = tuple(sorted(plain)) if isinstance(plain, list) else plain
        return found

    def covered(self, rules: tuple[Rule, ...], cases: list[Case], section: Section) -> None:
        """Every condition that a rule has had needs a case that hits it and one that misses it."""
        for rule in rules:
            for when in dict.fromkeys(version.when for version in rule.versions):
                then = [
                    case
                    for case in cases
                    if (version := rule.at(case.at)) is not None and version.when == when
                ]
                for field in ("hits", "misses"):
                    if not any(rule.id in getattr(case, field) for case in then):
                        section.refuse(
                            f"`{rule.id}` has no case that {field}",
                            "rules",
                            "a rule that nobody has seen hit and miss is not used",
                        )


_SPELLED = {"when": "when", "words": "words", "sources": "source", "verified": "verified"}


def _spelled(section: Section) -> set[str]:
    return {name for name, field in _SPELLED.items() if field in section}


def _listed(section: Section, name: str) -> bool:
    """Whether a list is given that is not empty; an empty one says the same as none."""
    entry = section.entry(name)
    return entry is not None and entry.value != []


def _operand(section: Section) -> Operand | None:
    entry = section.entry("value")
    plain = entry.plain() if entry is not None else None
    values = plain if isinstance(plain, list) else [plain]
    if not values or not all(type(value) in {bool, int, str} for value in values):
        section.refuse(
            "must be a truth value, an integer, a text, or a list of them", "value" if entry else None
        )
        return None
    return tuple(sorted(plain)) if isinstance(plain, list) else plain
