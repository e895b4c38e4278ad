"""All forms of a name: by the writings in which it gives itself."""

from functools import cache, lru_cache

import icu  # type: ignore[import-untyped]
from rigour.names import tokenize_name

from kansa.screening.entry import Schema
from kansa.screening.names.characters import in_characters
from kansa.screening.names.form import Form, said_word, texts_of
from kansa.screening.names.legal_forms import legal_form
from kansa.screening.names.scripts import CJK, clean, scripts_in, spellings
from kansa.screening.names.transliteration import written


@lru_cache(maxsize=16_384)
def forms(name: str, schema: Schema | None) -> tuple[Form, ...]:
    """Return all forms of a name as given. A name with no letters or digits has none.

    Args:
        name: any text; what follows the first `scripts.LONGEST` letters is not compared.
        schema: None is taken as a person and as an organisation, which differ in titles and legal forms.
    """
    found: list[Form] = []
    for text in _spelt(clean(name)):
        scripts = scripts_in(text)
        if scripts & CJK:
            found += in_characters(name, text, scripts, schema)
        elif "other" in scripts:
            found += [*written(name, text, schema), *_said(name, text)]
        else:
            found += written(name, text, schema)
    return tuple(found)


def _spelt(text: str) -> tuple[str, ...]:
    """Return the spellings that a name gives of itself; a legal form beside a name is a part of it and no spelling."""
    found = spellings(text)
    if len(found) > 1 and any(map(legal_form, found)):
        return (" ".join(sorted(found, key=lambda each: legal_form(each) is not None)),)
    return found


@cache
def _to_latin() -> icu.Transliterator:
    return icu.Transliterator.createInstance("Any-Latin; Latin-ASCII")


def _said(name: str, text: str) -> list[Form]:
    latin = _to_latin().transliterate(text)
    words = tuple(
        said_word(word, "initial" if len(word) == 1 else "name") for word in tokenize_name(latin.lower())
    )
    return [Form(name, "said", words, (), texts_of(words), texts_of(words))] if words else []
