import json
from typing import Any

import orjson
import pytest
import rfc8785
from hypothesis import example, given
from hypothesis import strategies as st

from kansa.errors import BadInput
from kansa.records import canonical
from shared_data import SharedData

KEYS = st.from_regex(r"[a-z_][a-z0-9_]{0,8}", fullmatch=True)
SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-canonical.MAX_INTEGER, canonical.MAX_INTEGER),
    st.text(st.characters(exclude_categories=["Cs"])),
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=20,
)


@given(VALUES)
@example({"b": '\u2028\x7f\x00/\\"', "a": [2**53 - 1, -(2**53) + 1]})
@example({"z": "\U0001f600", "aa": "é", "a": {}})
def test_a_value_of_the_profile_has_the_bytes_that_two_other_encoders_give_it(value: Any) -> None:
    """Law: within the profile, ours = RFC 8785 = sorted compact JSON."""
    ours = canonical.encode(value)

    assert ours == rfc8785.dumps(value)
    assert ours == orjson.dumps(value, option=orjson.OPT_SORT_KEYS)


@given(VALUES)
def test_what_is_encoded_decodes_to_itself(value: Any) -> None:
    """Law: decode(encode(x)) = x."""
    assert canonical.decode(canonical.encode(value)) == value


@given(st.binary(max_size=60) | VALUES.map(lambda value: json.dumps(value).encode()))
def test_only_bytes_that_encode_would_write_are_read(data: bytes) -> None:
    """Law: whatever decode accepts, encode writes back byte for byte."""
    try:
        value = canonical.decode(data)
    except BadInput:
        return

    assert canonical.encode(value) == data


@pytest.mark.parametrize(
    ("value", "place"),
    [
        ({"a": 1.0}, "$.a"),
        ({"a": [1, {"b": float("nan")}]}, "$.a[1].b"),
        ({"a": 2**53}, "$.a"),
        ({"a": -(2**53)}, "$.a"),
        ({"A": 1}, "$.A"),
        ({"1a": 1}, "$.1a"),
        ({"": 1}, "$."),
        ({"a\n": 1}, "$.a\n"),
        ({"é": 1}, "$.é"),
        ({3: 1}, "$.3"),
        ({"a": "\ud800"}, "$.a"),
        ({"a": b"bytes"}, "$.a"),
        ({"a": (1, 2)}, "$.a"),
    ],
)
def test_a_value_outside_the_profile_is_refused_with_its_place(value: Any, place: str) -> None:
    """Law: no float, no large integer, no other key, no lone surrogate; the field is named."""
    with pytest.raises(BadInput) as refusal:
        canonical.encode(value)

    assert refusal.value.code == "record.profile"
    assert [problem.field for problem in refusal.value.problems] == [place]


def test_everything_wrong_is_said_at_once() -> None:
    """Law: problems come together, in order of appearance."""
    with pytest.raises(BadInput) as refusal:
        canonical.encode({"a": 1.5, "b": [2**60], "C": None})

    assert [problem.field for problem in refusal.value.problems] == ["$.a", "$.b[0]", "$.C"]


@pytest.mark.parametrize(
    "data",
    [
        b'{"a":1,"a":1}',
        b'{"b":1,"a":2}',
        b'{"a": 1}',
        b'{"a":1}\n',
        b'\xef\xbb\xbf{"a":1}',
        b'{"a":1.0}',
        b'{"a":1e3}',
        b'{"a":-0}',
        b'{"a":10000000000000000}',
        b'{"a":"\\u0041"}',
        b'{"a":"\\/"}',
        b'{"a":"\xff"}',
        b'{"a":"\\ud800"}',
        b"",
        b"nul",
    ],
)
def test_another_spelling_of_json_is_refused(data: bytes) -> None:
    """Law: one value, one spelling: no duplicate key, white space, BOM, escape or number form beside the canonical."""
    with pytest.raises(BadInput):
        canonical.decode(data)


@pytest.mark.parametrize("opening", [b"[", b'{"a":'])
@pytest.mark.parametrize("depth", [33, 1_000, 1_000_000])
def test_a_depth_bomb_is_refused_in_bounded_time(opening: bytes, depth: int) -> None:
    """Law: nesting beyond the limit is refused cleanly, however deep."""
    closing = b"]" if opening == b"[" else b"}"
    with pytest.raises(BadInput):
        canonical.decode(opening * depth + b"1" + closing * depth)


def test_nesting_up_to_the_limit_is_allowed() -> None:
    """Law: MAX_DEPTH containers, not one more."""
    assert canonical.decode(b"[" * 32 + b"]" * 32)

    with pytest.raises(BadInput):
        canonical.decode(b"[" * 33 + b"]" * 33)


