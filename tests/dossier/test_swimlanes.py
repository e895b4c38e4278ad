from collections import defaultdict
from dataclasses import replace
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from coherence.instants import LAST_TICK, worlds
from kansa.coherence.sweep import sweep
from kansa.dossier.report.findings.swimlanes import coverage_of, swimlanes
from kansa.registers.directory import Directory
from kansa.registers.rows import Tables, Use


@given(worlds(), st.integers(0, 6), st.one_of(st.none(), st.integers(0, LAST_TICK)))
def test_the_lanes_of_a_tenant_say_what_all_evidence_says_of_its_uses(
    tables: Tables, grace: int, log_began: int | None
) -> None:
    """Leaving out the evidence of others changes nothing."""
    tables = _ended(tables)
    groups: dict[Any, list[Use]] = defaultdict(list)
    for use in tables.use:
        groups[use.tenant_id, use.end_user_id].append(use)

    lanes = swimlanes(tables, (), Directory(), grace=grace, log_began=log_began)

    told = sorted((str(lane.coverage) for lane in lanes), key=str)
    each = [
        sweep(replace(tables, use=tuple(uses)), grace=grace, log_began=log_began) for uses in groups.values()
    ]
    assert told == sorted(str(coverage_of(swept.result)) for swept in each)


@given(worlds(), st.booleans())
def test_a_generated_placement_is_named_so_wherever_it_is_drawn(tables: Tables, made: bool) -> None:  # noqa: FBT001
    """Every stretch of a workload whose placement was generated carries the mark, and no other does."""
    generated = frozenset({"w"} if made else ())

    lanes = swimlanes(_ended(tables), (), Directory(), grace=0, log_began=None, generated=generated)

    assert all(place.generated is made for lane in lanes for place in lane.placements)


def _ended(tables: Tables) -> Tables:
    """The uses that lanes are drawn of: cut to a period, each with an id of its own."""
    whole = {
        use.use_id: use for use in tables.use if None not in (use.use_id, use.start, use.end, use.weight)
    }
    return replace(tables, use=tuple(whole.values()))
