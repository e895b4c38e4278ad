"""Host lists: what Slurm folds, unfolded."""

from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kansa.connectors.slurm.hostlist import MAX_HOSTS, expand


class Folded(NamedTuple):
    """A part of a host list as it is written, and the texts for which it stands."""

    text: str
    names: list[str]


def _range(low: int, length: int, width: int) -> Folded:
    names = [str(number).zfill(width) for number in range(low, low + length)]
    return Folded(f"{names[0]}-{names[-1]}" if length > 1 else names[0], names)


LITERALS = st.from_regex(r"[a-z][a-z.-]{0,5}", fullmatch=True).map(lambda text: Folded(text, [text]))
RANGES = st.builds(_range, st.integers(0, 120), st.integers(1, 5), st.integers(1, 4))


def _group(items: list[Folded]) -> Folded:
    return Folded(
        f"[{','.join(item.text for item in items)}]", [name for item in items for name in item.names]
    )


def _row(parts: list[Folded]) -> Folded:
    names = [""]
    for part in parts:
        names = [before + each for before in names for each in part.names]
    return Folded("".join(part.text for part in parts), names)


GROUPS = st.lists(RANGES | LITERALS, min_size=1, max_size=3).map(_group)
NESTED = st.lists(
    RANGES | st.tuples(LITERALS, GROUPS).map(lambda pair: _row(list(pair))), min_size=1, max_size=2
)
ROWS = st.tuples(LITERALS, GROUPS, LITERALS, NESTED.map(_group) | GROUPS).map(lambda parts: _row(list(parts)))


@given(st.lists(ROWS | LITERALS, min_size=1, max_size=3))
def test_what_was_folded_comes_out_in_order(parts: list[Folded]) -> None:
    """Ranges with their zeros, several brackets in a name, brackets in brackets: every name, in the order written."""
    expected = [name for part in parts for name in part.names]
    text = ",".join(part.text for part in parts)

    if len(set(expected)) == len(expected):
        assert expand(text) == expected
    else:
        with pytest.raises(ValueError, match="twice"):
            expand(text)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("vm", ["vm"]),
        ("a100gpu[2,4]", ["a100gpu2", "a100gpu4"]),
        ("cs[1-3,7]", ["cs1", "cs2", "cs3", "cs7"]),
        ("learnnode[021-022,081]", ["learnnode021", "learnnode022", "learnnode081"]),
        ("r[0-1]n[08-10]", ["r0n08", "r0n09", "r0n10", "r1n08", "r1n09", "r1n10"]),
        ("n[9-11]", ["n9", "n10", "n11"]),
        ("gpu[a,b[1-2]],login1", ["gpua", "gpub1", "gpub2", "login1"]),
        ("rack-7-node-3", ["rack-7-node-3"]),
    ],
)
def test_lists_as_slurm_prints_them(text: str, names: list[str]) -> None:
    """A hyphen outside brackets is part of a name; zeros are kept from the lower bound."""
    assert expand(text) == names


@pytest.mark.parametrize(
    "text",
    [
        "",
        "n[1-2",
        "n1]",
        "n[]",
        "n[3-1]",
        "a,,b",
        "n[0-9999999999]",
        "n[1-999][1-999]",
        "n[1,1-2]",
        "n1,n[1-3]",
    ],
)
def test_a_list_that_is_none_is_refused(text: str) -> None:
    """Brackets that do not match, inverted ranges, empty names, and lists that would fill the memory."""
    with pytest.raises(ValueError, match="`"):
        expand(text)


def test_a_list_may_hold_as_many_hosts_as_its_limit() -> None:
    """The limit itself is allowed."""
    assert len(expand(f"n[1-{MAX_HOSTS}]")) == MAX_HOSTS