def test_the_largest_integers_are_no_fault_beside_another() -> None:
    """Law: what is told is what is wrong, and both bounds belong to the profile."""
    with pytest.raises(BadInput) as refusal:
        canonical.encode({"a": canonical.MAX_INTEGER, "b": -canonical.MAX_INTEGER, "c": 1.5})

    assert [problem.field for problem in refusal.value.problems] == ["$.c"]


def test_text_in_any_script_is_no_fault_beside_another() -> None:
    """Law: what is told is what is wrong: of two texts, the one with half a character."""
    with pytest.raises(BadInput) as refusal:
        canonical.encode({"a": "監査", "b": "\ud83d"})

    assert [problem.field for problem in refusal.value.problems] == ["$.b"]


@pytest.mark.parametrize(
    ("data", "offset"),
    [(b'{"a":1, "b":2}', 7), (b' {"a":1}', 0), (b'{"a":1}\n', 7), (b'{"b":1,"a":2}', 2)],
)
def test_bytes_that_are_not_canonical_are_refused_with_where_they_differ(data: bytes, offset: int) -> None:
    """Law: the first byte that differs, or the end of the shorter of the two."""
    with pytest.raises(BadInput) as refusal:
        canonical.decode(data)

    assert refusal.value.code == "record.not_canonical"
    assert refusal.value.message.endswith(f" at byte {offset}")


@pytest.mark.parametrize("objects", [True, False])
def test_objects_and_lists_may_be_nested_equally_deep(objects: bool) -> None:  # noqa: FBT001 - both ways
    """Law: each container counts once, whatever its kind."""
    value: Any = 1
    for _ in range(canonical.MAX_DEPTH):
        value = {"a": value} if objects else [value]

    assert canonical.decode(canonical.encode(value)) == value
    with pytest.raises(BadInput):
        canonical.encode({"a": value} if objects else [value])


@pytest.mark.parametrize("objects", [True, False])
@pytest.mark.parametrize("inner", [1, "x", None, True])
def test_the_container_that_is_too_deep_is_named(inner: Any, objects: bool) -> None:  # noqa: FBT001 - both ways
    """Law: the place of the first container beyond the limit, and no other, whatever it holds."""
    value = inner
    for _ in range(canonical.MAX_DEPTH + 3):
        value = {"a": value} if objects else [value]

    with pytest.raises(BadInput) as refusal:
        canonical.encode(value)

    (problem,) = refusal.value.problems
    assert problem.field == "$" + (".a" if objects else "[0]") * canonical.MAX_DEPTH
    assert str(canonical.MAX_DEPTH) in problem.message


@pytest.mark.parametrize(
    "number",
    [2**53, -(2**53), 10**5_000, -(16**10_000)],
    ids=["one more", "one less", "long", "longer"],
)
def test_a_number_beyond_the_profile_is_refused_however_long(number: int) -> None:
    """Law: a refusal, and never a failure to write the number that it speaks of."""
    with pytest.raises(BadInput) as refusal:
        canonical.encode({"a": [number]})

    (problem,) = refusal.value.problems
    assert (problem.field, len(problem.message) < 200) == ("$.a[0]", True)


def test_the_authors_vectors_of_jcs_hold_where_the_profile_reaches(shared_data: SharedData) -> None:
    """Law: cyberphone's six documents: the ones inside the profile match, the others are refused for what they are."""
    folder = shared_data("vectors", "rfc8785_cyberphone", "testdata")
    inside, outside = {}, {}
    for source in sorted((folder / "input").iterdir()):
        value = json.loads(source.read_bytes())
        expected = (folder / "output" / source.name).read_bytes()
        try:
            inside[source.name] = canonical.encode(value) == expected
        except BadInput as error:
            outside[source.name] = error.code

    assert all(inside.values())
    assert set(inside) | set(outside) == {
        f"{name}.json" for name in ("arrays", "french", "structures", "unicode", "values", "weird")
    }
    assert set(outside.values()) == {"record.profile"}


def test_no_file_of_the_json_test_suite_gets_past_the_decoder_in_disguise(
    shared_data: SharedData,
) -> None:
    """Law: every n_ file is refused, no file crashes, and what is accepted is canonical as it stands."""
    accepted = []
    for path in sorted(shared_data("vectors", "JSONTestSuite", "test_parsing").iterdir()):
        data = path.read_bytes()
        try:
            value = canonical.decode(data)
        except BadInput:
            continue
        accepted.append(path.name)
        assert rfc8785.dumps(value) == data

    assert not [name for name in accepted if name.startswith("n_")]
    assert any(name.startswith("y_") for name in accepted)
