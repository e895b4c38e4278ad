"""How fast are gate decisions and flags: the shipped packs, beside CEL and Cedar on the same rules and facts, in one run.

    python benchmarks/rules.py [--rounds 9] [--write]

All are asked in turns, round after round, so that their ratios mean something on a noisy machine. What is timed is one
answer from facts as a dictionary; CEL and Cedar have to convert them, which is part of the price of asking them. Before
anything is timed, all must agree on every request. `--write` puts the tables into docs/benchmarks/rules.md.
"""

import argparse
import os
import platform
import random
import statistics
import sys
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any, NamedTuple

import cedarpy
import cel

from kansa.rules.evaluate import collect, decide
from kansa.rules.loading.library import Library, read_library
from kansa.rules.pack import Case
from kansa.rules.publish.cedar import policies
from kansa.rules.rulebook import EffectiveRules, RuleSet

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "tests" / "rules"))
from as_cel import as_cel  # type: ignore[import-not-found] # noqa: E402 - the translation that the tests hold true

PAGE = ROOT / "docs" / "benchmarks" / "rules.md"
AT = 1_795_305_600_000_000  # 2026-11-22T00:00Z
ACTION, SUBJECT = "schedule", "party"
REQUESTS = 1_000

Facts = Mapping[str, Any]


class Engine(NamedTuple):
    """One way to answer: its name, how it is asked, and how many requests it gets in a round."""

    name: str
    ask: Callable[[Facts], object]
    requests: int


class Question(NamedTuple):
    """What is asked, of how many rules, at what bar, and who answers."""

    title: str
    rules: int
    facts: int
    bar: int
    engines: Sequence[Engine]
    requests: Sequence[Facts]
    answers: Counter[str]


