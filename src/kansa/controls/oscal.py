"""Controls, the expectations that they serve, and what can be shown, as OSCAL 1.2.1 documents.

Two catalogs (our controls; the rules of the flag packs, each an expectation with its source and its doubts), the
mapping from expectations to controls, and assessment results. OSCAL knows *satisfied* and *not-satisfied* alone: a
finding here is satisfied when evidence is on file and fresh for every subject asked about, which is no judgement of
what the evidence says. Ids are UUIDs of version 5, so that the same vault at the same time gives the same documents.
Source: NIST OSCAL 1.2.1, models catalog, mapping collection and assessment results.
"""

import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Protocol

from kansa.clock import format_instant
from kansa.controls.assessment import Answer, Shown
from kansa.controls.pack import Control, ControlPack
from kansa.i18n import Words
from kansa.rules.citations import Citation, Source
from kansa.rules.loading.library import Library
from kansa.rules.pack import Pack, Rule

VERSION = "1.2.1"
NAMESPACE = "urn:kansa:oscal"
CONTROLS, EXPECTATIONS = "kansa-controls-catalog.json", "kansa-expectations-catalog.json"
MAPPING, RESULTS = "kansa-mapping.json", "kansa-assessment-results.json"

Json = dict[str, Any]

_UUIDS = uuid.uuid5(uuid.NAMESPACE_URL, NAMESPACE)
_EXPECTATIONS = Words("Expectations that controls serve", "統制が対応する要求事項")
_MAPPING = Words("From expectations to controls", "要求事項と統制の対応")
_RESULTS = Words("What the operator can show", "事業者が示せること")
_NOT_ADVICE = (
    "Evidence, not legal advice. `satisfied` says that a record is on file and fresh for every subject asked about, "
    "not that what it says is right."
)


class Moment(Protocol):
    """What could be shown at an instant (µs UTC)."""

    @property
    def at(self) -> int: ...
    @property
    def shown(self) -> tuple[Shown, ...]: ...


def documents(pack: ControlPack, library: Library, moments: Sequence[Moment], origin: str) -> dict[str, Json]:
    """Return all four documents by file name. `moments` in order, the last is now; `origin` names the log of the records."""
    now = moments[-1].at
    return {
        CONTROLS: controls_catalog(pack, library.citations, now),
        EXPECTATIONS: expectations_catalog(library, now),
        MAPPING: mapping(pack, library, now),
        RESULTS: assessment_results(pack, moments, origin),
    }


def controls_catalog(pack: ControlPack, citations: Mapping[str, Citation], now: int) -> Json:
    """Return our controls by family; each has a statement in both languages and an objective that can be assessed."""
    groups = [
        {
            "id": family,
            "title": words.en,
            "props": [_prop("title-ja", words.ja)],
            "controls": [_control(each, pack, citations) for each in pack.controls if each.family == family],
        }
        for family, words in pack.families.items()
    ]
    metadata = _metadata(pack.header.words, pack.header.version, now)
    return {"catalog": {"uuid": _uuid("catalog", pack.meaning), "metadata": metadata, "groups": groups}}


def expectations_catalog(library: Library, now: int) -> Json:
    """Return the rules of the flag packs as expectations: statuses now, sources, confidence, whether anybody verified them."""
    packs = _flag_packs(library)
    groups = [
        {
            "id": pack.id,
            "title": pack.header.words.en,
            "props": [_prop("title-ja", pack.header.words.ja), _prop("version", pack.header.version)],
            "controls": [_expectation(rule, library.citations, now) for rule in pack.rules],
        }
        for pack in packs
    ]
    metadata = _metadata(_EXPECTATIONS, max(pack.header.version for pack in packs), now)
    named = _uuid("expectations", *(pack.meaning for pack in packs))
    return {"catalog": {"uuid": named, "metadata": metadata, "groups": groups}}


