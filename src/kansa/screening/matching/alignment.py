"""Which words of two names stand for each other, and how well: the heart of the score.

In three steps, each on what the steps before left over: equal words; words that mean the same (rigour's symbols, our
glossary); words, and neighbours written together because spaces move (`Abd al-Rahman`, `Abdulrahman`), that are spelt or
sound nearly alike, the likest first. Order does not matter: family names come first or last.

The value is a Tversky index (1977) over weights: what agrees, by what agrees plus a part of what is left over. A word of
the query without counterpart counts more than a word of the listed name, since lists give fuller names than people do.
"""

from collections.abc import Callable
from functools import lru_cache
from itertools import pairwise
from typing import Literal, NamedTuple

from rapidfuzz.distance import OSA

from kansa.screening.names.abbreviations import SHORTEST as SHORTEST_ABBREVIATION
from kansa.screening.names.cut import cut_from
from kansa.screening.names.form import ABBREVIATED, DERIVED, Form, Kind
from kansa.screening.names.hepburn import passport_spelling
from kansa.screening.names.scripts import LONGEST, script_of
from kansa.screening.names.sounds import arabic_sounds, long_vowels_fit, rough_sound, sound

How = Literal["equal", "meaning", "abbreviation", "initial", "spelling", "sound", "joined"]

LEFT_OVER_QUERY = 0.8
LEFT_OVER_LISTED = 0.35
_SAME_MEANING = 0.9
_ABBREVIATED = 0.9
_INITIAL = 0.75
_CUT = frozenset[How]({"abbreviation", "initial"})
_SAME_SOUND = 0.9
_SAME_CONSONANTS = 0.88
_INITIALS = 2  # words of two letters and less are alike only if they are equal
_LEAST = 0.7  # below, words are different words; a letter in three may differ
SHORTEST = 0.6  # the same for words whose consonants agree; also how much shorter such a word may be
NEIGHBOURS = 2  # so many neighbours are tried as one word
WHOLE = 4  # of so many words left over, and fewer, all are


Places = tuple[int, ...]
Alike = Callable[[str, str], tuple[float, How]]


_BUSINESS_WORDS = 3  # so many that agree, one of them of more than three letters, are a name by themselves
_CHARACTERS_OF_A_NAME = 2
_ANCHORS = frozenset[Kind]({"name", "number", "initial"})
_EMPTY = frozenset[Kind]({"legal", "small"})


class Match(NamedTuple):
    """Words of the query and of the listed name, by number, that stand for each other; likeness from 0 to 1."""

    query: Places
    listed: Places
    how: How
    likeness: float
    weight: float


class Alignment(NamedTuple):
    """How two forms agree: `value` from 0 to 1, the matches, and the words without counterpart."""

    value: float
    matches: tuple[Match, ...]
    query_left: Places
    listed_left: Places


class Weighed(NamedTuple):
    """A form and the weight of each of its words."""

    form: Form
    weights: tuple[float, ...]


def align(query: Weighed, listed: Weighed) -> Alignment:
    """Align two forms that can be compared: both of one way, or one of them a reading."""
    matches = _Matches(query, listed)
    _match_equal(matches)
    if matches.query_left and matches.listed_left:
        _match_meanings(matches)
    if query.form.way == listed.form.way == "folded" and matches.query_left and matches.listed_left:
        _match_cut(matches)
    if matches.query_left and matches.listed_left:
        _match_alike(matches)
    if _let_go_of_chance(matches):
        _match_alike(matches)
    _match_initials(matches)
    agreed = shared = 0.0
    for match in matches.found:
        agreed += match.likeness * match.weight
        shared += match.weight
    whole = (
        shared
        + LEFT_OVER_QUERY * sum([query.weights[i] for i in matches.query_left])
        + LEFT_OVER_LISTED * sum([listed.weights[j] for j in matches.listed_left])
    )
    return Alignment(
        agreed / whole if whole else 0.0,
        tuple(matches.found),
        tuple(matches.query_left),
        tuple(matches.listed_left),
    )


