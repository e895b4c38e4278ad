"""JSON Schemas (2020-12) of the files that an author of packs writes; `docs/schemas/rules/` holds them.

Every fact of the catalogue is in them with the operators that may ask it and the values that it may have, so that an
editor completes and checks a condition while it is written. What one file cannot say by itself (citations, cases,
gaps between versions) is the loader's business.
"""

from collections.abc import Mapping
from typing import Any

from kansa.rules import catalogue, pack
from kansa.rules.catalogue import Catalogue, Fact, Type
from kansa.rules.citations import CONFIDENCE
from kansa.rules.effective_dates import STATUSES
from kansa.rules.operators import OPERATORS

Schema = dict[str, Any]

_TEXT: Schema = {"type": "string", "minLength": 1}
_TEXTS: Schema = {"anyOf": [_TEXT, {"type": "array", "items": _TEXT}]}
_INSTANT: Schema = {"type": "string", "pattern": r"^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}.*(Z|[+-]\d{2}:?\d{2})$"}
_CODE = "|".join(CONFIDENCE)
_CONFIDENCE: Schema = {"type": "string", "pattern": rf"^({_CODE})(\+({_CODE}))*$"}
_WORDS: Schema = {"$ref": "#/$defs/words"}
_CONDITION: Schema = {"$ref": "#/$defs/condition"}
_MEMBERS: Mapping[Type, Schema] = {
    "bool": {"type": "boolean"},
    "int": {"type": "integer"},
    "text": {"type": "string"},
    "texts": {"type": "string"},
}
_CASES: dict[str, Schema] = {"base": {}, "at": {}, "cases": {}}  # said once, above
_STATUS: Schema = {"enum": list(STATUSES)}


def schemas(facts: Catalogue) -> dict[str, Schema]:
    """Return one schema a kind of file, by name."""
    return {
        "pack": _file("pack", "A pack of rules, or of tables by date", _packs(facts), _definitions(facts)),
        "cases": _file("cases", "The cases beside a pack", _cases_beside(facts), _values(facts)),
        "citations": _file("citations", "A citation table", _mapping(_citation()), {"words": _words()}),
        "catalogue": _file("catalogue", "The catalogue of facts", _mapping(_fact()), {"words": _words()}),
    }


def _file(name: str, title: str, schema: Schema, definitions: Schema) -> Schema:
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"urn:kansa:schema:rules:{name}",
        "title": title,
        **schema,
        "$defs": definitions,
    }


def _object(required: Mapping[str, Schema], optional: Mapping[str, Schema] | None = None) -> Schema:
    return {
        "type": "object",
        "properties": {**required, **(optional or {})},
        "required": list(required),
        "additionalProperties": False,
    }


def _mapping(schema: Schema) -> Schema:
    return {"type": "object", "additionalProperties": schema, "minProperties": 1}


def _one_or_more(schema: Schema) -> Schema:
    return {"anyOf": [schema, {"type": "array", "items": schema, "minItems": 1}]}


def _header(kinds: tuple[str, ...]) -> dict[str, Schema]:
    id_ = {"type": "string", "pattern": r"^kansa(\.[a-z][a-z0-9-]*)+$"}
    return {
        "pack": id_,
        "version": _TEXT,
        "kind": {"enum": list(kinds)},
        "jurisdiction": _TEXT,
        "words": _WORDS,
    }


def _packs(facts: Catalogue) -> Schema:
    groups = {"properties": {"kind": {"const": "groups"}}, "required": ["kind"]}
    return {"properties": _cases(facts), "if": groups, "then": _tables(), "else": _rules()}


def _rules() -> Schema:
    version = _object(_stretch(), {"to": _end(), **_rule_fields()})
    common = {"subject": _TEXT, "follow_up": _one_or_more(_WORDS), **_rule_fields()}
    weight: Schema = {
        "severity": {"enum": list(pack.SEVERITIES)},
        "outcome": {"enum": list(pack.OUTCOMES)},
        "actions": {
            "anyOf": [{"enum": list(pack.ACTIONS)}, {"type": "array", "items": {"enum": list(pack.ACTIONS)}}]
        },
    }
    rule = _object({"id": _TEXT, "versions": _one_or_more(version)}, {**common, **weight})
    value = {"anyOf": [_scalar(), {"type": "array", "items": _scalar(), "minItems": 1}]}
    parameter = _object(
        {"value": value, "words": _WORDS, "source": _source()},
        {"unit": _TEXT, "verified": {"type": "boolean"}},
    )
    return _object(
        {**_header(("flags", "gate")), "rules": _one_or_more(rule)},
        {"parameters": _mapping(parameter), **_CASES},
    )


