"""The OpenAPI 3.1 document, made from the same types that read and write; `docs/openapi.json` holds it."""

from typing import Any

import msgspec

from kansa import __version__
from kansa.gate.answer import Answer
from kansa.gate.authzen import MOST_EVALUATIONS, Evaluation, Semantic
from kansa.gate.bypass import Bypassed
from kansa.interfaces.api.bypass import MOST_AT_ONCE, Told

_TEXT = {"type": "string"}
_REFUSALS = {
    "400": "The request cannot be read; the text says everything that is wrong with it.",
    "401": "The caller is not known.",
    "413": "The request is too large.",
    "429": "The caller asks more than it may; try again later.",
}


def document() -> dict[str, Any]:
    """Return the document, ready for JSON."""
    (evaluation, answer, _, _), components = msgspec.json.schema_components(
        [Evaluation, Answer, Bypassed, Told], ref_template="#/components/schemas/{name}"
    )
    components["Evaluations"] = _evaluations(components["Evaluation"])
    components["Answers"] = {
        "title": "Answers",
        "description": "The answers, in the order of the questions; fewer, where the semantic stopped early.",
        "type": "object",
        "properties": {"evaluations": {"type": "array", "items": answer}},
        "required": ["evaluations"],
    }
    either = {"anyOf": [{"$ref": "#/components/schemas/Answers"}, answer]}
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Kansa gate",
            "version": __version__,
            "summary": "OpenID AuthZEN Authorization API 1.0: evaluation, evaluations, discovery.",
            "description": "Permit is `true`; hold and deny are `false`, told apart in `context.state`. No answer"
            " leaves before its decision is in the gate's log.",
        },
        "security": [{"token": []}, {"certificate": []}],
        "paths": {
            "/access/v1/evaluation": {"post": _asking("evaluation", "One question.", evaluation, answer)},
            "/access/v1/evaluations": {
                "post": _asking(
                    "evaluations",
                    "Several questions on one basis, kept in one commit; without `evaluations`, one question.",
                    {"$ref": "#/components/schemas/Evaluations"},
                    either,
                )
            },
            "/gate/v1/bypassed": {
                "post": _asking(
                    "bypassed",
                    "What a client that fails open let through; every line has an answer, and is recorded once.",
                    _lines({"$ref": "#/components/schemas/Bypassed"}),
                    _lines({"$ref": "#/components/schemas/Told"}),
                )
            },
            "/.well-known/authzen-configuration": {
                "get": _open(
                    "metadata", "Where the endpoints are; only where the gate is reached over https."
                )
            },
            "/healthz": {"get": _open("healthz", "The process answers.")},
            "/readyz": {"get": _open("readyz", "It can decide and record; 503 says why not.", "503")},
        },
        "components": {
            "schemas": dict(sorted(components.items())),
            "securitySchemes": {
                "token": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"},
                "certificate": {"type": "mutualTLS"},
            },
        },
    }


def _asking(name: str, summary: str, asked: dict[str, Any], answered: dict[str, Any]) -> dict[str, Any]:
    identified = {"X-Request-ID": {"description": "As it came with the request.", "schema": _TEXT}}
    return {
        "operationId": name,
        "summary": summary,
        "parameters": [
            {"name": "X-Request-ID", "in": "header", "required": False, "schema": _TEXT},
            {
                "name": "Accept-Language",
                "in": "header",
                "required": False,
                "description": "`ja` for reasons in Japanese; `words` always holds both languages.",
                "schema": _TEXT,
            },
        ],
        "requestBody": {"required": True, "content": {"application/json": {"schema": asked}}},
        "responses": {
            "200": {
                "description": "The decision.",
                "headers": identified,
                "content": {"application/json": {"schema": answered}},
            },
            **{status: _refusal(words) for status, words in _REFUSALS.items()},
        },
    }


def _lines(line: dict[str, Any]) -> dict[str, Any]:
    lines = {"type": "array", "items": line, "maxItems": MOST_AT_ONCE}
    return {"type": "object", "properties": {"bypassed": lines}, "required": ["bypassed"]}


def _refusal(words: str) -> dict[str, Any]:
    return {"description": words, "content": {"application/json": {"schema": _TEXT}}}


def _open(name: str, summary: str, *others: str) -> dict[str, Any]:
    answer = {"description": summary, "content": {"application/json": {"schema": {"type": "object"}}}}
    return {
        "operationId": name,
        "summary": summary,
        "security": [],
        "responses": {"200": answer, **dict.fromkeys(others, answer)},
    }


def _evaluations(evaluation: dict[str, Any]) -> dict[str, Any]:
    """As an evaluation, whose parts are defaults for those in `evaluations`."""
    item = {"type": "object", "properties": evaluation["properties"]}
    semantics = msgspec.json.schema(Semantic)["enum"]
    return {
        "title": "Evaluations",
        "description": "Questions with defaults: a part that a question lacks is that of the whole.",
        "type": "object",
        "properties": {
            **evaluation["properties"],
            "evaluations": {"type": "array", "items": item, "maxItems": MOST_EVALUATIONS},
            "options": {
                "type": "object",
                "properties": {"evaluations_semantic": {"enum": semantics, "default": "execute_all"}},
            },
        },
        "anyOf": [
            {"required": ["subject", "action", "resource"]},
            {"required": ["evaluations"], "properties": {"evaluations": {"minItems": 1}}},
        ],
    }