def mapping(pack: ControlPack, library: Library, now: int) -> Json:
    """Return which controls let one answer which expectation. Expectations that no control serves are listed as such."""
    rules = [rule.id for each in _flag_packs(library) for rule in each.rules]
    serving = {rule: [each.id for each in pack.controls if rule in each.serves] for rule in rules}
    served = {rule: controls for rule, controls in serving.items() if controls}
    maps = [
        {
            "uuid": _uuid("map", rule),
            "relationship": "intersects-with",
            "sources": [{"type": "control", "id-ref": rule}],
            "targets": [{"type": "control", "id-ref": control} for control in controls],
        }
        for rule, controls in served.items()
    ]
    one = {
        "uuid": _uuid("mapping", pack.meaning),
        "source-resource": {"type": "catalog", "href": EXPECTATIONS},
        "target-resource": {"type": "catalog", "href": CONTROLS},
        "maps": maps,
        "source-gap-summary": {
            "uuid": _uuid("unserved", pack.meaning),
            "unmapped-controls": [{"with-ids": [rule for rule in rules if rule not in served]}],
        },
    }
    provenance = {
        "method": "human",
        "matching-rationale": "functional",
        "status": "draft",
        "mapping-description": "A control serves an expectation if its evidence lets one answer it.",
    }
    return {
        "mapping-collection": {
            "uuid": _uuid("mappings", pack.meaning),
            "metadata": _metadata(_MAPPING, pack.header.version, now),
            "provenance": provenance,
            "mappings": [one],
        }
    }


def assessment_results(pack: ControlPack, moments: Sequence[Moment], origin: str) -> Json:
    """Return one result for each moment: an observation and a finding for each control that concerns anybody."""
    plan = _uuid("plan", pack.meaning)
    return {
        "assessment-results": {
            "uuid": _uuid("results", pack.meaning, origin, *(str(each.at) for each in moments)),
            "metadata": _metadata(_RESULTS, pack.header.version, moments[-1].at),
            "import-ap": {"href": f"#{plan}", "remarks": "The plan is the pack of controls; it runs at any time."},
            "results": [_result(pack, moment, origin) for moment in moments],
            "back-matter": {
                "resources": [
                    {
                        "uuid": plan,
                        "title": pack.header.words.en,
                        "props": [_prop("pack", pack.header.id), _prop("version", pack.header.version), _prop("meaning", pack.meaning)],
                        "rlinks": [{"href": CONTROLS}],
                    }
                ]
            },
        }
    }  # fmt: skip


