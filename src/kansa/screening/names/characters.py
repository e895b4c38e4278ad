"""Names in Chinese characters, kana and hangul: by their characters, and as they are read."""

import re
from typing import NamedTuple

from rigour._core import maybe_ascii
from rigour.names import tokenize_name

from kansa.screening.entry import Schema
from kansa.screening.names import glossary, readings
from kansa.screening.names.folding import fold, in_katakana, only_simplified
from kansa.screening.names.form import (
    Form,
    Kind,
    Meaning,
    Places,
    Way,
    Word,
    said_word,
    spans_of,
    texts_of,
)
from kansa.screening.names.hepburn import romaji
from kansa.screening.names.legal_forms import Stripped, legal_form, strip_legal_forms
from kansa.screening.names.scripts import CJK, Script, script_of, scripts_in
from kansa.screening.names.transliteration import written


class _Piece(NamedTuple):
    """A piece of a CJK name: as given, as folded, its writing, and its concept if the glossary has it."""

    text: str
    folded: str
    script: Script
    concept: glossary.Concept | None


def in_characters(name: str, text: str, scripts: frozenset[Script], schema: Schema | None) -> list[Form]:
    """Return the forms of a cleaned text in which `scripts` occur.

    Nobody having said what bears the name, and without a legal form, it is read as a person's too.
    """
    if (alone := legal_form(text)) is not None:
        return [_folded_form(name, [], alone, kana_only=False)]
    stripped = strip_legal_forms(text)
    if stripped.forms and not scripts_in(stripped.core) & CJK:
        return written(name, " ".join((stripped.core, *stripped.latin)), schema)
    if schema == "Person" or (schema is None and not stripped.forms):
        as_person = _forms(name, text, scripts, Stripped(text, (), (), None), person=True)
        if schema == "Person":
            return as_person
        as_other = _forms(name, text, scripts, stripped, person=False)
        known = {(form.way, form.texts) for form in as_other}
        return as_other + [form for form in as_person if (form.way, form.texts) not in known]
    return _forms(name, text, scripts, stripped, person=False)


def _forms(
    name: str, text: str, scripts: frozenset[Script], stripped: Stripped, *, person: bool
) -> list[Form]:
    pieces = _pieces(stripped.core, person=person)
    if not pieces:
        return []
    kana_only = scripts_in(stripped.core) == {"kana"}
    return [
        _folded_form(name, pieces, stripped, kana_only=kana_only),
        *(
            _read_form(name, pieces, stripped, language, person=person, kana_only=kana_only)
            for language in _languages(text, scripts, stripped.language)
        ),
    ]


def _languages(text: str, scripts: frozenset[Script], by_legal_form: str | None) -> tuple[Way, ...]:
    """In which languages a name may be read: kana, hangul and legal forms decide, characters alone often cannot."""
    if "hangul" in scripts:
        return ("ko",)
    if "kana" in scripts or by_legal_form == "ja":
        return ("ja",)
    return ("zh",) if only_simplified(text) else ("ja", "zh")


_RUN = re.compile(
    r"[\u3040-\u309f]+|[\u30a0-\u30ff\u31f0-\u31ff]+|[\u3005-\u3007\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]+|[\uac00-\ud7af\u1100-\u11ff]+|[^\W_]+?(?=[\u3005-\u9fff\uac00-\ud7af]|\W|_|$)"
)


def _pieces(core: str, *, person: bool) -> list[_Piece]:
    found: list[_Piece] = []
    for run in _RUN.finditer(core.replace("・", " ")):
        text = run.group()
        script = script_of(text[0]) or "latin"
        if script not in CJK:
            said = tokenize_name(maybe_ascii(text).lower())
            found += [_Piece(word, word, "latin", glossary.in_characters(word)) for word in said]
            continue
        folded = fold(text)
        for piece in glossary.pieces(folded) if not person else [glossary.Found(0, len(folded), None)]:
            part = text[piece.start : piece.end]
            found.append(_Piece(part, folded[piece.start : piece.end], script, piece.concept))
    return found


def _kind_of_piece(piece: _Piece) -> Kind:
    if piece.concept is not None:
        return "name" if piece.concept.kind == "brand" else piece.concept.kind
    return "number" if piece.text.isdigit() else "name"


def _folded_form(name: str, pieces: list[_Piece], stripped: Stripped, *, kana_only: bool) -> Form:
    words: list[Word] = []
    means: dict[Places, set[Meaning]] = {}
    for number, piece in enumerate(pieces):
        text = fold(in_katakana(piece.text)) if piece.script == "kana" else piece.folded
        words.append(Word(text, _kind_of_piece(piece), ()))
        if piece.concept is not None:
            means[(number,)] = {f"GLOSS:{one}" for one in piece.concept.ids}
    words += [Word(latin, "legal", ()) for latin in stripped.latin]  # ㈱, 株式会社 and 有限公司 alike
    shown = (*(piece.text for piece in pieces), *stripped.forms)
    return Form(name, "folded", tuple(words), spans_of(means), shown, texts_of(words), all_kana=kana_only)


def _read_form(
    name: str, pieces: list[_Piece], stripped: Stripped, language: Way, *, person: bool, kana_only: bool
) -> Form:
    words: list[Word] = []
    shown: list[str] = []
    means: dict[Places, set[Meaning]] = {}
    for piece in pieces:
        at = len(words)
        if piece.concept is not None:
            words += [said_word(word, _kind_of_piece(piece)) for word in piece.concept.latin]
            means[tuple(range(at, len(words)))] = {f"GLOSS:{one}" for one in piece.concept.ids}
        else:
            loan = piece.script == "kana" or _may_be_a_loan(piece, language, person=person)
            read = _read(piece, language, person=person)
            words += [said_word(word, _kind_of_piece(piece), loan=loan) for word in read]
            if person and piece.script == "hangul" and at == 0 and len(words) > 1:
                means[(0,)] = {f"KO:{piece.text[0]}"}
        shown += [word.text for word in words[at:]]
        if len(words) > at and piece.script != "latin":
            shown[-1] += f" ({piece.text})"
    words += [said_word(word, "legal") for latin in stripped.latin for word in latin.split()]
    shown += [word.text for word in words[len(shown) :]]
    return Form(
        name, language, tuple(words), spans_of(means), tuple(shown), texts_of(words), all_kana=kana_only
    )


def _may_be_a_loan(piece: _Piece, language: Way, *, person: bool) -> bool:
    return language == "zh" and not person and len(piece.text) >= _TRANSLITERATED


_TRANSLITERATED = 3  # Chinese renders foreign names with three characters and more


def _read(piece: _Piece, language: Way, *, person: bool) -> tuple[str, ...]:
    """Return the words of a piece as they are said; none where nobody knows (a lone iteration mark)."""
    return tuple(word for word in _said_words(piece, language, person=person) if word)


def _said_words(piece: _Piece, language: Way, *, person: bool) -> tuple[str, ...]:
    if piece.script == "latin":
        return (piece.text,)
    if piece.script == "hangul":
        return readings.korean(piece.text, person=person)
    if piece.script == "kana" and not _has_han(piece.text):
        return (romaji(in_katakana(piece.text)),)
    if language == "ja":
        return readings.japanese(piece.text)
    return readings.mandarin(piece.text, person=person)


def _has_han(text: str) -> bool:
    return any(script_of(letter) == "han" for letter in text)
