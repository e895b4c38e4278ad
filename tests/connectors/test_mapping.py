"""Mapping files: strict, and everything wrong said at once."""

from typing import TYPE_CHECKING

import pytest

from kansa.connectors.table.mapping import Column, Subject, read_mapping
from kansa.errors import BadInput

if TYPE_CHECKING:
    from connectors.conftest import World


def problems(world: "World", text: str | bytes) -> list[tuple[int | None, str | None, str]]:
    """Line, field and message of everything that is wrong with a mapping."""
    with pytest.raises(BadInput) as caught:
        read_mapping(world.file("wrong.yaml", text))
    assert all(problem.file == str(world.folder / "wrong.yaml") for problem in caught.value.problems)
    return [(problem.line, problem.field, problem.message) for problem in caught.value.problems]


def test_everything_wrong_is_said_at_once_with_its_line(world: "World") -> None:
    """One reading of the answer is enough to repair the file."""
    found = problems(
        world,
        """\
        source: Not A Name
        kind: party.registered
        natural_key: code
        zone: Asia/Edo
        progresses: sometimes
        colour: red
        fields:
          party_id: {column: code}
          roles: {value: [tenant], column: roles}
          shoe_size: {column: size}
          country: {column: country, as: word, multiply: 3}
          valid_from: {column: since, as: date, patern: "%Y"}
          introduces: {value: []}
        skip: {column: state}
        window: {from: soon, to: 2026-04-01, scope: {system: site}}
        """,
    )

    assert sorted((line or 0, field or "") for line, field, _ in found) == [
        (1, "source"),
        (4, "zone"),
        (5, "progresses"),
        (6, "colour"),
        (7, "fields"),
        (8, "fields.party_id"),
        (9, "fields.roles"),
        (10, "fields.shoe_size"),
        (11, "fields.country.as"),
        (11, "fields.country.multiply"),
        (12, "fields.valid_from"),
        (12, "fields.valid_from.patern"),
        (13, "fields.introduces"),
        (14, "skip[0]"),
        (15, "window.from"),
        (15, "window.scope[0]"),
        (15, "window.to"),
    ]
    assert (7, "fields", "`kansa.party.registered.v0` needs `known_by`") in found
    assert (12, "fields.valid_from.patern", "`patern` is not known here") in found


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("", 1, "is empty"),
        ("- a list", 1, "must be a mapping of names to values"),
        ("source: a\nsource: b\n", 2, "`source` stands twice, first in line 1"),
        ("a: &x {b: 1}\nc: *x\n", 2, "aliases are not allowed"),
        (
            "a: !!python/object:os.system x\n",
            1,
            "the tag `tag:yaml.org,2002:python/object:os.system` is not allowed",
        ),
        ("a: 007\n", 1, "`007` cannot be read"),
        ("a: [1, 2\n", 2, "expected ',' or ']', but got '<stream end>'"),
        (b"a: \xff\n", None, "is not UTF-8: invalid start byte at byte 3"),
    ],
)
def test_a_file_that_is_no_plain_yaml_is_refused(world: "World", text: str, line: int, message: str) -> None:
    """Duplicate keys, aliases, tags and numbers that YAML 1.1 and 1.2 read differently are not guessed at."""
    assert any(at == line and message in said for at, _, said in problems(world, text))


def test_a_missing_file_is_said_as_such(world: "World") -> None:
    """The cause stands last."""
    with pytest.raises(BadInput) as caught:
        read_mapping(world.folder / "none.yaml")

    assert [problem.message for problem in caught.value.problems] == [
        "cannot be read: No such file or directory"
    ]


def test_a_field_is_read_as_its_kind_has_it_unless_the_mapping_says_otherwise(world: "World") -> None:
    """Times, integers, flags and lists need no `as`."""
    mapping = read_mapping(
        world.file(
            "placed.yaml",
            """\
            source: k8s
            kind: kansa.workload.placed.v0
            natural_key: [pod, since]
            zone: Asia/Tokyo
            fields:
              workload_id: {id: workload, system: k8s, column: [namespace, pod]}
              units: {id: node, system: node, column: nodes, split: ","}
              accelerators: {column: gpus}
              purpose: {column: purpose}
              valid_from: {column: since}
              valid_to: {column: until}
              known_by: {value: measured}
            """,
        )
    )

    forms = {name: field.reading.form for name, field in mapping.fields.items() if isinstance(field, Column)}
    assert forms == {"accelerators": "integer", "purpose": "text", "valid_from": "time", "valid_to": "time"}
    assert mapping.fields["units"] == Subject("node", "node", ("nodes",), required=True, split=",", many=True)
    assert mapping.fields["workload_id"] == Subject("workload", "k8s", ("namespace", "pod"), required=True)


def test_a_kind_may_come_from_a_column(world: "World") -> None:
    """The table's values name the kinds; each must be known and find its fields."""
    text = """\
        source: paths
        kind: {column: event, values: {on: access_path.enabled, off: access_path.disabled, why: access_path.dreamt}}
        natural_key: content
        fields:
          path_id: {id: path, system: paths, column: path, existing: true}
          valid_from: {column: at}
          known_by: {value: documented}
        """

    assert [(line, field) for line, field, _ in problems(world, text)] == [(2, "kind.values.why")]
