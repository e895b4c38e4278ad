"""Reads the cases of a pack: facts, and the rules that must hit, miss or stay unknown. They keep words and rule together.

base: {party.controlled_items: true}        # facts that every case starts from
at: "2025-05-13T00:00:00-04:00"             # when; default: when the latest version of the pack begins
cases:
- {name: …, facts: {party.address_class: residential}, hits: [kansa.…], misses: [], unknown: []}
- {name: …, action: login, outcome: hold}   # a gate pack: the outcome of all its rules
"""

from collections.abc import Callable, Collection, Iterable, Iterator
from pathlib import Path

from kansa.config_files import ProblemCollector, Section, load
from kansa.rules import pack
from kansa.rules.catalogue import Catalogue
from kansa.rules.conditions import Operand
from kansa.rules.effective_dates import read_instant
from kansa.rules.pack import Case

SUFFIX = ".cases.yaml"


def read_cases(
    path: Path, section: Section, ids: Collection[str], at: int, catalogue: Catalogue
) -> tuple[Case, ...]:
    """Return the cases in a pack, and those in `<name>.cases.yaml` beside it; `at` is when, where they do not say it."""
    found = list(_cases(section, ids, at, catalogue))
    beside = path.with_name(path.stem + SUFFIX)
    if beside.exists():
        sink = ProblemCollector(str(beside), section.sink.code)
        other = load(beside, sink)
        _check_same(other, section)
        found += _cases(other, ids, at, catalogue)
        other.close()
        section.sink.problems += sink.problems
    return tuple(found)


def _check_same(section: Section, pack_section: Section) -> None:
    named, own = section.text("pack", required=True), pack_section.text("pack")
    if named is not None and named != own:
        section.refuse(f"`{named}` is not the pack beside it, `{own}`", "pack")


def check_covered(
    section: Section, wanted: Iterable[tuple[str, Callable[[int], bool]]], cases: Iterable[Case]
) -> None:
    """Check that each id has a case that hits it and one that misses it, at an instant at which its condition stood."""
    for id_, stood in wanted:
        then = [case for case in cases if stood(case.at)]
        for asked, named in (
            ("hits", [case.hits for case in then]),
            ("misses", [case.misses for case in then]),
        ):
            if not any(id_ in ids for ids in named):
                section.refuse(
                    f"`{id_}` has no case that {asked}", advice="write one, with `at` if its time is over"
                )


def _cases(section: Section, ids: Collection[str], at: int, catalogue: Catalogue) -> Iterator[Case]:
    base = _facts(section, "base", catalogue)
    common = read_instant(section, "at") or at
    for inner in section.sections("cases"):
        yield _case(inner, {**base, **_facts(inner, "facts", catalogue)}, common, ids)


def _case(section: Section, facts: dict[str, Operand | None], at: int, ids: Collection[str]) -> Case:
    case = Case(
        name=section.text("name", required=True) or "",
        at=read_instant(section, "at") or at,
        facts={name: value for name, value in facts.items() if value is not None},
        hits=_named(section, "hits", ids),
        misses=_named(section, "misses", ids),
        unknown=_named(section, "unknown", ids),
        action=section.choice("action", pack.ACTIONS),
        outcome=section.choice("outcome", pack.OUTCOMES),  # type: ignore[arg-type] # by choice
    )
    if (case.action is None) != (case.outcome is None):
        section.refuse("`action` and `outcome` go together")
    section.close()
    return case


def _named(section: Section, name: str, ids: Collection[str]) -> tuple[str, ...]:
    entry = section.entry(name)
    found = section.texts(name) if entry is not None and entry.value != [] else ()
    for id_ in found:
        if id_ not in ids:
            section.refuse(f"`{id_}` is not in the pack", name)
    return found


def _facts(section: Section, name: str, catalogue: Catalogue) -> dict[str, Operand | None]:
    """Facts of a case; null makes one unknown that the base knows."""
    inner = section.section(name)
    found: dict[str, Operand | None] = {}
    for fact, entry in inner.named() if inner is not None else ():
        declared, plain = catalogue.facts.get(fact), entry.plain()
        if declared is None:
            section.sink.say(f"`{fact}` is not in the catalogue of facts", entry.line, section.at(name))
        elif plain is not None and not declared.fits(plain):
            section.sink.say(f"`{plain}` is no value of `{fact}`", entry.line, section.at(name))
        else:
            found[fact] = tuple(sorted(plain)) if isinstance(plain, list) else plain
    return found
