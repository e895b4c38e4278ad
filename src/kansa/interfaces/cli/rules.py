"""`kansa rules`: what is required and what is suspicious, where it comes from, and how sure we are of it."""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

from cyclopts import App, Parameter

from kansa.clock import SystemClock, format_instant
from kansa.errors import BadInput
from kansa.interfaces.cli.options import Language, instant
from kansa.interfaces.cli.output import Json, Page, show
from kansa.lazy_imports import lazy_imports
from kansa.texts import Words

with lazy_imports():
    import msgspec

    from kansa.rules import cases
    from kansa.rules.assessable import untold
    from kansa.rules.citations import is_practice
    from kansa.rules.loading.library import Library, read_library
    from kansa.rules.pack import Pack, Rule, Version
    from kansa.rules.publish.cedar import policies
    from kansa.rules.publish.pack_pages import (
        OUTCOME,
        SEVERITY,
        STATUS,
        checked,
        pack_page,
        rule_page,
        unassessable,
    )
    from kansa.rules.publish.sentence import sentence, wording_hash
    from kansa.rules.tables import TablePack

app = App(
    name="rules",
    help="What is required and what is suspicious under the law in force on a date. Evidence, not legal advice.",
)
for _name, _summary in (
    (
        "impact",
        "Say what adopting packs would change: past decisions, today's findings, people's clearances.",
    ),
    ("adopt", "Show the holds and flags that packs would cause, then record that they are used from now on."),
    ("reading", "Record a dated reading of a rule whose status is unknown; it counts until it ends."),
):
    app.command(f"kansa.interfaces.cli.rules_impact:{_name}", name=_name, help=_summary)

for _name, _summary in (
    ("suspend", "Record that a rule is suspended from a time on, with its source; its pack stays as it is."),
    ("reinstate", "Record that a suspension of a rule ends at a time, with its source."),
):
    app.command(f"kansa.interfaces.cli.rules_status:{_name}", name=_name, help=_summary)

_COUNTED = Words(
    "{rules} rules: {verified} verified, {practice} our practice, {cannot_be_assessed} that cannot be assessed",
    "規則{rules}件：原文確認済み{verified}件、製品の実務{practice}件、評価できないもの{cannot_be_assessed}件",
)
_TESTED = Words(
    "{packs} packs, {rules} rules: {cases} cases asked, {failed} answered otherwise than they say",
    "規程パック {packs} 件、規則 {rules} 件：事例 {cases} 件を確かめ、期待と異なるもの {failed} 件",
)
_NO_VERSION = Words("no version then", "この時点の版なし")

Packs = Annotated[
    tuple[Path, ...],
    Parameter(
        name="--packs", help="A folder of packs of your own; takes the place of packs with the same id."
    ),
]
Lang = Annotated[Language, Parameter(help="The language of the text.")]
AtTime = Annotated[str | None, Parameter(name="--as-of", help="The time to ask about; default now.")]


@app.command(name="list")
def list_(*, at: AtTime = None, packs: Packs = (), language: Lang = "en", as_json: Json = False) -> int:
    """List packs and rules: version, status at a time, and whether anyone compared them with the official text."""
    library, moment = _library(packs), _moment(at)
    counted = _counted(library, moment)
    value = {
        "at": format_instant(moment),
        "counted": counted,
        "packs": [_listed(pack, moment) for pack in library.asked],
    }
    show(
        as_json,
        value,
        [*_lines(library, moment, language), _COUNTED.in_(language).format(**counted)],
    )
    return 0


@app.command(name="show")
def show_(
    name: Annotated[
        str, Parameter(help="The id of a rule or of a pack; its last part is enough if it is the only one.")
    ],
    /,
    *,
    packs: Packs = (),
    language: Lang = "en",
    as_json: Json = False,
) -> int:
    """Show a rule or a pack: words, the sentence of its condition, versions, statuses, sources, confidence, cases."""
    library = _library(packs)
    pack, rule = _named(library, name)
    if rule is not None and isinstance(pack, Pack):
        show(as_json, _shown(rule, pack, library), Page(rule_page(rule, pack, library, language)))
    else:
        told = msgspec.to_builtins(pack) | {"meaning": pack.meaning}
        show(as_json, told, Page(pack_page(pack, library, language)))
    return 0


@app.command(name="test")
def ask(*, packs: Packs = (), as_json: Json = False) -> int:
    """Ask every pack its cases. Exit 1 if one is answered otherwise."""
    library = read_library(packs, check=False)
    failed = [failure for pack in library.asked for failure in cases.failures(pack, library.catalogue)]
    value = {
        "packs": len(library.asked) + len(library.others),
        "rules": sum(len(pack.rules) for pack in library.packs),
        "cases": sum(len(pack.cases) for pack in library.asked),
        "failed": len(failed),
    }
    show(
        as_json,
        {**value, "failures": msgspec.to_builtins(failed)},
        [*map(str, failed), _TESTED.say(**value)],
    )
    return 1 if failed else 0