def _control(control: Control, pack: ControlPack, citations: Mapping[str, Citation]) -> Json:
    props = [
        _prop("title-ja", control.words.ja),
        _prop("responsible", control.responsible),
        _prop("about", control.about),
        _prop("verified", _truth(control.verified)),
    ]
    if control.fresh is not None:
        props.append(_prop("fresh-seconds", str(control.fresh // 1_000_000)))
    statement = {
        "id": f"{control.id}.smt",
        "name": "statement",
        "prose": control.words.en,
        "props": [_prop("prose-ja", control.words.ja)],
    }
    kinds = ", ".join(dict.fromkeys(sign.type for sign in control.evidence.any))
    objective = {
        "id": f"{control.id}.obj",
        "name": "assessment-objective",
        "prose": f"A record of {kinds} is on file and fresh for each subject.",
        "props": [_prop("responsible-role", pack.roles[control.responsible].en)],
    }
    return {
        "id": control.id,
        "title": control.words.en,
        "props": [*props, *_sourced(control.sources, citations)],
        "parts": [statement, objective],
    }  # fmt: skip


def _expectation(rule: Rule, citations: Mapping[str, Citation], now: int) -> Json:
    version = rule.at(now) or rule.versions[-1]
    standing = "no-version" if rule.at(now) is None else version.standing.replace("_", "-")
    props = [
        _prop("title-ja", version.words.ja),
        _prop("standing", standing),
        _prop("text-status", version.text_status.replace("_", "-")),
        _prop("enforcement-status", version.enforcement_status.replace("_", "-")),
        _prop("verified", _truth(version.verified)),
        *([_prop("severity", rule.severity)] if rule.severity else []),
        *_sourced(version.sources, citations),
    ]
    follow_up = [
        {
            "id": f"{rule.id}.gdn-{n}",
            "name": "guidance",
            "prose": words.en,
            "props": [_prop("prose-ja", words.ja)],
        }
        for n, words in enumerate(rule.follow_up, 1)
    ]
    return {
        "id": rule.id,
        "title": version.words.en,
        "props": props,
        "parts": [{"id": f"{rule.id}.smt", "name": "statement", "prose": version.words.en}, *follow_up],
    }


def _sourced(sources: Iterable[Source], citations: Mapping[str, Citation]) -> Iterator[Json]:
    for source in sources:
        cited = citations[source.citation]
        place = " ".join(part for part in (cited.instrument, source.locator) if part)
        yield _prop("source", place, group=source.citation)
        yield _prop("confidence", source.confidence, group=source.citation)


def _result(pack: ControlPack, moment: Moment, origin: str) -> Json:
    stamp = format_instant(moment.at)
    asked = [shown for shown in moment.shown if shown.answers]
    observations = [_observation(shown, stamp, origin) for shown in asked]
    findings = [
        _finding(shown, observation["uuid"], stamp)
        for shown, observation in zip(asked, observations, strict=True)
    ]
    result: Json = {
        "uuid": _uuid("result", pack.meaning, origin, stamp),
        "title": f"{_RESULTS.en}, {stamp}",
        "description": _NOT_ADVICE,
        "start": stamp,
        "props": [_prop("title-ja", f"{_RESULTS.ja}（{stamp}）")],
        "reviewed-controls": {
            "control-selections": [
                {"include-controls": [{"control-id": shown.control.id} for shown in moment.shown]}
            ]
        },
    }
    if asked:
        result |= {"observations": observations, "findings": findings}
    return result


def _observation(shown: Shown, stamp: str, origin: str) -> Json:
    counts = ", ".join(f"{count} {state}" for state, count in shown.counts.items())
    observation: Json = {
        "uuid": _uuid("observation", shown.control.id, stamp, origin),
        "description": f"{shown.control.words.en}: {counts}.",
        "props": [
            _prop("state", shown.state),
            *(_prop(state, str(count)) for state, count in shown.counts.items()),
        ],
        "methods": ["EXAMINE"],
        "types": ["control-objective"],
        "collected": stamp,
    }
    if evidence := [_evidence(answer, origin) for answer in shown.answers]:
        observation["relevant-evidence"] = evidence
    until = min((answer.until for answer in shown.answers if answer.until is not None), default=None)
    if until is not None and shown.state == "fresh":
        observation["expires"] = format_instant(until)
    return observation


def _evidence(answer: Answer, origin: str) -> Json:
    """Return what answers for one subject: the records by log and index, which a dossier discloses and proves."""
    evidence: Json = {
        "description": f"{answer.subject}: {answer.state}",
        "props": [_prop("subject", answer.subject), _prop("state", answer.state)],
    }
    if answer.records:
        evidence["props"] += [_prop("record", f"{origin}#{index}") for index in answer.records]
    return evidence


def _finding(shown: Shown, observation: str, stamp: str) -> Json:
    fresh = shown.state == "fresh"
    return {
        "uuid": _uuid("finding", observation),
        "title": shown.control.words.en,
        "description": f"Evidence is {shown.state} at {stamp}.",
        "target": {
            "type": "objective-id",
            "target-id": f"{shown.control.id}.obj",
            "status": {"state": "satisfied" if fresh else "not-satisfied", "reason": "pass" if fresh else "fail", "remarks": _NOT_ADVICE},
        },
        "related-observations": [{"observation-uuid": observation}],
    }  # fmt: skip


def _flag_packs(library: Library) -> list[Pack]:
    return [pack for pack in library.packs if pack.header.kind == "flags"]


def _metadata(words: Words, version: str, now: int) -> Json:
    return {
        "title": words.en,
        "last-modified": format_instant(now),
        "version": version,
        "oscal-version": VERSION,
        "props": [_prop("title-ja", words.ja)],
        "remarks": _NOT_ADVICE,
    }


def _prop(name: str, value: str, *, group: str | None = None) -> Json:
    return {"name": name, "ns": NAMESPACE, "value": value} | ({"group": group} if group else {})


def _truth(value: bool) -> str:  # noqa: FBT001 - what it writes
    return "true" if value else "false"


def _uuid(*what: str) -> str:
    return str(uuid.uuid5(_UUIDS, "\n".join(what)))
