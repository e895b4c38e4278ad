"""Generic resources: whole accelerators, parts of one, names that are a site's own."""

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.test_slurm import NODE, placed, row, slurm, text
from kansa.connectors.key_registry import KeyRegistry
from kansa.connectors.slurm.gres import Role, allocation, per_node
from kansa.connectors.slurm.job import tres_in
from kansa.connectors.slurm.options import read_options
from kansa.errors import BadInput

if TYPE_CHECKING:
    from connectors.conftest import World

WINDOW = "zone: UTC\nwindow: {from: 2026-04-01, to: 2026-04-02}\n"


@pytest.mark.parametrize(
    "kind",
    [
        "1g.10gb",
        "nvidia_h100_80gb_hbm3_3g.40gb",
        "a100_1g.5gb",
        "1g.10gb+me",
        "mig-2g.20gb",
        "A100-1g_5gb",
        "1c.3g.20gb",
        "a100_mig",
        "3g",
        "mi300x_cpx",
    ],
)
def test_types_that_name_an_instance_are_parts(kind: str) -> None:
    """What NVML, sites and AMD call them; the count is one of parts and not of accelerators."""
    held = allocation({f"gres/gpu:{kind}": 14, "gres/gpu": 14}, {})

    assert (held.whole, held.parts) == (0, 14)


@pytest.mark.parametrize(
    "kind",
    [
        "h100",
        "nvidia_h100_80gb_hbm3",
        "a100-sxm4-80gb",
        "gh200_144g_hbm3e",
        "mi300x",
        "rtx_4090",
        "v100-32gb",
    ],
)
def test_types_that_name_a_model_are_accelerators(kind: str) -> None:
    """A size of memory is no instance profile."""
    held = allocation({f"gres/gpu:{kind}": 4, "gres/gpu": 4}, {})

    assert (held.whole, held.parts, held.model) == (4, 0, kind)


@pytest.mark.parametrize(
    ("tres", "devices", "accelerators", "measured"),
    [
        ("gres/gpu:1g.10gb=14,gres/gpu=14", 8, None, False),
        ("gres/gpu:3g.40gb=2,gres/gpu=2", 8, 2, False),
        ("gres/gpu:h100=1,gres/gpu:1g.10gb=2,gres/gpu=3", 8, 3, False),
        ("gres/gpu:3g.40gb=2", 0, None, False),
        ("gres/shard=4", 8, 4, False),
        ("gres/mps=200", 8, None, False),
        ("gres/gpu=14", 8, None, False),
        ("gres/gpu=8", 8, 8, True),
        ("gres/gpu=8", 0, 8, True),
    ],
)
def test_parts_are_inferred_and_bounded_by_the_devices_of_the_node(
    world: "World", tres: str, devices: int, accelerators: int | None, *, measured: bool
) -> None:
    """A part stands on one device; a count above the inventory's is no measurement of accelerators."""
    world.names = KeyRegistry({("node", "gpu-001"): NODE}, devices={NODE: devices} if devices else {})

    (said,) = placed(world, row(tres=tres))

    assert (said["accelerators"], said["known_by"]) == (accelerators, "measured" if measured else "inferred")
    assert ("inferred_from" in said) is not measured


def test_a_name_that_nobody_explained_is_counted_under_it_and_its_time_is_not_idle(world: "World") -> None:
    """It is never called `no accelerators`, and the remark says the option that explains it."""
    rows = [
        row("1"),
        row("2", start="2026-04-01T02:00:00", end="2026-04-01T03:00:00", tres="cpu=8,gres/hpu=8"),
        row("3", tres="gres/gpu=1,gres/tmpdisk=100G"),
    ]

    result = world.ingest(slurm(world, WINDOW), world.file("sacct.txt", text(*rows)))

    assert result.records == 2
    assert result.passed_over == {"gres/hpu, and the options do not say what that is": 1}
    assert [remark.help for remark in result.remarks] == [
        f"say `gres: {{{name}: accelerator}}` in the options, or `share`, or `other`"
        for name in ("hpu", "tmpdisk")
    ]
    assert result.window is not None
    assert len(result.window.gaps) == 1, "the job with a GPU is known by its GPU"
    assert [each.data["rows"] for each in world.submissions("kansa.source.reported.v0")] == [3, 0]


def test_the_options_name_accelerators_shares_and_what_is_neither(world: "World") -> None:
    """By name, or by name and type; their item class goes by type, else by name."""
    options = (
        "zone: UTC\ngres: {hpu: accelerator, migslice: share, tmpdisk: other, 'gpu:half': share}\n"
        "item_classes: {hpu: gaudi}\n"
    )
    world.names = KeyRegistry({("node", "gpu-001"): NODE}, devices={NODE: 8})
    rows = [
        row("1", tres="gres/hpu=8"),
        row("2", tres="gres/migslice=4"),
        row("3", tres="gres/gpu:half=3,gres/gpu=3"),
        row("4", tres="gres/tmpdisk=100G"),
    ]

    result = world.ingest(slurm(world, options), world.file("sacct.txt", text(*rows)))

    assert [(s["accelerators"], s["known_by"], s["item_class"]) for s in world.said()] == [
        (8, "measured", "gaudi"),
        (4, "inferred", None),
        (3, "inferred", None),
    ]
    assert (result.passed_over, result.remarks) == ({"no accelerators": 1}, ())


def test_a_role_that_does_not_exist_is_refused_with_those_that_do(world: "World") -> None:
    """With line and field."""
    with pytest.raises(BadInput) as caught:
        read_options(world.file("slurm.yaml", "gres:\n  hpu: gpu\n"))

    (problem,) = caught.value.problems
    assert (problem.line, problem.field) == (2, "gres.hpu")
    assert "`accelerator`, `share`, `other`" in problem.message


counts = st.dictionaries(
    st.sampled_from(
        ["gpu", "gpu:h100", "gpu:1g.10gb", "gpu:a100", "shard", "mps", "hpu", "hpu:g3", "tmpdisk"]
    ),
    st.integers(0, 64),
)
roles: st.SearchStrategy[dict[str, Role]] = st.dictionaries(
    st.sampled_from(["hpu", "tmpdisk", "gpu:a100"]), st.sampled_from(["accelerator", "share", "other"])
)


@given(counts, roles, st.lists(st.integers(0, 16), min_size=1, max_size=4))
def test_no_count_is_lost_and_no_part_is_measured(
    found: dict[str, int], named: dict[str, Role], devices: list[int]
) -> None:
    """What was counted is an accelerator, a part, explained otherwise, or told by name; parts are never measured."""
    tres = tres_in(",".join(f"gres/{name}={count}" for name, count in found.items()))
    held = allocation(tres, named)
    told = {name.partition(":")[0] for name in (*held.part_names, *held.unknown)}

    for name, count in found.items():
        base = name.partition(":")[0]
        explained = (
            base == "gpu" or "other" in {named.get(base), named.get(name)} or named.get(base) is not None
        )
        assert count == 0 or explained or base in told
    if held.whole + held.parts:
        each = per_node(held, devices)
        assert held.parts == 0 or each.inferred_from is not None
        assert each.inferred_from is not None or each.accelerators is not None
        assert each.accelerators is None or all(each.accelerators <= n or n == 0 for n in devices)