@app.command
def export(
    *,
    cedar: Annotated[  # noqa: ARG001 - the only form there is, said aloud
        bool, Parameter(negative=(), help="As Cedar policies; hold is a forbid, see the warning in it.")
    ],
    at: AtTime = None,
    packs: Packs = (),
    output: Annotated[Path | None, Parameter(name=("--output", "-o"), help="Write it here.")] = None,
) -> int:
    """Write the gate rules as they stand at a time for another decision point."""
    moment = _moment(at)
    text = policies(_library(packs).rulebook().at(moment), moment)
    if output is None:
        show(as_json=False, value={}, text=Page(text))
    else:
        output.write_text(text, "utf-8")
    return 0


def _library(packs: tuple[Path, ...]) -> Library:
    return read_library(packs)


def _moment(at: str | None) -> int:
    return SystemClock().now() if at is None else instant(at, "--as-of") or 0


def _named(library: Library, name: str) -> tuple[Pack | TablePack, Rule | None]:
    found: dict[str, tuple[Pack | TablePack, Rule | None]] = {pack.id: (pack, None) for pack in library.asked}
    found |= {rule.id: (pack, rule) for pack in library.packs for rule in pack.rules}
    called = [name] if name in found else [id_ for id_ in found if id_.endswith(f".{name}")]
    if len(called) != 1:
        what = f"names several: {', '.join(called)}" if called else "is no rule and no pack"
        raise BadInput("rules.name", f"`{name}` {what}", help="see `kansa rules list`")
    return found[called[0]]


def _listed(pack: Pack | TablePack, at: int) -> dict[str, Any]:
    about = {**msgspec.to_builtins(pack.header), "meaning": pack.meaning}
    if isinstance(pack, TablePack):
        return {**about, "tables": [table.id for table in pack.tables]}
    return {**about, "rules": [_state(rule, at) for rule in pack.rules]}


def _state(rule: Rule, at: int) -> dict[str, Any]:
    version = rule.at(at)
    fixed = {"id": rule.id, "subject": rule.subject, "severity": rule.severity, "outcome": rule.outcome}
    if version is None:
        return {**fixed, "standing": "no_version"}
    return {
        **fixed,
        "text_status": version.text_status,
        "enforcement_status": version.enforcement_status,
        "standing": version.standing,
        **_assured(version),
        "confidence": [source.confidence for source in version.sources],
    }


def _assured(version: Version) -> dict[str, Any]:
    """Return what stands behind a version: practice is never verified, and what no record tells is not assessed."""
    own = is_practice(source.confidence for source in version.sources)
    return {
        "verified": version.verified and not own,
        "practice": own,
        "cannot_be_assessed": list(untold(version)),
    }


def _counted(library: Library, at: int) -> dict[str, int]:
    """Return how many rules stand at an instant, and how many of them are verified, practice, or cannot be assessed."""
    standing = [version for pack in library.packs for rule in pack.rules if (version := rule.at(at))]
    assured = [_assured(version) for version in standing]
    return {
        "rules": len(standing),
        "verified": sum(each["verified"] for each in assured),
        "practice": sum(each["practice"] for each in assured),
        "cannot_be_assessed": sum(bool(each["cannot_be_assessed"]) for each in assured),
    }


def _lines(library: Library, at: int, language: Language) -> Iterator[str]:
    for pack in library.asked:
        header = pack.header
        yield f"{header.id}  {header.version}  {header.kind}  {header.jurisdiction}  {header.words.in_(language)}"
        if isinstance(pack, TablePack):
            yield from (f"    {_last(table.id):42}  {table.words.in_(language)}" for table in pack.tables)
        else:
            yield from (
                f"    {_last(rule.id):42}  {_rule_summary(rule, at, language)}" for rule in pack.rules
            )
    for header in library.others:
        yield f"{header.id}  {header.version}  {header.kind}  {header.jurisdiction}  {header.words.in_(language)}"


def _rule_summary(rule: Rule, at: int, language: Language) -> str:
    weight = OUTCOME[rule.outcome] if rule.outcome else SEVERITY[rule.severity] if rule.severity else None
    version = rule.at(at)
    if version is None:
        parts = [weight, _NO_VERSION]
    else:
        statuses = dict.fromkeys((version.text_status, version.enforcement_status))
        parts = [weight, *(STATUS[status] for status in statuses), _mark(version), *unassessable(version)]
    return " · ".join(words.in_(language) for words in parts if words is not None)


def _mark(version: Version) -> Words:
    mark = checked(version.verified, (source.confidence for source in version.sources))
    return Words(mark.en.strip("*"), mark.ja.strip("*"))


def _last(id_: str) -> str:
    return id_.rpartition(".")[2]


def _shown(rule: Rule, pack: Pack, library: Library) -> dict[str, Any]:
    told = msgspec.to_builtins(rule)
    for version, plain in zip(rule.versions, told["versions"], strict=True):
        plain.update(_assured(version))
        plain["sentence"] = msgspec.to_builtins(sentence(version.when, library.catalogue))
        plain["wording_hash"] = wording_hash(version, library.catalogue)
        plain["citations"] = [
            msgspec.to_builtins(library.citations[source.citation]) for source in version.sources
        ]
    about = [case for case in pack.cases if rule.id in {*case.hits, *case.misses, *case.unknown}]
    return {**told, "pack": msgspec.to_builtins(pack.header), "cases": msgspec.to_builtins(about)}