class _Matches:
    """What has been matched so far, and the words of both sides that are left."""

    __slots__ = ("found", "listed", "listed_left", "query", "query_left")

    def __init__(self, query: Weighed, listed: Weighed) -> None:
        self.query, self.listed = query, listed
        self.query_left = list(range(len(query.weights)))
        self.listed_left = list(range(len(listed.weights)))
        self.found: list[Match] = []

    def add(self, at: Places, to: Places, how: How, likeness: float) -> None:
        ours, theirs = self.query.weights, self.listed.weights
        a, b = sum([ours[i] for i in at]), sum([theirs[j] for j in to])
        # An abbreviation tells as little as the word that it stands for, rare as its letters are.
        weight = min(a, b) if how in _CUT else (a + b) / 2
        self.found.append(Match(at, to, how, likeness, weight))
        for i in at:
            self.query_left.remove(i)
        for j in to:
            self.listed_left.remove(j)

    def both_left(self, at: Places, to: Places) -> bool:
        ours, theirs = self.query_left, self.listed_left
        return all([i in ours for i in at]) and all([j in theirs for j in to])  # noqa: C419 - lists are faster here


def _match_equal(matches: _Matches) -> None:
    theirs, left = matches.listed.form.texts, matches.listed_left
    for i, text in enumerate(matches.query.form.texts):
        if text in theirs:
            for j in left:
                if theirs[j] == text:
                    weight = (matches.query.weights[i] + matches.listed.weights[j]) / 2
                    matches.found.append(Match((i,), (j,), "equal", 1.0, weight))
                    matches.query_left.remove(i)
                    left.remove(j)
                    break


def _match_meanings(matches: _Matches) -> None:
    abbreviated: list[tuple[Places, Places]] = []
    for span in matches.query.form.spans:
        for other in matches.listed.form.spans:
            if span.means.isdisjoint(other.means) or not matches.both_left(span.at, other.at):
                continue
            if any(not one.startswith(ABBREVIATED) for one in span.means & other.means):
                matches.add(span.at, other.at, "meaning", _SAME_MEANING)
                break
            abbreviated.append((span.at, other.at))
    for at, to in abbreviated:
        if matches.both_left(at, to):
            matches.add(at, to, "abbreviation", _ABBREVIATED)


def _match_cut(matches: _Matches) -> None:
    """Neighbours of one side that are cut from words of the other side, the longest first."""
    query, listed = matches.query.form, matches.listed.form
    for at in _runs(matches.query_left):
        text = "".join([query.texts[i] for i in at])
        for j in matches.listed_left:
            to = cut_from(text, listed.words, j, matches.listed_left)
            if to is not None and matches.both_left(at, to):
                matches.add(at, to, "abbreviation", _ABBREVIATED)
                break
    for to in _runs(matches.listed_left):
        text = "".join([listed.texts[j] for j in to])
        for i in matches.query_left:
            at_ = cut_from(text, query.words, i, matches.query_left)
            if at_ is not None and matches.both_left(at_, to):
                matches.add(at_, to, "abbreviation", _ABBREVIATED)
                break


def _runs(left: list[int]) -> list[Places]:
    """Neighbours, up to `WHOLE` of them, the most first."""
    runs = [tuple(left[at : at + size]) for size in range(WHOLE, 0, -1) for at in range(len(left) - size + 1)]
    return [run for run in runs if run[-1] - run[0] == len(run) - 1]


def _let_go_of_chance(matches: _Matches) -> bool:
    """Abbreviations stand only beside something else that agrees: `TCL` alone is not Technical. Whether some were let go."""
    abbreviated = [match for match in matches.found if match.how == "abbreviation"]
    if not abbreviated or _anchored(matches, abbreviated):
        return False
    for match in abbreviated:
        matches.found.remove(match)
        matches.query_left += match.query
        matches.listed_left += match.listed
    matches.query_left.sort()
    matches.listed_left.sort()
    return True


def _match_initials(matches: _Matches) -> None:
    """One letter stands for a name that begins with it, beside another name that agrees: `J. Kennedy`, John Kennedy."""
    query, listed = matches.query.form, matches.listed.form
    if query.way != "written" or listed.way != "written":
        return
    for i in tuple(matches.query_left):
        for j in tuple(matches.listed_left):
            a, b = query.words[i], listed.words[j]
            if {a.kind, b.kind} == {"initial", "name"} and a.text[0] == b.text[0] and _named(matches):
                matches.add((i,), (j,), "initial", _INITIAL)
                break


