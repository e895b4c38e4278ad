"""The JSON Schemas that editors use: what is shipped fits them, and they refuse what the models refuse."""

import copy
import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from ruamel.yaml import YAML

from kansa.config_files import ProblemCollector, load_entry
from kansa.config_files.models import ModelReader, read_entry
from kansa.errors import BadInput, Problem
from kansa.interfaces.cli.app import run
from kansa.interfaces.config_schemas import MODELS, PACKS, schema_named
from kansa.texts.messages import in_japanese

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src" / "kansa"
SCHEMAS = {name: schema_named(name) for name in (*MODELS, *PACKS)}
VALIDATORS = {name: Draft202012Validator(schema) for name, schema in SCHEMAS.items()}


def plain(path: Path) -> Any:
    """What a file holds, as an editor sees it."""
    return json.loads(json.dumps(load_entry(path, ProblemCollector(str(path), "x")).plain(), default=float))


def kind_of(path: Path) -> str:
    """Which file it is, by what stands in it."""
    content = plain(path)
    if "pack" in content:
        return {"controls": "controls", "routes": "routes"}.get(content["kind"], "pack")
    if "gate" in content:
        return "enforcement-point"
    return "mapping" if "fields" in content else "slurm"


def shipped() -> list[Path]:
    """Every configuration file that we ship."""
    folders = [SOURCE / "demo" / "mappings", SOURCE / "connectors" / "templates", SOURCE / "rules" / "packs"]
    found = [path for folder in (*folders, ROOT / "examples") for path in folder.rglob("*.yaml")]
    others = (".cases.yaml", "citations.yaml")
    return [
        *sorted(path for path in found if not path.name.endswith(others)),
        ROOT / "integrations" / "kubernetes" / "enforcement-point.yaml",
    ]


@pytest.mark.parametrize("path", shipped(), ids=lambda path: path.relative_to(ROOT).as_posix())
def test_every_shipped_file_fits_its_schema(path: Path) -> None:
    """An editor marks nothing in what we give as an example."""
    assert [error.message for error in VALIDATORS[kind_of(path)].iter_errors(plain(path))] == []


