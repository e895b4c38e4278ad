"""OSCAL: the official schemas accept what we write, and what refers to another document finds it there."""

import json
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest
from jsonschema import Draft7Validator

from controls.ledgers import PACK, WHO, Told
from kansa.clock import DAY, format_instant
from kansa.controls import oscal
from kansa.controls.assessment import Records
from kansa.dossier.report.readiness import Moment
from rules.packs.shelf import library
from shared_data import SharedData
from worlds import BEGIN, ORIGIN

MODELS = {
    oscal.CONTROLS: "oscal_catalog_schema.json",
    oscal.EXPECTATIONS: "oscal_catalog_schema.json",
    oscal.MAPPING: "oscal_mapping_schema.json",
    oscal.RESULTS: "oscal_assessment-results_schema.json",
}


@cache
def documents() -> dict[str, Any]:
    """A small vault on two days."""
    told = Told()
    told.path()
    told.say("end_user.verified", 1, 400, end_user_id=WHO.tenant)
    told.say("site.registered", 1, site_id=WHO.site, country="JP")
    records = Records(PACK, told.claims)
    moments = [Moment(BEGIN + day * DAY, records.at(BEGIN + day * DAY)) for day in (0, 2)]
    written: dict[str, Any] = json.loads(json.dumps(oscal.documents(PACK, library(), moments, ORIGIN)))
    return written


def _python_patterns(schema: Any) -> Any:
    r"""The schema with its two Unicode classes, `\p{L}` and `\p{N}`, in the words of Python's `re`."""
    if isinstance(schema, dict):
        return {
            name: _pattern(value) if name == "pattern" and isinstance(value, str) else _python_patterns(value)
            for name, value in schema.items()
        }
    return [_python_patterns(each) for each in schema] if isinstance(schema, list) else schema


def _pattern(text: str) -> str:
    return text.replace(r"\p{L}", r"[^\W\d_]").replace(r"\p{N}", r"\d")


@pytest.mark.parametrize("name", MODELS)
def test_the_official_schema_accepts_it(name: str, shared_data: SharedData) -> None:
    """NIST OSCAL 1.2.1."""
    path = shared_data("connectors", "oscal", "schemas", MODELS[name])
    schema = _python_patterns(json.loads(path.read_text("utf-8")))
    errors = [
        f"{error.json_path}: {error.message[:200]}"
        for error in Draft7Validator(schema).iter_errors(documents()[name])
    ]
    assert errors == []


def _controls(document: dict[str, Any]) -> dict[str, dict[str, Any]]:
    groups = document["catalog"]["groups"]
    return {control["id"]: control for group in groups for control in group["controls"]}


def _strings(value: Any, name: str) -> Iterator[str]:
    if isinstance(value, dict):
        for key, inner in value.items():
            if key == name and isinstance(inner, str):
                yield inner
            yield from _strings(inner, name)
    elif isinstance(value, list):
        for inner in value:
            yield from _strings(inner, name)


def test_the_mapping_refers_to_controls_and_expectations_that_exist() -> None:
    """Sources in the one catalog, targets in the other; what is not mapped is listed, and nothing twice."""
    controls, expectations = (_controls(documents()[name]) for name in (oscal.CONTROLS, oscal.EXPECTATIONS))
    (mapping,) = documents()[oscal.MAPPING]["mapping-collection"]["mappings"]
    mapped = {source["id-ref"] for each in mapping["maps"] for source in each["sources"]}
    assert {target["id-ref"] for each in mapping["maps"] for target in each["targets"]} <= controls.keys()
    (unmapped,) = mapping["source-gap-summary"]["unmapped-controls"]
    assert mapped | set(unmapped["with-ids"]) == expectations.keys()
    assert mapped.isdisjoint(unmapped["with-ids"])


def test_findings_are_of_objectives_that_the_catalog_has() -> None:
    """And each rests on an observation of the same result."""
    parts = {part["id"] for each in _controls(documents()[oscal.CONTROLS]).values() for part in each["parts"]}
    for result in documents()[oscal.RESULTS]["assessment-results"]["results"]:
        observed = {each["uuid"] for each in result["observations"]}
        for finding in result["findings"]:
            assert finding["target"]["target-id"] in parts
            assert {each["observation-uuid"] for each in finding["related-observations"]} <= observed


def test_a_finding_is_satisfied_only_if_evidence_is_fresh_for_everybody() -> None:
    """Verified on the second day and not on the first."""
    results = documents()[oscal.RESULTS]["assessment-results"]["results"]
    target = "kansa.controls.end-user-verified.obj"
    states = [
        finding["target"]["status"]["state"]
        for result in results
        for finding in result["findings"]
        if finding["target"]["target-id"] == target
    ]
    assert states == ["not-satisfied", "satisfied"]
    assert results[1]["start"] == format_instant(BEGIN + 2 * DAY)


def test_evidence_is_named_by_log_and_index() -> None:
    """What a dossier discloses and proves."""
    last = documents()[oscal.RESULTS]["assessment-results"]["results"][-1]
    told = {
        prop["value"]
        for each in last["observations"]
        for found in each["relevant-evidence"]
        for prop in found["props"]
        if prop["name"] == "record"
    }
    assert f"{ORIGIN}#1" in told


def test_every_uuid_names_one_thing() -> None:
    """Within each document."""
    for document in documents().values():
        named = list(_strings(document, "uuid"))
        assert len(named) == len(set(named))


def test_an_unverified_expectation_is_marked() -> None:
    """Wherever it is shown."""
    expectation = _controls(documents()[oscal.EXPECTATIONS])["kansa.us.diversion-guidance.flag-sudden-volume"]
    props = {prop["name"]: prop["value"] for prop in expectation["props"]}
    assert props["verified"] == "false"
    assert props["confidence"] == "S+M"