def _named(matches: _Matches) -> bool:
    """Tell whether a name of more than a letter agrees."""
    words = matches.query.form.words
    return any(
        words[i].kind == "name" for match in matches.found if match.how != "initial" for i in match.query
    )


def _anchored(matches: _Matches, abbreviated: list[Match]) -> bool:
    """Tell whether a word that is a name agrees too, or enough business words."""
    words = matches.query.form.words
    kinds = [words[i].kind for match in matches.found if match.how != "abbreviation" for i in match.query]
    if any(kind in _ANCHORS for kind in kinds):
        return True
    if matches.query.form.way == "folded" and _keeps_a_name(matches, abbreviated):
        return True
    told = len(abbreviated) + sum(kind not in _EMPTY for kind in kinds)
    letters = max(min(_letters(matches, match)) for match in abbreviated)
    return told >= _BUSINESS_WORDS and letters > SHORTEST_ABBREVIATION


def _keeps_a_name(matches: _Matches, abbreviated: list[Match]) -> bool:
    """Tell whether a name stands whole in what is cut, of two characters together with what else agrees."""
    query, listed = matches.query.form, matches.listed.form
    agreed = sum(len(query.texts[i]) for match in matches.found if match.how == "equal" for i in match.query)
    for match in abbreviated:
        ours = "".join([query.texts[i] for i in match.query])
        theirs = "".join([listed.texts[j] for j in match.listed])
        short, form, at = (
            (ours, listed, match.listed) if len(ours) < len(theirs) else (theirs, query, match.query)
        )
        whole = [
            form.words[i].text for i in at if form.words[i].kind in _ANCHORS and form.words[i].text in short
        ]
        if whole and agreed + sum(map(len, whole)) >= _CHARACTERS_OF_A_NAME:
            return True
    return False


def _letters(matches: _Matches, match: Match) -> tuple[int, int]:
    ours, theirs = matches.query.form.texts, matches.listed.form.texts
    return sum([len(ours[i]) for i in match.query]), sum([len(theirs[j]) for j in match.listed])


def _match_alike(matches: _Matches) -> None:
    """Single words and neighbours written together, likest first; of equally like ones those of which a space moved."""
    query, listed = matches.query.form, matches.listed.form
    ours = _pieces(query.texts, matches.query_left)
    theirs = _pieces(listed.texts, matches.listed_left)
    if query.way in DERIVED or listed.way in DERIVED:
        found = _heard(query, listed, ours, theirs)
    elif query.way == "folded":
        found = _spelt(ours, theirs, spelt_alike, _LEAST)
    elif query.arabic or listed.arabic:
        found = _spelt(ours, theirs, letters_alike, 0.0)
    else:
        found = _spelt(ours, theirs, latin_alike, SHORTEST)
    found.sort()
    for likeness, _, at, to, how in found:
        if matches.both_left(at, to):
            matches.add(at, to, how, -likeness)


Piece = tuple[Places, str]
Candidate = tuple[float, int, Places, Places, How]
"""Likeness below 0, so that the best sorts first; which kind of pair goes first; the words; how."""


def _pieces(texts: tuple[str, ...], left: list[int]) -> list[Piece]:
    """Return the words that are left, each two neighbours of these, and all of them if they are few."""
    found: list[Piece] = [((i,), texts[i]) for i in left]
    if len(left) > 1:
        found += [((i, j), texts[i] + texts[j]) for i, j in pairwise(left)]
        if NEIGHBOURS < len(left) <= WHOLE:
            found.append((tuple(left), "".join([texts[i] for i in left])))
    return found


def _candidate(likeness: float, how: How, at: Places, to: Places) -> Candidate:
    moved = len(at) != len(to)
    return -likeness, 0 if moved else len(at), at, to, "joined" if moved or len(at) > 1 else how


def _spelt(ours: list[Piece], theirs: list[Piece], alike: Alike, shortest: float) -> list[Candidate]:
    """Pieces by `alike`; one that is shorter than `shortest` of the other cannot be."""
    found = []
    for at, a in ours:
        least = len(a) * shortest
        most = len(a) / shortest if shortest else LONGEST * LONGEST
        for to, b in theirs:
            if least <= len(b) <= most:
                likeness, how = alike(a, b)
                if how == "sound" and shortest and (len(at) > 1 or len(to) > 1):
                    likeness, how = spelt_alike(a, b)  # long runs of consonants agree by chance
                if likeness:
                    found.append(_candidate(likeness, how, at, to))
    return found


