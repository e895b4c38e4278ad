"""A name as it is compared: words, what kind each is, how it sounds, what it means.

One name has several forms. `written`: as it stands, for writings with letters. `folded`: in Chinese characters, kana
or hangul, cut into words of the glossary and what lies between. `ja`, `zh`, `ko`: such a name as it is said, in Latin
letters, with words of the glossary translated. `said`: any other writing in Latin letters by ICU's rules.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Literal, NamedTuple

import icu  # type: ignore[import-untyped]
from rapidfuzz.distance import OSA
from rigour._core import maybe_ascii
from rigour.names import Name as RigourName
from rigour.names import NamePart, NameTypeTag, Symbol, SymbolCategory, analyze_names, tokenize_name
from rigour.names.tag import NamePartTag

from kansa.screening.entry import Schema
from kansa.screening.names import glossary, readings
from kansa.screening.names.folding import fold, in_katakana, only_simplified
from kansa.screening.names.hepburn import romaji
from kansa.screening.names.legal_forms import Stripped, legal_form, legal_words, strip_legal_forms
from kansa.screening.names.scripts import CJK, Script, clean, script_of, scripts_in, spellings
from kansa.screening.names.sounds import arabic_sounds, rough_sound, sound

Way = Literal["written", "folded", "ja", "zh", "ko", "said"]
Kind = Literal["name", "number", "place", "word", "initial", "small", "legal"]
DERIVED = frozenset[Way]({"ja", "zh", "ko", "said"})


Places = tuple[int, ...]
Meaning = str
"""What rigour knows of words, by its category and id, or a concept of our own tables."""


class Word(NamedTuple):
    """One word: as compared, its kind, and its consonants (of a reading only where it is a loan word)."""

    text: str
    kind: Kind
    sounds: tuple[str, ...]


class Span(NamedTuple):
    """Neighbouring words, by number, that mean something as a whole."""

    at: Places
    means: frozenset[Meaning]


@dataclass(frozen=True, slots=True, eq=False)
class Form:
    """One form of one name; `shown` holds the words as people should see them, which for `folded` are not those compared.

    `texts` are the words' texts alone.
    """

    name: str
    way: Way
    words: tuple[Word, ...]
    spans: tuple[Span, ...]
    shown: tuple[str, ...]
    texts: tuple[str, ...]
    all_kana: bool = False
    arabic: bool = False


@lru_cache(maxsize=16_384)
def forms(name: str, schema: Schema | None) -> tuple[Form, ...]:
    """All forms of a name as given. A name with no letters or digits has none.

    Args:
        name: any text; what follows the first `scripts.LONGEST` letters is not compared.
        schema: None is taken as a person and as an organisation, which differ in titles and legal forms.
    """
    found: list[Form] = []
    for text in _spelt(clean(name)):
        scripts = scripts_in(text)
        if scripts & CJK:
            found += _cjk(name, text, scripts, schema)
        elif "other" in scripts:
            found += [*_written(name, text, schema), *_said(name, text)]
        else:
            found += _written(name, text, schema)
    return tuple(found)


def _spelt(text: str) -> tuple[str, ...]:
    """The spellings that a name gives of itself; a legal form beside a name is a part of it and no spelling."""
    found = spellings(text)
    if len(found) > 1 and any(map(legal_form, found)):
        return (" ".join(sorted(found, key=lambda each: legal_form(each) is not None)),)
    return found


# Names with letters: rigour's analysis.

_TAGS: dict[Schema | None, tuple[NameTypeTag, ...]] = {
    "Person": (NameTypeTag.PER,),
    "Organization": (NameTypeTag.ORG,),
    "Vessel": (NameTypeTag.OBJ,),
    "Aircraft": (NameTypeTag.OBJ,),
    "Address": (NameTypeTag.OBJ,),
    None: (NameTypeTag.ORG, NameTypeTag.PER),
}
_KINDS: dict[SymbolCategory, Kind] = {
    SymbolCategory.ORG_CLASS: "legal",
    SymbolCategory.DOMAIN: "word",
    SymbolCategory.SYMBOL: "word",
    SymbolCategory.LOCATION: "place",
    SymbolCategory.NUMERIC: "number",
}
# Articles, prepositions and "son of": written or not, they tell nobody apart.
_SMALL = frozenset(
    [
        "al",
        "el",
        "ul",
        "ur",
        "as",
        "ad",
        "an",
        "az",
        "ar",
        "ash",
        "at",
        "bin",
        "ben",
        "ibn",
        "bint",
        "ould",
        "uld",
        "binti",
        "von",
        "van",
        "de",
        "del",
        "der",
        "da",
        "di",
        "du",
        "la",
        "le",
        "y",
        "i",
        "e",
        "the",
        "of",
        "and",
        "for",
    ]
)
# The first half of Arabic names like Abd al-Rahman, however it is joined to its article.
_SERVANT = frozenset(["abd", "abdul", "abdel", "abdal", "abdoul", "abdur", "abdu", "abdol", "abdar", "عبد"])


def _written(name: str, text: str, schema: Schema | None) -> list[Form]:
    made: list[Form] = []
    for tag in _TAGS[schema]:
        for analysed in analyze_names(tag, [text], phonetics=False):
            form = _from_rigour(name, analysed, tag)
            if form.words and all(form.words != other.words for other in made):
                made.append(form)
    return made


def _from_rigour(name: str, analysed: RigourName, tag: NameTypeTag) -> Form:
    """A name has dozens of parts and meanings, and each attribute is a call into rigour: nothing is asked twice."""
    parts = analysed.parts
    shown = tuple([part.form for part in parts])
    comparable = [part.comparable for part in parts]
    texts = tuple([_as_compared(text or form) for text, form in zip(comparable, shown, strict=True)])
    kinds = [_kind_of(part, text, tag) for part, text in zip(parts, comparable, strict=True)]
    means: dict[Places, set[Meaning]] = {}
    _note_rigours_meanings(analysed, kinds, means)
    if tag != NameTypeTag.PER and len(texts) > 1 and texts[-1] == _KABUSHIKI_KAISHA:
        kinds[-1] = "legal"
    for at, concept in glossary.phrases(texts):
        means.setdefault(at, set()).update([f"GLOSS:{one}" for one in concept.ids])
        if concept.kind != "brand" and tag != NameTypeTag.PER:
            _refine(kinds, at, concept.kind)
    if tag == NameTypeTag.PER:
        for number, text in enumerate(texts):
            if symbols := _personal_meanings(text):
                means.setdefault((number,), set()).update(symbols)
    words = tuple(map(_word, texts, kinds))
    arabic = "arabic" in scripts_in(analysed.form)
    return Form(name, "written", words, _spans(means), shown, texts, arabic=arabic)


_KABUSHIKI_KAISHA = "kk"  # at the end of a name; elsewhere it is one


def _note_rigours_meanings(
    analysed: RigourName, kinds: list[Kind], means: dict[Places, set[Meaning]]
) -> None:
    for span in analysed.spans:
        meaning, kind = _rigours(span.symbol)
        at = tuple([part.index for part in span.parts])
        known = means.get(at)
        if known is None:
            means[at] = {meaning}
        else:
            known.add(meaning)
        if kind == "legal":
            for number in at:
                kinds[number] = "legal"
        elif kind is not None:
            _refine(kinds, at, kind)


@cache
def _rigours(symbol: Symbol) -> tuple[Meaning, Kind | None]:
    """What a symbol means as text, so that an index can be kept, and the kind of the words that have it."""
    return f"{symbol.category.value}:{symbol.id}", _KINDS.get(symbol.category)


def _refine(kinds: list[Kind], at: Places, kind: Kind) -> None:
    for number in at:
        if kinds[number] == "name":
            kinds[number] = kind


@lru_cache(maxsize=65_536)
def _personal_meanings(text: str) -> frozenset[str]:
    """Korean family names by what they may stand for, and the first half of Abd al-Rahman."""
    found = frozenset([f"KO:{hangul}" for hangul in readings.family_spellings().get(text, ())])
    return found | {"SERVANT"} if text in _SERVANT else found


def _kind_of(part: NamePart, text: str, tag: NameTypeTag) -> Kind:
    """The kind of a word; `text` is what rigour compares of it."""
    its_tag = part.tag
    if its_tag == NamePartTag.LEGAL:
        return "legal"
    if part.numeric:
        return "number"
    if text in _SMALL or (its_tag == NamePartTag.STOP and len(text) > 1):
        return "small"
    if len(text) == 1:
        return "initial"
    if tag != NameTypeTag.PER and _is_legal_word(text):
        return "legal"
    return "name"


@lru_cache(maxsize=65_536)
def _is_legal_word(text: str) -> bool:
    """Is it a word of a legal form, or one misspelt? Only long words: a letter more or less makes a name of a short one."""
    if text in legal_words():
        return True
    return len(text) >= 6 and any(
        abs(len(text) - len(word)) <= 1 and OSA.distance(text, word, score_cutoff=1) <= 1
        for word in legal_words()
        if len(word) >= 7
    )


def _as_compared(text: str) -> str:
    """Without the Arabic article, which Latin spellings write apart, join, assimilate or leave out."""
    return text[2:] if text.startswith("ال") and len(text) > _ARTICLE_AND_WORD else text


_ARTICLE_AND_WORD = 4


@lru_cache(maxsize=131_072)
def _word(text: str, kind: Kind) -> Word:
    if script_of(text[0]) == "arabic":
        return Word(text, kind, arabic_sounds(text))
    return Word(text, kind, (sound(text),))


@cache
def _shared(means: frozenset[Meaning]) -> frozenset[Meaning]:
    return means


def _spans(means: dict[Places, set[Meaning]]) -> tuple[Span, ...]:
    """Longest first; equal meanings are one object, which keeps an index of 100,000 names small."""
    longest_first = sorted(means, key=lambda at: (-len(at), at))
    return tuple([Span(at, _shared(frozenset(means[at]))) for at in longest_first])


# Names in Chinese characters, kana and hangul.


class _Piece(NamedTuple):
    """A piece of a CJK name: as given, as folded, its writing, and its concept if the glossary has it."""

    text: str
    folded: str
    script: Script
    concept: glossary.Concept | None


def _cjk(name: str, text: str, scripts: frozenset[Script], schema: Schema | None) -> list[Form]:
    """Nobody having said what bears the name, and without a legal form, it is read as a person's too."""
    if (alone := legal_form(text)) is not None:
        return [_folded_form(name, [], alone, kana_only=False)]
    stripped = strip_legal_forms(text)
    if stripped.forms and not scripts_in(stripped.core) & CJK:
        return _written(name, " ".join((stripped.core, *stripped.latin)), schema)
    if schema == "Person" or (schema is None and not stripped.forms):
        as_person = _cjk_forms(name, text, scripts, Stripped(text, (), (), None), person=True)
        if schema == "Person":
            return as_person
        as_other = _cjk_forms(name, text, scripts, stripped, person=False)
        known = {(form.way, form.texts) for form in as_other}
        return as_other + [form for form in as_person if (form.way, form.texts) not in known]
    return _cjk_forms(name, text, scripts, stripped, person=False)


