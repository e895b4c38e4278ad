"""What a person is about to sign, as lines: every field of the statement that has a meaning for people."""

from typing import Any

from markupsafe import Markup

from kansa.application.overview.overview import Overview
from kansa.application.signing import Prepared
from kansa.presentation.pages.kinds import field_words, kind_words
from kansa.presentation.pages.values import Values
from kansa.texts import Language, Words

_LEFT_OUT = frozenset(
    {
        "reasons_salt",
        "reasons_digest",
        "sealed_salt",
        "sealed_digest",
        "proposal_sha256",
        "known_by",
        "signer_id",
    }
)


def statement_lines(
    prepared: Prepared, overview: Overview, language: Language
) -> tuple[tuple[str, str | Markup], ...]:
    """Return what will be recorded: its kind, and its fields with names in place of ids."""
    values = Values(language, overview.now)
    data = prepared.draft.data
    kind = kind_words(prepared.draft.type).in_(language)
    shown: list[tuple[str, str | Markup]] = [(field_words("kind").in_(language), kind)]
    shown += [
        (
            field_words(name).in_(language),
            _worded(name, value, language) or shown_value(value, overview, values),
        )
        for name, value in data.items()
        if name not in _LEFT_OUT and value not in (None, [], "")
    ]
    return tuple(shown)


def _worded(name: str, value: object, language: Language) -> str | None:
    """Return what a code of a statement is called; None where it is none."""
    found = _CODES.get((name, str(value)))
    return found.in_(language) if found is not None else None


_CODES = {
    ("decision", "permit"): Words("permit", "承認"),
    ("decision", "hold"): Words("hold", "保留"),
    ("decision", "deny"): Words("deny", "否認"),
    ("outcome", "endorsed"): Words("endorsed", "審査済み"),
    ("outcome", "returned"): Words("returned", "差戻し"),
    ("step", "draft"): Words("draft", "起案"),
    ("step", "review"): Words("review", "審査"),
    ("step", "endorse"): Words("endorsement", "合議"),
    ("step", "approve"): Words("approval", "承認"),
}


def shown_value(value: Any, overview: Overview, values: Values) -> str | Markup:
    """Return a value of a record as people read it: names in place of ids, instants in Japan."""
    if isinstance(value, list):
        return Markup(", ").join(shown_value(each, overview, values) for each in value)
    if isinstance(value, dict):
        return ", ".join(f"{name}: {shown_value(each, overview, values)}" for name, each in value.items())
    if isinstance(value, bool):
        return (_YES if value else _NO).in_(values.language)
    return f"{value:,}" if isinstance(value, int) else _shown_text(str(value), overview, values)


def _shown_text(text: str, overview: Overview, values: Values) -> str | Markup:
    if text[3:4] == "_" and len(text) == _ID:
        person, named = overview.people.get(text), overview.named(text)
        if person is not None:
            return person.names.get(values.language) or text
        return values.name(named) if named.names else text
    is_instant = text[4:5] == "-" and text.endswith("Z") and "T" in text
    return values.when(text) if is_instant else text


_YES, _NO = Words("yes", "はい"), Words("no", "いいえ")
_ID = 30
