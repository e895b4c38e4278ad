"""Names in writings with letters, by rigour's analysis: words, legal forms, names of persons, business words, numbers."""

from collections.abc import Iterable
from functools import cache, lru_cache
from itertools import pairwise

from rapidfuzz.distance import OSA
from rigour.names import Name as RigourName
from rigour.names import NamePart, NameTypeTag, Symbol, SymbolCategory, analyze_names
from rigour.names.tag import NamePartTag

from kansa.screening.entry import Schema
from kansa.screening.names import glossary, person_names, readings
from kansa.screening.names.abbreviations import expansions, initials_parted, joined_expansions, parted
from kansa.screening.names.form import ABBREVIATED, Form, Kind, Meaning, Places, Word, spans_of
from kansa.screening.names.legal_forms import legal_words, legal_words_at_the_end
from kansa.screening.names.scripts import script_of, scripts_in
from kansa.screening.names.sounds import arabic_sounds, sound

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
_INITIALS = frozenset("ei")  # "and" in names of organisations, in names of persons seldom
# The first half of Arabic names like Abd al-Rahman, however it is joined to its article.
_SERVANT = frozenset(["abd", "abdul", "abdel", "abdal", "abdoul", "abdur", "abdu", "abdol", "abdar", "عبد"])


def written(name: str, text: str, schema: Schema | None) -> list[Form]:
    """Return the forms of a cleaned text; nobody having said what bears the name, as a person's and as an organisation's."""
    made: list[Form] = []
    for tag in _TAGS[schema]:
        spaced = initials_parted(parted(text)) if tag == NameTypeTag.PER else parted(text)
        for analysed in _analysed(tag, spaced):
            form = _from_rigour(name, analysed, tag)
            if form.words and all(form.words != other.words for other in made):
                made.append(form)
    return made


def _analysed(tag: NameTypeTag, text: str) -> Iterable[RigourName]:
    if tag == NameTypeTag.PER:
        return person_names.tagged(text)
    return analyze_names(tag, [text], phonetics=False)


def _from_rigour(name: str, analysed: RigourName, tag: NameTypeTag) -> Form:
    """Return a name has dozens of parts and meanings, and each attribute is a call into rigour: nothing is asked twice."""
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
    else:
        _note_abbreviations(texts, shown, means)
        _note_cut_legal_forms(texts, kinds)
    words = tuple(map(_word, texts, kinds))
    arabic = "arabic" in scripts_in(analysed.form)
    return Form(name, "written", words, spans_of(means), shown, texts, arabic=arabic)


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


def _note_abbreviations(
    texts: tuple[str, ...], shown: tuple[str, ...], means: dict[Places, set[Meaning]]
) -> None:
    """Business words, and what may be cut or contracted from them, alone and as two neighbours."""
    for number, text in enumerate(texts):
        if found := expansions(text) | expansions(shown[number]):
            means.setdefault((number,), set()).update([ABBREVIATED + word for word in found])
    for number, (one, other) in enumerate(pairwise(texts)):
        if found := joined_expansions(one, other):
            means.setdefault((number, number + 1), set()).update([ABBREVIATED + word for word in found])


def _note_cut_legal_forms(texts: tuple[str, ...], kinds: list[Kind]) -> None:
    """A legal form that is cut, at the end of a name or before other legal forms: `Geno` in `Ostreva Geno eG`."""
    for number in range(len(texts) - 1, 0, -1):
        if kinds[number] == "name":
            meant = expansions(texts[number])
            if meant and meant <= legal_words_at_the_end() and "name" in kinds[:number]:
                kinds[number] = "legal"
        if kinds[number] != "legal":
            return


@cache
def _rigours(symbol: Symbol) -> tuple[Meaning, Kind | None]:
    """Return what a symbol means as text, so that an index can be kept, and the kind of the words that have it."""
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
    """Return the kind of a word; `text` is what rigour compares of it."""
    its_tag = part.tag
    if its_tag == NamePartTag.LEGAL:
        return "legal"
    if part.numeric:
        return "number"
    if (text in _SMALL and not _is_initial(text, tag)) or (its_tag == NamePartTag.STOP and len(text) > 1):
        return "small"
    if len(text) == 1:
        return "initial"
    if tag != NameTypeTag.PER and _is_legal_word(text):
        return "legal"
    return "name"


def _is_initial(text: str, tag: NameTypeTag) -> bool:
    return text in _INITIALS and tag == NameTypeTag.PER


@lru_cache(maxsize=65_536)
def _is_legal_word(text: str) -> bool:
    """Is it a word of a legal form, abbreviated, or one misspelt? Only long words: a letter more or less makes a name of a short one."""
    if text in legal_words():
        return True
    meant = expansions(text)
    if meant and meant <= legal_words():
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
