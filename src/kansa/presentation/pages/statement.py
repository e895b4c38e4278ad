"""What a person is about to sign, as lines: every field of the statement that has a meaning for people."""

from typing import Any

from markupsafe import Markup

from kansa.application.overview.overview import Overview
from kansa.application.signing import Prepared
from kansa.presentation.pages.kinds import field_words, kind_words
from kansa.presentation.pages.values import Values
from kansa.texts import Language

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
        (field_words(name).in_(language), shown_value(value, overview, values))
        for name, value in data.items()
        if name not in _LEFT_OUT and value not in (None, [], "")
    ]
    return tuple(shown)


def shown_value(value: Any, overview: Overview, values: Values) -> str | Markup:
    """Return a value of a record as people read it: names in place of ids, instants in Japan."""
    if isinstance(value, list):
        return Markup(", ").join(shown_value(each, overview, values) for each in value)
    if isinstance(value, bool):
        return ("はい" if value else "いいえ") if values.language == "ja" else ("yes" if value else "no")
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, dict):
        parts = (f"{name}: {shown_value(each, overview, values)}" for name, each in value.items())
        return ", ".join(parts)
    text = str(value)
    if text[3:4] == "_" and len(text) == _ID:
        person = overview.people.get(text)
        if person is not None:
            return person.names.get(values.language) or text
        named = overview.named(text)
        return values.name(named) if named.names else text
    if text[4:5] == "-" and text.endswith("Z") and "T" in text:
        return values.when(text)
    return text


_ID = 30
