"""Who can close a gap is the party that a contract names, in tables as in registers."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from coherence.files import ids_as_integers, read_rows, write_tables
from coherence.instants import worlds
from kansa.clock import HOUR
from kansa.coherence.assess import assess_tables
from kansa.coherence.responsibilities import BY_CONTRACT, Duties
from kansa.coherence.why import Why
from kansa.errors import BadInput
from kansa.registers.rows import ContractParty, Custody, Installed, Responsibility, Supply, Tables, Use

STORY = Tables(
    use=tuple(
        Use(f"u{n}", unit, tenant, "e", "p", "i", "s", n * HOUR, 10 * HOUR, "", 1, "measured", ())
        for n, (unit, tenant) in enumerate([("d1", "t1"), ("n1", "t2"), ("d3", "t1"), ("d4", "t3")])
    ),
    custody=tuple(
        Custody(device, site, 0, None, 0, None, "measured", ())
        for device, site in (("d1", "s2"), ("d3", "s"), ("d4", "s"))
    ),
    installed=(Installed("d2", "n1", "s", 0, 5 * HOUR),),
    supply=(Supply("d1", "import", 0, ()), Supply("d2", "import", 0, ())),
    contract_party=(ContractParty("resale", "t1", ()), ContractParty("resale", "reseller", ())),
    responsibility=(
        Responsibility("identity", "reseller", "resale", 0, None, ()),
        Responsibility("access", "gateway", None, 0, None, ()),
        Responsibility("access", "reseller", "resale", 1 * HOUR, None, ()),
        Responsibility("custody", "carrier", "import", 0, 2 * HOUR, ()),
        Responsibility("elsewhere", "importer", "import", 0, None, ()),
        Responsibility("custody", "nobody", "unsigned", 0, None, ()),
        Responsibility("authorization", "crooked", None, 5, 5, ()),
        Responsibility("authorization", "reseller", "resale", 0, None, ()),
        Responsibility("basis", "clerk", None, 0, None, ()),
    ),
)


def _why(directory: Path) -> dict[tuple[Any, Any], tuple[Any, ...]]:
    assess_tables(directory, None, why=directory / "why.out", threads=1)
    return {(row[0], row[3]): row[7:] for row in read_rows(directory / "why.out")}


def _assert_as_registers_say(directory: Path, world: Tables) -> None:
    uses, duties = {use.use_id: use for use in world.use}, Duties(world)
    for use_id, start, end, fact, part, detail, _, who, role in read_rows(directory / "why.out"):
        named = duties.answering(uses[use_id], Why(use_id, start, end, fact, part, detail))
        assert (named or who) == who
        assert (role == BY_CONTRACT) == (named is not None)


def test_a_contract_names_who_can_close_a_gap(tmp_path: Path) -> None:
    """Told by hand: what names the part before the fact, a contract before none, in force when the stretch began."""
    told = _why(write_tables(tmp_path, STORY))

    assert told["u0", "identity"] == ("reseller", BY_CONTRACT)
    assert told["u0", "access"] == ("gateway", BY_CONTRACT)  # the contract's duty began an hour later
    assert told["u2", "access"] == ("reseller", BY_CONTRACT)
    assert told["u0", "custody"] == (
        "importer",
        BY_CONTRACT,
    )  # `elsewhere` is the part, and nearer than `custody`
    assert told["u1", "custody"] == (
        "carrier",
        BY_CONTRACT,
    )  # a node in which a device of the contract stands
    assert told["u1", "identity"] == (None, "operator_compliance")
    assert told["u3", "access"] == ("gateway", BY_CONTRACT)
    assert told["u0", "authorization"] == (
        "clerk",
        BY_CONTRACT,
    )  # `basis` is the part, though no contract is named
    _assert_as_registers_say(tmp_path, STORY)


def test_integer_ids_name_integer_parties(tmp_path: Path) -> None:
    """The party is of the type of the other ids."""
    plain, other = write_tables(tmp_path / "a", STORY), write_tables(tmp_path / "b", STORY, ids_as_integers())
    numbers = _why(other)

    assert {role for _, role in numbers.values()} == {role for _, role in _why(plain).values()}
    assert all(who is None or isinstance(who, int) for who, _ in numbers.values())
    assert sum(who is not None for who, _ in numbers.values()) == 12


def test_a_party_of_another_type_than_tenants_is_refused(tmp_path: Path) -> None:
    """An id that could never meet another is named, not passed over."""
    directory = write_tables(tmp_path / "a", STORY)
    integers = write_tables(tmp_path / "b", STORY, ids_as_integers())
    (integers / "contract_party.parquet").replace(directory / "contract_party.parquet")

    with pytest.raises(BadInput) as refused:
        assess_tables(directory, None, why=tmp_path / "why.out")
    assert {problem.field for problem in refused.value.problems} >= {"party_id", "contract_id"}


SOME = st.sampled_from([None, "a", "b"])
TICK = st.integers(0, 9)


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    worlds(),
    st.lists(
        st.builds(
            Responsibility,
            st.sampled_from(["identity", "access", "custody", "authorization", "none", "expired", "site"]),
            st.sampled_from(["x", "y"]),
            SOME,
            TICK,
            st.one_of(st.none(), TICK),
            st.just(()),
        ),
        max_size=6,
    ),
    st.lists(st.builds(ContractParty, st.sampled_from("ab"), st.sampled_from("tu"), st.just(())), max_size=3),
    st.lists(
        st.builds(Supply, st.sampled_from("dn"), st.sampled_from("ab"), st.just(0), st.just(())), max_size=3
    ),
)
def test_tables_and_registers_name_the_same_party(
    tmp_path: Path,
    tables: Tables,
    allocated: list[Responsibility],
    signed: list[ContractParty],
    supplied: list[Supply],
) -> None:
    """For every reason the SQL names whom the plain rules name."""
    world = replace(
        tables, responsibility=tuple(allocated), contract_party=tuple(signed), supply=tuple(supplied)
    )
    directory = write_tables(tmp_path / "world", world)
    assess_tables(directory, None, why=directory / "why.out", threads=1, to=9)
    _assert_as_registers_say(directory, world)
