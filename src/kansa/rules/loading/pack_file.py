"""Reads a pack from YAML, strictly: everything wrong with it is said at once, with file, line and field."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from kansa.config_files import Section, listing
from kansa.i18n import Words, read_words, words_of
from kansa.rules import pack
from kansa.rules.catalogue import Catalogue
from kansa.rules.citations import NOTHING, Backing, Citation, read_backing
from kansa.rules.conditions import Condition, Operand, tests
from kansa.rules.effective_dates import check_contiguous, read_stretch
from kansa.rules.loading import case_file
from kansa.rules.loading.opened import Opened
from kansa.rules.loading.parse import Scope
from kansa.rules.pack import Pack, Parameter, Rule, Version


def read_pack(opened: Opened, catalogue: Catalogue, citations: Mapping[str, Citation]) -> Pack:
    """Read a pack of kind `flags` or `gate`, and its cases from it or from `<name>.cases.yaml` beside it.

    Raises:
        BadInput: `pack.content`, with everything wrong in it: unknown facts and citations, wrong types, gaps and
            overlaps between versions, ids that stand twice, rules without a case that hits and one that misses.
    """
    section, reader = opened.section, _Reader(opened, catalogue, citations)
    reader.parameters.update({parameter.name: parameter for parameter in reader.read_parameters(section)})
    rules = tuple(reader.rules(section))
    starts = [version.start for rule in rules for version in rule.versions]
    cases = case_file.read_cases(opened.path, section, reader.ids, max(starts, default=0), catalogue)
    case_file.check_covered(section, _conditions(rules), cases)
    header = opened.settled()
    return Pack(header=header, rules=rules, parameters=tuple(reader.parameters.values()), cases=cases)


def _conditions(rules: Iterable[Rule]) -> Iterator[tuple[str, Callable[[int], bool]]]:
    """Yield every condition that a rule has had, and when it stood."""
    for rule in rules:
        for when in dict.fromkeys(version.when for version in rule.versions):
            stood = [version for version in rule.versions if version.when == when]
            yield rule.id, lambda at, stood=stood: any(version.covers(at) for version in stood)  # type: ignore[misc] # bound now


class _Said(NamedTuple):
    when: Condition | None
    words: Words | None
    backing: Backing


_NOTHING = _Said(None, None, NOTHING)


@dataclass(frozen=True, slots=True)
class _Reader:
    """One pack on its way in."""

    opened: Opened
    catalogue: Catalogue
    citations: Mapping[str, Citation]
    parameters: dict[str, Parameter] = field(default_factory=dict)
    ids: set[str] = field(default_factory=set)  # of all rules, those that cannot be used among them

    def read_parameters(self, section: Section) -> Iterator[Parameter]:
        inner = section.section("parameters")
        for name, declared in inner.children() if inner is not None else ():
            value, words, unit = _operand(declared), read_words(declared), declared.text("unit")
            backing = read_backing(declared, self.citations, required=True)
            declared.close()
            if value is not None and words is not None:
                yield Parameter(
                    name=name,
                    value=value,
                    words=words,
                    unit=unit,
                    sources=backing.sources,
                    verified=backing.verified,
                )

    def rules(self, section: Section) -> Iterator[Rule]:
        first: dict[str, int] = {}
        listed = section.sections("rules")
        if not listed:
            section.refuse("`rules` is missing or empty")
        for inner in listed:
            rule = self.rule(inner)
            if rule is None:
                continue
            if rule.id in first:
                inner.refuse(f"`{rule.id}` stands twice, first in line {first[rule.id]}", "id")
            first.setdefault(rule.id, inner.line)
            yield rule

    def rule(self, section: Section) -> Rule | None:
        id_ = self.opened.id(section)
        self.ids.update({id_} if id_ is not None else ())
        gate = self.opened.kind == pack.GATE
        subject = pack.GATE if gate else section.text("subject", required=True)
        outcome = section.choice("outcome", pack.OUTCOMES, required=True) if gate else None
        severity = None if gate else section.choice("severity", pack.SEVERITIES, required=True)
        actions = _actions(section) if gate else ()
        follow_up = tuple(filter(None, map(words_of, section.sections("follow_up"))))
        versions = self.versions(section, subject)
        section.close()
        if id_ is None or subject is None or not versions:
            return None
        return Rule(
            id=id_,
            subject=subject,
            versions=versions,
            outcome=outcome,  # type: ignore[arg-type] # by choice
            actions=actions,
            severity=severity,  # type: ignore[arg-type] # by choice
            follow_up=follow_up,
        )

    def versions(self, section: Section, subject: str | None) -> tuple[Version, ...]:
        common = self.said(section, subject)
        listed = section.sections("versions")
        if not listed:
            section.refuse("`versions` is missing", advice="say from when it holds, and its two statuses")
        read = [self.version(inner, section, subject, common) for inner in listed]
        versions = tuple(version for version in read if version is not None)
        if len(versions) == len(read):
            check_contiguous(section, versions)
        return versions

    def version(self, section: Section, rule: Section, subject: str | None, common: _Said) -> Version | None:
        stretch, own = read_stretch(section), self.said(section, subject, common)
        section.close()
        for name in ("when", "words"):
            if name not in section and name not in rule:
                section.refuse(f"`{name}` is missing, here and above")
        if stretch is None or own.when is None or own.words is None:
            return None
        self.check_verified(section, own.when, own.backing)
        return Version(
            start=stretch.start,
            end=stretch.end,
            text_status=stretch.text_status,
            enforcement_status=stretch.enforcement_status,
            when=own.when,
            words=own.words,
            sources=own.backing.sources,
            verified=own.backing.verified,
        )

    def check_verified(self, section: Section, when: Condition, backing: Backing) -> None:
        """Check that a rule is no surer than the parameters that its condition names."""
        named = {test.parameter for test in tests(when) if test.parameter is not None}
        unsure = sorted(name for name in named if not self.parameters[name].verified)
        if backing.verified and unsure:
            section.refuse(f"is verified, but its parameters are not: {listing(unsure)}")

    def said(self, section: Section, subject: str | None, common: _Said = _NOTHING) -> _Said:
        """Return what a rule says for all its versions; or a version, where it says it itself."""
        when, words, backing = common
        if (entry := section.entry("when")) is not None:
            scope = Scope(self.catalogue, self.parameters, subject, section.sink)
            when = scope.condition(entry, section.at("when"))
        words = read_words(section) if "words" in section else words
        required = common is not _NOTHING
        return _Said(when, words, read_backing(section, self.citations, backing, required=required))


def _actions(section: Section) -> tuple[str, ...]:
    found = section.texts("actions")
    for action in found:
        if action not in pack.ACTIONS:
            section.refuse(f"`{action}` is none of {listing(pack.ACTIONS)}", "actions")
    if not found:
        section.refuse("governs no action", advice=f"name its `actions` among {listing(pack.ACTIONS)}")
    return found


def _operand(section: Section) -> Operand | None:
    entry = section.entry("value")
    plain = entry.plain() if entry is not None else None
    values = plain if isinstance(plain, list) else [plain]
    if not values or not all(type(value) in {bool, int, str} for value in values):
        section.refuse("`value` is missing or is no truth value, integer, text, or list of them")
        return None
    return tuple(sorted(plain)) if isinstance(plain, list) else plain