def _tables() -> Schema:
    row = {
        "type": "object",
        "properties": {"value": _TEXT, "keys": _TEXTS, "when": _CONDITION},
        "required": ["value"],
        "oneOf": [{"required": ["keys"]}, {"required": ["when"]}],
        "additionalProperties": False,
    }
    backing = {"source": _source(), "verified": {"type": "boolean"}}
    version = _object({**_stretch(), "rows": _one_or_more(row)}, {"to": _end(), **backing})
    table = _object({"id": _TEXT, "words": _WORDS, "versions": _one_or_more(version)}, backing)
    return _object({**_header(("groups",)), "tables": _one_or_more(table)}, _CASES)


def _cases_beside(facts: Catalogue) -> Schema:
    return _object({"pack": _TEXT}, _cases(facts))


def _cases(facts: Catalogue) -> dict[str, Schema]:
    given = {
        "type": "object",
        "properties": {
            name: {"anyOf": [_value(fact), {"type": "null"}]} for name, fact in facts.facts.items()
        },
        "additionalProperties": False,
    }
    asked = {"hits": _TEXTS, "misses": _TEXTS, "unknown": _TEXTS}
    decided = {"action": {"enum": list(pack.ACTIONS)}, "outcome": {"enum": list(pack.OUTCOMES)}}
    case = _object(
        {"name": _TEXT}, {"at": _INSTANT, "facts": {"$ref": "#/properties/base"}, **asked, **decided}
    )
    return {"base": given, "at": _INSTANT, "cases": {"type": "array", "items": case}}


def _citation() -> Schema:
    optional = dict.fromkeys(("section", "date", "url"), _TEXT)
    optional |= {"verified": {"type": "boolean"}, "text_status": _STATUS, "note": _WORDS}
    return _object({"instrument": _TEXT, "title": _WORDS, "confidence": _CONFIDENCE}, optional)


def _fact() -> Schema:
    required: dict[str, Schema] = {
        "type": {"enum": list(catalogue.TYPES)},
        "source": {"enum": list(catalogue.SOURCES)},
    }
    return _object(
        {**required, "subjects": _TEXTS, "words": _WORDS},
        {"unit": _TEXT, "values": _TEXTS, "records": _TEXTS},
    )


def _stretch() -> dict[str, Schema]:
    return {"from": _INSTANT, "text_status": _STATUS, "enforcement_status": _STATUS}


def _end() -> Schema:
    return {"anyOf": [_INSTANT, {"type": "null"}]}


def _rule_fields() -> dict[str, Schema]:
    return {"words": _WORDS, "when": _CONDITION, "source": _source(), "verified": {"type": "boolean"}}


def _source() -> Schema:
    return {"$ref": "#/$defs/source"}


def _words() -> Schema:
    return _object({"en": _TEXT, "ja": _TEXT})


def _definitions(facts: Catalogue) -> dict[str, Schema]:
    parts = {"type": "array", "items": _CONDITION, "minItems": 1}
    condition = {
        "type": "object",
        "properties": {
            "all": parts,
            "any": parts,
            "not": _CONDITION,
            **{name: _test(fact) for name, fact in facts.facts.items()},
        },
        "minProperties": 1,
        "maxProperties": 1,
        "additionalProperties": False,
    }
    source = _object({"citation": _TEXT, "confidence": _CONFIDENCE}, {"locator": _TEXT, "ours": _TEXT})
    plain = {f"test_{type_}": _asked(type_, _MEMBERS[type_]) for type_ in catalogue.TYPES}
    return {
        "words": _words(),
        "condition": condition,
        "source": _one_or_more(source),
        "param": _object({"param": _TEXT}),
        **plain,
        **_values(facts),
    }


def _test(fact: Fact) -> Schema:
    about = f"{fact.words.en} / {fact.words.ja}" + (f" [{fact.unit}]" if fact.unit else "")
    plain = {"$ref": f"#/$defs/test_{fact.type}"}
    return {"description": about, **(_asked(fact.type, _member(fact)) if fact.values else plain)}


def _asked(type_: Type, member: Schema) -> Schema:
    """Return a test of a fact of some type, whose value, or a member of it, has some schema."""
    operands = {
        "value": member,
        "list": {"type": "array", "items": member, "minItems": 1, "uniqueItems": True},
    }
    parameter = {"$ref": "#/$defs/param"}
    asked = {
        op.name: {"anyOf": [operands[op.operands], parameter]}
        for op in OPERATORS.values()
        if type_ in op.types
    }
    return {
        "type": "object",
        "properties": asked,
        "minProperties": 1,
        "maxProperties": 1,
        "additionalProperties": False,
    }


def _value(fact: Fact) -> Schema:
    return {"type": "array", "items": _member(fact)} if fact.type == "texts" else _member(fact)


def _member(fact: Fact) -> Schema:
    return {"$ref": f"#/$defs/{fact.name}"} if fact.values else _MEMBERS[fact.type]


def _values(facts: Catalogue) -> dict[str, Schema]:
    """Return what a fact may be, where it may not be anything of its type."""
    return {name: {"enum": list(fact.values)} for name, fact in facts.facts.items() if fact.values}


def _scalar() -> Schema:
    return {"type": ["boolean", "integer", "string"]}
