"""How far two profiles may be one: a value from 0 to 1 with the parts that made it, or that they cannot be compared.

The value is that of the best pair of names, or of a number that both have. A threshold looks at the value alone.
What tells two bearers of one name apart, country and day of birth, lowers `rank`, by which hits are ordered, and never
the value: a field that a caller adds cannot remove a hit. Addresses are a flag (`addresses`), neither value nor rank.

`None` is not 0. Two names in different writings, of which no reading and no word of the glossary meets the other, are
not comparable: TOYOTA and 丰田 may be one, and who wants to know needs a name in the other writing.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

import msgspec

from kansa.screening.entry import SCHEMAS, Name, Profile, Schema, Tier
from kansa.screening.matching.addresses import SHARED, SharedAddress, compare_addresses
from kansa.screening.matching.alignment import Alignment, How, Weighed, align
from kansa.screening.matching.identifiers import SharedIdentifier, shared
from kansa.screening.matching.rarity import UNKNOWN, Rarity
from kansa.screening.names.form import DERIVED, Form, Kind, Way
from kansa.screening.names.forms import forms
from kansa.screening.names.scripts import Script, clean, scripts_in

# A name that its publisher calls weak, or that we made, tells less than one that somebody bears.
TIER_FACTORS: dict[Tier, float] = {"primary": 1.0, "strong": 1.0, "weak": 0.9, "derived": 0.9}
READING_FACTOR = 0.9
REVISION = 3
"""Raised whenever names may get another value for a reason that no constant here or in `alignment` shows."""
CHECKED_IDENTIFIER, IDENTIFIER = 1.0, 0.95
TOO_SHORT_FACTOR = 0.5  # one letter or character is a start, not a name
OTHER_COUNTRY, OTHER_BIRTH = 0.9, 0.8
_LONGEST_SYLLABLE = 6  # a single character read aloud (`zhuang`)
# Readings that agree less say nothing; nor do those that agree in places and business words only, unless these are
# most of the name.
_COMPARABLE = 0.3
_COMPARABLE_BY_WORDS = 0.5


class Part(msgspec.Struct, frozen=True):
    """Words of the query and of the listed name, as compared, that stand for each other; one side empty: left over.

    `likeness` is from 0 to 1; `weight` how much the words tell, which counts in full for a match and in part for what
    is left over (`alignment`).
    """

    query: str
    listed: str
    how: How | None
    likeness: float
    weight: float


class Score(msgspec.Struct, frozen=True, kw_only=True):
    """What the comparison says; `asked` and `listed` are the names that met, in the ways in which they were compared.

    `value` is None where nothing could be compared. `reasons` are stable words, the strongest first.
    """

    value: float | None
    rank: float | None
    asked: Name
    listed: Name
    asked_way: Way | None = None
    listed_way: Way | None = None
    parts: tuple[Part, ...] = ()
    reasons: tuple[str, ...] = ()
    identifiers: tuple[SharedIdentifier, ...] = ()
    address: SharedAddress | None = None


class Named(NamedTuple):
    """One form of one name of a profile, weighed."""

    name: Name
    weighed: Weighed


class NamePair(NamedTuple):
    """Two forms that were compared; `value` with the factors of tier and reading."""

    value: float
    ours: Named
    theirs: Named
    alignment: Alignment


def named(profile: Profile, rarity: Rarity) -> list[Named]:
    """Return all forms of all names of a profile."""
    return [
        Named(name, Weighed(form, rarity.weights(form)))
        for name in profile.names
        for form in forms(name.text, profile.schema)
    ]


def may_meet(ours: Schema | None, theirs: Schema | None) -> bool:
    """Tell whether a profile of one schema may be one of the other; nobody having said, it is a person or an organisation."""
    return ours == theirs or {ours, theirs} in ({None, "Person"}, {None, "Organization"})


def ways_meet(ours: Way, theirs: Way) -> bool:
    """Tell whether forms made so can be compared: writing with writing, a reading with what is written in letters."""
    if ours in DERIVED:
        return theirs == "written" or ours == theirs == "ja"
    return theirs == ours or (ours == "written" and theirs in DERIVED)


def meet(ours: Named, theirs: Named) -> NamePair | None:
    """Compare two forms; None where two readings of characters would meet, which guess twice."""
    a, b = ours.weighed.form, theirs.weighed.form
    if a.way == b.way == "ja" and not (a.all_kana or b.all_kana):
        return None
    alignment = align(ours.weighed, theirs.weighed)
    value = alignment.value
    if value:
        value *= min(TIER_FACTORS[ours.name.tier], TIER_FACTORS[theirs.name.tier])
        if a.way in DERIVED or b.way in DERIVED:
            value *= READING_FACTOR
        if _too_short(ours, theirs, alignment):
            value *= TOO_SHORT_FACTOR
    return NamePair(value, ours, theirs, alignment)


def _too_short(ours: Named, theirs: Named, alignment: Alignment) -> bool:
    """Tell whether all that agrees is one letter or legal forms and small words; a name of more than a letter is itself."""
    form = ours.weighed.form
    letters = sum(map(str.isalnum, form.name))
    if ours.name.text == theirs.name.text and letters > 1:
        return False
    agreeing = [form.words[i] for match in alignment.matches for i in match.query]
    whole = not alignment.query_left and not alignment.listed_left
    if agreeing and not whole and all(word.kind in _EMPTY for word in agreeing):
        return True
    if len(alignment.matches) != 1:
        return False
    agreed = sum([len(word.text) for word in agreeing])
    return agreed <= 1 or (agreed <= _LONGEST_SYLLABLE and letters <= 1)


_EMPTY = frozenset[Kind]({"legal", "small"})


def compare(
    a: str | Profile, b: str | Profile, *, schema: str | None = None, rarity: Rarity = UNKNOWN
) -> Score:
    """Compare two names or profiles.

    Args:
        a: who is asked for; a text is taken as a profile with this one name.
        b: who is listed.
        schema: of names given as texts, one of `entry.SCHEMAS` in any case; None means a person or an organisation.
        rarity: how much words tell; by default as much as their kind does, an index counts its own.

    Raises:
        ValueError: no such schema.

    Returns:
        The score. It is the same for the same arguments, whatever was compared before.
    """
    if schema is not None and schema.casefold() not in SCHEMAS:
        raise ValueError(f"`{schema}` is none of {', '.join(SCHEMAS)}")
    kind = None if schema is None else SCHEMAS[schema.casefold()]
    ours, theirs = _profile(a, kind), _profile(b, kind)
    met: list[NamePair] = []
    if may_meet(ours.schema, theirs.schema):
        listed = named(theirs, rarity)
        met = [
            found
            for one in named(ours, rarity)
            for other in listed
            if ways_meet(one.weighed.form.way, other.weighed.form.way)
            if (found := meet(one, other)) is not None
        ]
    return judge(ours, theirs, max(met, key=lambda one: one.value, default=None))


def _profile(given: str | Profile, schema: Schema | None) -> Profile:
    return Profile(schema=schema, names=(Name(given),)) if isinstance(given, str) else given


def judge(ours: Profile, theirs: Profile, best: NamePair | None) -> Score:
    """Return the score of two profiles whose best pair of names is known."""
    numbers = shared(ours.identifiers, theirs.identifiers) if ours.identifiers and theirs.identifiers else ()
    address = (
        compare_addresses(ours.addresses, theirs.addresses) if ours.addresses and theirs.addresses else None
    )
    if address is not None and address.likeness < SHARED:
        address = None
    by_number = max((CHECKED_IDENTIFIER if one.checked else IDENTIFIER for one in numbers), default=0.0)
    if best is not None and _says_nothing(best):
        best = None
    value = None if best is None and not numbers else round(max(by_number, best.value if best else 0.0), 4)
    contradictions = tuple(_contradictions(ours, theirs))
    rank = value
    for _, factor in contradictions if value is not None else ():
        rank = round((rank or 0.0) * factor, 4)
    nobody = Name("")
    return Score(
        value=value,
        rank=rank,
        asked=best.ours.name if best else next(iter(ours.names), nobody),
        listed=best.theirs.name if best else next(iter(theirs.names), nobody),
        asked_way=best.ours.weighed.form.way if best else None,
        listed_way=best.theirs.weighed.form.way if best else None,
        parts=tuple(_parts(best)) if best else (),
        reasons=(
            *(f"identifier.{one.kind}" for one in numbers),
            *(_name_reasons(best) if best else () if numbers else ("not_comparable",)),
            *(code for code, _ in contradictions),
            *(("address.shared",) if address else ()),
        ),
        identifiers=numbers,
        address=address,
    )


def _says_nothing(met: NamePair) -> bool:
    """Return a reading of characters beside a name in letters with which it has next to nothing in common, or two writings."""
    ways = {met.ours.weighed.form.way, met.theirs.weighed.form.way}
    if met.value < _COMPARABLE and _apart(
        scripts_in(clean(met.ours.name.text)), scripts_in(clean(met.theirs.name.text))
    ):
        return True
    if not ways & DERIVED or met.value >= _COMPARABLE_BY_WORDS:
        return False
    words = met.ours.weighed.form.words
    kinds = {words[i].kind for match in met.alignment.matches for i in match.query}
    return met.value < _COMPARABLE or not kinds & {"name", "number"}


def _apart(ours: frozenset[Script], theirs: frozenset[Script]) -> bool:
    """Tell whether two names share no writing, and one is in a writing that is not written letter by letter as Latin is.

    Chinese characters and kana are one writing here: Japanese names have both.
    """
    a, b = ({"han" if script == "kana" else script for script in each} for each in (ours, theirs))
    return bool(a and b) and a.isdisjoint(b) and not a | b <= {"latin", "arabic"}


def _name_reasons(met: NamePair) -> Iterator[str]:
    a, b = met.ours.weighed.form, met.theirs.weighed.form
    if met.ours.name.text == met.theirs.name.text:
        yield "name.equal"
    elif a.way == "folded" and met.alignment.value == 1:
        yield "name.equal_when_folded"
    for way in (a.way, b.way):
        if way in DERIVED:
            yield f"name.reading.{way}"
    hows = [match.how for match in met.alignment.matches if match.how != "equal"]
    yield from (f"name.{how}" for how in dict.fromkeys(hows))
    if met.alignment.query_left or met.alignment.listed_left:
        yield "name.partial"
    if _too_short(met.ours, met.theirs, met.alignment):
        yield "name.too_short"
    for side, name in (("query", met.ours.name), ("list", met.theirs.name)):
        if name.tier in ("weak", "derived"):
            yield f"name.{name.tier}_on_{side}"


def _parts(met: NamePair) -> Iterator[Part]:
    ours, theirs = met.ours.weighed, met.theirs.weighed
    for match in met.alignment.matches:
        yield Part(
            _words(ours.form, match.query),
            _words(theirs.form, match.listed),
            match.how,
            round(match.likeness, 4),
            round(match.weight, 4),
        )
    for i in met.alignment.query_left:
        yield Part(_words(ours.form, (i,)), "", None, 0.0, round(ours.weights[i], 4))
    for j in met.alignment.listed_left:
        yield Part("", _words(theirs.form, (j,)), None, 0.0, round(theirs.weights[j], 4))


def _words(form: Form, at: Sequence[int]) -> str:
    return " ".join(form.shown[number] for number in at)


def _contradictions(ours: Profile, theirs: Profile) -> Iterator[tuple[str, float]]:
    if ours.countries and theirs.countries and set(ours.countries).isdisjoint(theirs.countries):
        yield "country.differs", OTHER_COUNTRY
    if ours.birth_dates and theirs.birth_dates and not _dates_agree(ours.birth_dates, theirs.birth_dates):
        yield "birth_date.differs", OTHER_BIRTH


def _dates_agree(ours: Iterable[str], theirs: Iterable[str]) -> bool:
    """Dates agree as far as both are known: `1971` with `1971-03-15`."""
    return any(a.startswith(b) or b.startswith(a) for a in ours for b in theirs)