def _cjk_forms(
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
            found += [_Piece(word, word, "latin", None) for word in tokenize_name(maybe_ascii(text).lower())]
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
    return Form(name, "folded", tuple(words), _spans(means), shown, _texts(words), all_kana=kana_only)


def _read_form(
    name: str, pieces: list[_Piece], stripped: Stripped, language: Way, *, person: bool, kana_only: bool
) -> Form:
    words: list[Word] = []
    shown: list[str] = []
    means: dict[Places, set[Meaning]] = {}
    for piece in pieces:
        at = len(words)
        if piece.concept is not None:
            words += [_said_word(word, _kind_of_piece(piece)) for word in piece.concept.latin]
            means[tuple(range(at, len(words)))] = {f"GLOSS:{one}" for one in piece.concept.ids}
        else:
            loan = piece.script == "kana" or _may_be_a_loan(piece, language, person=person)
            read = _read(piece, language, person=person)
            words += [_said_word(word, _kind_of_piece(piece), loan=loan) for word in read]
            if person and piece.script == "hangul" and at == 0 and len(words) > 1:
                means[(0,)] = {f"KO:{piece.text[0]}"}
        shown += [word.text for word in words[at:]]
        if len(words) > at and piece.script != "latin":
            shown[-1] += f" ({piece.text})"
    words += [_said_word(word, "legal") for latin in stripped.latin for word in latin.split()]
    shown += [word.text for word in words[len(shown) :]]
    return Form(name, language, tuple(words), _spans(means), tuple(shown), _texts(words), all_kana=kana_only)


def _may_be_a_loan(piece: _Piece, language: Way, *, person: bool) -> bool:
    return language == "zh" and not person and len(piece.text) >= _TRANSLITERATED


_TRANSLITERATED = 3  # Chinese renders foreign names with three characters and more


def _said_word(text: str, kind: Kind, *, loan: bool = False) -> Word:
    """A word as it is said; only of a loan word in kana the rough sound is worth comparing."""
    return Word(text, kind, (rough_sound(text),) if loan else ())


def _read(piece: _Piece, language: Way, *, person: bool) -> tuple[str, ...]:
    """The words of a piece as they are said; none where nobody knows (a lone iteration mark)."""
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


# Everything else that has letters.


@cache
def _to_latin() -> icu.Transliterator:
    return icu.Transliterator.createInstance("Any-Latin; Latin-ASCII")


def _said(name: str, text: str) -> list[Form]:
    latin = _to_latin().transliterate(text)
    words = tuple(
        _said_word(word, "initial" if len(word) == 1 else "name") for word in tokenize_name(latin.lower())
    )
    return [Form(name, "said", words, (), _texts(words), _texts(words))] if words else []


def _texts(words: Iterable[Word]) -> tuple[str, ...]:
    return tuple(word.text for word in words)