def main() -> None:
    """Measure, and say or write it."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    library = read_library()
    edition = library.rulebook().at(AT)
    draw = random.Random("kansa benchmark")
    text = _page(
        [
            _measured(asked, options.rounds)
            for asked in (gate(library, edition, draw), flags(library, edition, draw))
        ]
    )
    if options.write:
        PAGE.parent.mkdir(exist_ok=True)
        PAGE.write_text(text, "utf-8")
    print(text)


def gate(library: Library, edition: EffectiveRules, draw: random.Random) -> Question:
    """Requests to place a workload."""
    panel = edition.gate(ACTION)
    cases = [case for pack in library.packs if pack.header.kind == "gate" for case in pack.cases]
    asked = _requests(panel, cases, draw)
    programs = _programs(panel)
    parsed = cedarpy.PolicySet.from_str(policies(edition, AT))
    for facts in asked:
        decision = decide(edition, ACTION, facts)
        _must_agree(_truths(panel, facts), [bool(program.execute(_context(facts))) for program in programs])
        _must_agree([decision.outcome == "permit"], [_cedar(parsed, facts).allowed])
    engines = (
        Engine("Kansa", lambda facts: decide(edition, ACTION, facts), REQUESTS),
        Engine(f"CEL (common-expression-language {version('common-expression-language')})", lambda facts: _cel(programs, facts), 100),
        Engine(f"Cedar (cedarpy {version('cedarpy')}, parsed policies)", lambda facts: _cedar(parsed, facts), 100),
    )  # fmt: skip
    outcomes = Counter(decide(edition, ACTION, facts).outcome for facts in asked)
    return Question(
        "Gate decisions", len(panel.rules), len(panel.facts), 50_000, engines, asked, Counter(outcomes)
    )


def flags(library: Library, edition: EffectiveRules, draw: random.Random) -> Question:
    """Parties, each asked every flag."""
    panel = edition.flags(SUBJECT)
    cases = [case for pack in library.packs if pack.header.kind == "flags" for case in pack.cases]
    asked = _requests(panel, cases, draw)
    programs = _programs(panel)
    for facts in asked:
        _must_agree(_truths(panel, facts), [bool(program.execute(_context(facts))) for program in programs])
    engines = (
        Engine("Kansa", lambda facts: collect(edition, SUBJECT, facts), REQUESTS),
        Engine(f"CEL (common-expression-language {version('common-expression-language')})", lambda facts: _cel(programs, facts), 100),
    )  # fmt: skip
    raised = Counter(f"{len(collect(edition, SUBJECT, facts).raised):2} raised" for facts in asked)
    return Question(
        "Evaluations of all flags about a party",
        len(panel.rules),
        len(panel.facts),
        80_000,
        engines,
        asked,
        raised,
    )


def _requests(panel: RuleSet, cases: Sequence[Case], draw: random.Random) -> list[Facts]:
    """Facts near to what no rule minds: each request changes up to three of them to another value from the cases."""
    against = {bound.rule.id for bound in panel.rules if bound.rule.outcome != "permit"}
    values: dict[str, list[Any]] = {name: [] for name in sorted(panel.facts)}
    usual: dict[str, Any] = {}
    for case in cases:
        for name in values.keys() & case.facts.keys():
            given = case.facts[name]
            values[name].append(frozenset(given) if isinstance(given, tuple) else given)
            if not against & {*case.hits}:
                usual[name] = values[name][-1]
    usual.update({name: found[0] for name, found in values.items() if name not in usual})
    made: list[Facts] = []
    for _ in range(REQUESTS):
        changed = draw.sample(sorted(values), draw.choice([0, 1, 2, 3]))
        made.append({**usual, **{name: draw.choice(values[name]) for name in changed}})
    return made


def _programs(panel: RuleSet) -> list[cel.Program]:
    return [cel.compile(as_cel(bound.version.when)) for bound in panel.rules]


def _context(facts: Facts) -> cel.Context:
    plain = {name: list(value) if isinstance(value, frozenset) else value for name, value in facts.items()}
    return cel.Context({"f": plain})


def _cel(programs: Sequence[cel.Program], facts: Facts) -> list[Any]:
    context = _context(facts)
    return [program.execute(context) for program in programs]


def _cedar(parsed: cedarpy.PolicySet, facts: Facts) -> cedarpy.AuthzResult:
    plain = {name: list(value) if isinstance(value, frozenset) else value for name, value in facts.items()}
    request = {
        "principal": {"type": "Tenant", "id": "t"},
        "action": {"type": "Action", "id": ACTION},
        "resource": {"type": "Site", "id": "s"},
        "context": plain,
    }
    return cedarpy.is_authorized(request, parsed, [])


def _truths(panel: RuleSet, facts: Facts) -> list[bool]:
    found = panel.answers(facts)
    if any(n < 0 for n in found):
        raise SystemExit("a request lacks a fact, so that Cedar cannot be compared")
    return [n in found for n in range(len(panel.rules))]


def _must_agree(ours: list[bool], theirs: list[bool]) -> None:
    if ours != theirs:
        raise SystemExit("the engines do not agree")


class Measured(NamedTuple):
    """Answers a second of processor time (median of the rounds), and microseconds an answer."""

    asked: Question
    rates: Mapping[str, float]
    p50: Mapping[str, float]
    p99: Mapping[str, float]


def _measured(asked: Question, rounds: int) -> Measured:
    rates: dict[str, list[float]] = {engine.name: [] for engine in asked.engines}
    single: dict[str, list[int]] = {engine.name: [] for engine in asked.engines}
    for _ in range(rounds):
        for engine in asked.engines:
            requests = asked.requests[: engine.requests]
            began = time.process_time()
            for facts in requests:
                engine.ask(facts)
            rates[engine.name].append(len(requests) / (time.process_time() - began))
            for facts in requests:
                start = time.perf_counter_ns()
                engine.ask(facts)
                single[engine.name].append(time.perf_counter_ns() - start)
    return Measured(
        asked,
        {name: statistics.median(found) for name, found in rates.items()},
        {name: statistics.quantiles(found, n=100)[49] / 1e3 for name, found in single.items()},
        {name: statistics.quantiles(found, n=100)[98] / 1e3 for name, found in single.items()},
    )


def _page(measured: Sequence[Measured]) -> str:
    lines = [
        "<!-- Written by `python benchmarks/rules.py --write`; do not edit. -->",
        "",
        "# How fast rules are answered",
        "",
        "The shipped packs in one process and one thread, beside CEL and Cedar on the same rules and facts. All agree on every",
        f"request before anything is timed. {platform.machine()}, {os.cpu_count()} cores shared with other work, Python {platform.python_version()}:",
        "compare inside a table.",
    ]
    for found in measured:
        asked = found.asked
        told = ", ".join(f"{name}: {count}" for name, count in sorted(asked.answers.items()))
        lines += [
            "",
            f"## {asked.title}",
            "",
            f"{asked.rules} rules over {asked.facts} facts, {len(asked.requests):,} requests ({told}). Bar: {asked.bar:,}.",
            "",
            "| engine | a second of one core | p50 µs | p99 µs | Kansa is faster by |",
            "|---|---:|---:|---:|---:|",
        ]
        ours = found.rates["Kansa"]
        lines += [
            f"| {name} | {rate:,.0f} | {found.p50[name]:.1f} | {found.p99[name]:.1f} | {ours / rate:.1f}× |"
            for name, rate in found.rates.items()
        ]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