@pytest.mark.parametrize("name", SCHEMAS)
def test_a_schema_is_one_and_its_page_is_what_the_command_prints(
    name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """`docs/schemas/config/` and `kansa schema` say the same."""
    Draft202012Validator.check_schema(SCHEMAS[name])
    assert run(["schema", name]) == 0
    printed = json.loads(capsys.readouterr().out)
    assert printed == SCHEMAS[name]
    assert printed == json.loads((ROOT / "docs" / "schemas" / "config" / f"{name}.json").read_text("utf-8"))


def described(schema: Any) -> list[tuple[str, str]]:
    """Every field of a schema with what is said of it."""
    if isinstance(schema, list):
        return [found for each in schema for found in described(each)]
    if not isinstance(schema, dict):
        return []
    own = schema.get("properties", {})
    fields = [(name, each.get("description", "")) for name, each in own.items()]
    return [*fields, *(found for each in schema.values() for found in described(each))]


@pytest.mark.parametrize("name", MODELS)
def test_every_field_is_described_in_both_languages(name: str) -> None:
    """English, a slash, Japanese."""
    fields = described(SCHEMAS[name])
    assert fields
    for field, text in fields:
        english, _, japanese = text.partition(" / ")
        assert english.isascii() or "→" in english, field
        assert any("\u3040" <= mark <= "\u9fff" for mark in japanese), field


SEEDS: dict[str, Any] = {
    "mapping": {
        "source": "crm",
        "kind": "party.registered",
        "natural_key": ["code"],
        "zone": "Asia/Tokyo",
        "format": "csv",
        "progresses": "both_ways",
        "empty": ["-"],
        "fields": {
            "party_id": {"id": "party", "system": "crm", "column": "code"},
            "roles": {"column": "roles", "split": ";"},
            "names": {"object": {"ja": {"column": "ja"}, "en": {"value": "x"}}},
            "valid_from": {"column": "since", "as": "date", "required": True},
            "known_by": {"value": "documented"},
        },
        "skip": {"column": "code", "in": ["x", "y"]},
        "introduce": [{"field": "party_id", "system": "s", "column": "other"}],
        "window": {"from": "2026-01-01", "to": {"column": "since", "as": "date"}, "scope": [{"system": "s", "key": "k"}]},
    },
    "slurm": {
        "source": "slurm",
        "cluster": "a",
        "zone": "UTC",
        "columns": ["JobID", "Start"],
        "systems": {"node": "node", "account": "path"},
        "sites": [{"key": "a", "nodes": "n[1-2]"}, {"key": "b", "system": "s", "nodes": "m1"}],
        "item_classes": {"h100": "h100-sxm5"},
        "gres": {"hpu": "accelerator"},
        "accounted_from": "never",
        "window": {"from": "2026-01-01", "to": "2026-02-01"},
    },
    "callers": {
        "callers": [
            {"name": "a", "certificate": "a.example", "actions": ["ship"], "per_second": 5, "burst": 9},
            {"name": "b", "certificate": "b.example"},
        ]
    },
    "enforcement-point": {
        "gate": "https://g",
        "cluster": "c",
        "site": {"key": "k", "system": "s"},
        "items": {"nvidia.com/gpu": "3A090.a"},
        "language": "ja",
        "timeout_ms": 500,
        "fail": "hold",
    },
    "routes": plain(SOURCE / "rules" / "packs" / "routes.yaml"),
    "controls": {
        "pack": "kansa.controls",
        "version": "1",
        "kind": "controls",
        "jurisdiction": "any",
        "words": {"en": "x", "ja": "あ"},
        "roles": {"staff": {"en": "x", "ja": "あ"}},
        "families": {"records": {"en": "x", "ja": "あ"}},
        "populations": {
            "site": {
                "words": {"en": "x", "ja": "あ"},
                "evidence": {"any": [{"kind": "site.registered", "of": "site_id", "where": {"known_by": ["measured"]}}]},
            }
        },
        "controls": [
            {
                "id": "kansa.controls.audited",
                "family": "records",
                "words": {"en": "x", "ja": "あ"},
                "source": {"citation": "kansa.practice", "confidence": "P"},
                "verified": True,
                "responsible": "staff",
                "about": "operator",
                "fresh": "P365D",
                "evidence": {"any": {"kind": "audit.performed", "having": "valid_from"}, "closed_windows": False},
                "serves": ["kansa.gate.x"],
            }
        ],
    },
}  # fmt: skip
NOISE: list[Any] = [
    None,
    True,
    0,
    -3,
    1.5,
    "",
    "x",
    "never",
    "both_ways",
    [],
    ["x"],
    [1],
    {},
    {"x_": 1},
    [{}],
    [None],
]


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every place in a file below its top."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [place for key, each in items for place in ((*path, key), *places(each, (*path, key)))]


@st.composite
def changed(draw: st.DrawFn, seed: Any) -> Any:
    """A good file with one or two values replaced, left out or added."""
    value = copy.deepcopy(seed)
    for _ in range(draw(st.integers(1, 2))):
        path = draw(st.sampled_from(places(value)))
        holder = value
        for key in path[:-1]:
            holder = holder[key]
        change = draw(st.sampled_from(["replace", "replace", "remove", "add"]))
        noise = copy.deepcopy(draw(st.sampled_from(NOISE)))
        if change == "remove":
            del holder[path[-1]]
        elif change == "add" and isinstance(holder, dict):
            holder[draw(st.sampled_from(["x_", "column", "value", "key", "zone"]))] = noise
        else:
            holder[path[-1]] = noise
        if not places(value):
            break
    return value


def read(name: str, content: Any, path: Path) -> tuple[int, list[Problem]]:
    """How much of the form is wrong with a file, and all that is wrong with it."""
    path.write_text(json.dumps(content), "utf-8")
    sink = ProblemCollector(str(path), "x")
    reader = ModelReader(sink)
    try:
        read_entry(load_entry(path, sink), MODELS[name], reader)
    except BadInput as error:
        return reader.structural, list(error.problems)
    return reader.structural, sink.problems


@pytest.mark.parametrize("name", SEEDS)
@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(data=st.data())
def test_schema_and_model_refuse_the_same_forms(name: str, data: st.DataObject, tmp_path: Path) -> None:
    """Law: what the model refuses for its form, the schema refuses; what the schema refuses, the model refuses.

    Every message has a place, is known in Japanese, and is none of the library's.
    """
    content = data.draw(changed(SEEDS[name]))

    structural, problems = read(name, content, tmp_path / "file.yaml")

    fits = VALIDATORS[name].is_valid(content)
    assert not (structural and fits), problems
    assert fits or problems, content
    for problem in problems:
        assert problem.line == 1
        assert in_japanese(problem.message) != problem.message
        assert problem.help is None or in_japanese(problem.help) != problem.help


@pytest.mark.parametrize("name", SEEDS)
def test_a_good_file_is_good_to_both(name: str, tmp_path: Path) -> None:
    """The property above starts from files with which nothing is wrong."""
    assert read(name, SEEDS[name], tmp_path / "file.yaml") == (0, [])
    assert VALIDATORS[name].is_valid(SEEDS[name])


@pytest.mark.parametrize(
    ("name", "line", "message", "advice"),
    [
        ("mapping", "formt: csv", "`formt` is not known here", "did you mean `format`? known are `columns`"),
        ("mapping", "format: cvs", "`cvs` is none of `csv`, `xlsx`, `parquet`, `jsonl`", "did you mean `csv`?"),
        ("mapping", "zone: Tokyo", "`Tokyo` is not a zone of the IANA database", "did you mean `Asia/Tokyo`"),
        ("mapping", "kind: party.registred", "the kind `party.registred` is not known", "did you mean `party.registered`"),
        ("slurm", "gres: {hpu: gpu}", "`gpu` is none of `accelerator`, `share`, `other`", None),
        ("enforcement-point", "fail: opne", "`opne` is none of `hold`, `open`", "did you mean `open`?"),
    ],
)  # fmt: skip
def test_a_mistyped_name_or_value_is_told_what_was_meant_and_all_that_is_allowed(
    name: str, line: str, message: str, advice: str | None, tmp_path: Path
) -> None:
    """The nearest first, then everything."""
    key, _, _ = line.partition(":")
    content = {each: value for each, value in SEEDS[name].items() if each != key}
    content |= YAML(typ="safe", pure=True).load(line)

    _, problems = read(name, content, tmp_path / "file.yaml")

    found = next(problem for problem in problems if problem.message == message)
    assert (found.help or "").startswith(advice or "")
    assert found.field == (key if "hpu" not in line else "gres.hpu")


def test_numbers_keep_their_digits(tmp_path: Path) -> None:
    """What a mapping multiplies by is exact."""
    path = tmp_path / "m.yaml"
    path.write_text("a: 0.1\n", "utf-8")
    assert load_entry(path, ProblemCollector("m", "x")).plain() == {"a": Decimal("0.1")}
