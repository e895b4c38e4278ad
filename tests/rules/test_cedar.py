"""The Cedar export agrees with the gate where nothing is missing, and its warning is true where something is."""

import random
from collections import Counter
from collections.abc import Mapping
from typing import Any

import cedarpy
import pytest

from kansa.rules.evaluate import decide
from kansa.rules.loading.library import read_library
from kansa.rules.publish.cedar import WARNING, policies
from kansa.rules.rulebook import Rulebook
from rules.random_packs import CATALOGUE, facts, gate_pack

SEEDS = range(3)


def _ask(parsed: cedarpy.PolicySet, given: Mapping[str, Any]) -> cedarpy.AuthzResult:
    context = {
        name: sorted(value) if isinstance(value, frozenset) else value for name, value in given.items()
    }
    request = {
        "principal": {"type": "Tenant", "id": "t"},
        "action": {"type": "Action", "id": "login"},
        "resource": {"type": "Site", "id": "s"},
        "context": context,
    }
    return cedarpy.is_authorized(request, parsed, [])


@pytest.mark.parametrize("seed", SEEDS)
def test_cedar_permits_exactly_what_the_gate_permits(seed: int) -> None:
    """With every fact known, Allow is permit; hold and deny are both Deny."""
    draw = random.Random(f"cedar {seed}")
    outcomes: Counter[str] = Counter()
    for _ in range(40):
        edition = Rulebook((gate_pack(draw, 6),), CATALOGUE).at(1)
        parsed = cedarpy.PolicySet.from_str(policies(edition, 1))
        for _ in range(4):
            given = facts(draw, missing=0)
            decision, answer = decide(edition, "login", given), _ask(parsed, given)
            assert not answer.diagnostics.errors
            assert answer.allowed == (decision.outcome == "permit")
            outcomes[decision.outcome] += 1

    assert min(outcomes[outcome] for outcome in ("permit", "hold", "deny")) > 3


def test_the_warning_is_true() -> None:
    """With facts missing Cedar allows what the gate does not permit; it says errors every time, so errors must be hold."""
    draw = random.Random("skip")
    allowed = 0
    for _ in range(150):
        edition = Rulebook((gate_pack(draw, 6),), CATALOGUE).at(1)
        parsed = cedarpy.PolicySet.from_str(policies(edition, 1))
        given = facts(draw, missing=0.3)
        answer = _ask(parsed, given)
        if answer.allowed and decide(edition, "login", given).outcome != "permit":
            allowed += 1
            assert answer.diagnostics.errors

    assert allowed > 3


def test_the_shipped_gate_is_cedar_with_the_warning() -> None:
    """What operators get parses, and begins with what they must know."""
    text = policies(read_library().rulebook().at(1_795_305_600_000_000), 1_795_305_600_000_000)
    head = text.partition("@id")[0]

    assert all(line in head for line in WARNING)
    assert cedarpy.PolicySet.from_str(text) is not None
    assert text.count("forbid (") > 30