def _heard(query: Form, listed: Form, ours: list[Piece], theirs: list[Piece]) -> list[Candidate]:
    """Pieces by `heard_alike`, which takes the reading first."""
    turned = query.way not in DERIVED
    reading = listed if turned else query
    japanese = reading.way == "ja"
    found = []
    for at, a in ours:
        for to, b in theirs:
            said, written, word = (b, a, to[0]) if turned else (a, b, at[0])
            likeness, how = heard_alike(
                said, written, loan=bool(reading.words[word].sounds), japanese=japanese
            )
            if likeness:
                found.append(_candidate(likeness, how, at, to))
    return found


NOTHING: tuple[float, How] = (0.0, "spelling")


def _spelling(share: float) -> float:
    """Return the likeness of two words of which `share` of the letters agree: a wrong letter counts about twice its share."""
    return share * share


def latin_alike(a: str, b: str) -> tuple[float, How]:
    """Two words in Latin letters, as rigour writes Cyrillic, Greek and others too.

    Optimal string alignment, so that two letters in each other's place are one error. Not cached: nearly all pairs
    end with the first line, which is faster than looking them up.
    """
    share = OSA.normalized_similarity(a, b, score_cutoff=SHORTEST)
    if not share or max(len(a), len(b)) <= _INITIALS:
        return NOTHING
    if len(said := sound(a)) > 1 and said == sound(b):
        return max(_SAME_CONSONANTS, _spelling(share)), "sound"
    return (_spelling(share), "spelling") if share >= _LEAST else NOTHING


@lru_cache(maxsize=262_144)
def letters_alike(a: str, b: str) -> tuple[float, How]:
    """Two words with letters, of which one or both may be Arabic; two Arabic words by their letters."""
    arabic_a, arabic_b = script_of(a[0]) == "arabic", script_of(b[0]) == "arabic"
    if arabic_a != arabic_b:
        return _across_arabic(a, b) if arabic_a else _across_arabic(b, a)
    return spelt_alike(a, b) if arabic_a else latin_alike(a, b)


def _across_arabic(arabic: str, latin: str) -> tuple[float, How]:
    """Arabic writes consonants and long vowels: equal consonants, and long vowels in order, are as good as a romanisation."""
    said = sound(latin)
    best = 0.0
    for heard in arabic_sounds(arabic):
        if heard == said:
            fits = long_vowels_fit(arabic, latin)
            best = max(best, _SAME_SOUND if fits and len(said) > 1 else 0.8 if fits or len(said) > 1 else 0.0)
        elif min(len(heard), len(said)) > 2:
            share = OSA.normalized_similarity(heard, said)
            if share >= _LEAST:
                best = max(best, _SAME_SOUND * _spelling(share))
    return best, "sound"


@lru_cache(maxsize=65_536)
def spelt_alike(a: str, b: str) -> tuple[float, How]:
    """Two words by their letters alone."""
    share = OSA.normalized_similarity(a, b)
    return (_spelling(share), "spelling") if share >= _LEAST else NOTHING


@lru_cache(maxsize=65_536)
def heard_alike(said: str, written: str, *, loan: bool, japanese: bool) -> tuple[float, How]:
    """Return a word as it is read and a word as it is written.

    By letters; a Japanese word as passports spell it, so that Kunrei spellings and written long vowels do not count; a
    loan word by what kana or Chinese characters keep of its sound.
    """
    if said == written or (japanese and passport_spelling(said) == passport_spelling(written)):
        return 1.0, "sound"
    likeness, how = latin_alike(said, written)
    if loan and likeness < _LOAN:
        heard, meant = rough_sound(said), rough_sound(written)
        share = OSA.normalized_similarity(heard, meant) if min(len(heard), len(meant)) > _INITIALS else 0.0
        if share >= _LEAST and OSA.normalized_similarity(said, written) >= _LOAN_LETTERS:
            likeness, how = max(likeness, _LOAN * _spelling(share)), "sound"
    return likeness, how


_LOAN = 0.85
_LOAN_LETTERS = 0.4  # consonants that agree while hardly a letter does are chance
