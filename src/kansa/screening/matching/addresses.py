"""Do two addresses mean one place: a flag of its own, never a part of a name's score.

A party at a listed party's address is one of the red flags of BIS's diversion guidance. rigour compares addresses by
their parts and lets a changed house number count. Japanese addresses are brought to the form that it can cut first:
丁目, 番地 and 号 become hyphens, prefecture, city and ward stand apart.
"""

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence

import msgspec
from rapidfuzz.distance import OSA

from kansa.screening.entry import Address
from kansa.screening.names.folding import fold

SHARED = 0.4
"""From this likeness on two addresses are flagged as shared."""


OTHER_TOWN = 0.3
"""A Japanese address in another town is never more alike than this."""


class SharedAddress(msgspec.Struct, frozen=True):
    """Two addresses as given, how alike they are from 0 to 1, and which parts agree (rigour's words)."""

    query: str
    listed: str
    likeness: float
    detail: str


_NUMBERS = str.maketrans("一二三四五六七八九", "123456789")
_TOWN_BLOCK = re.compile(r"([一二三四五六七八九]|十[一二三四五六七八九]?)丁目")
_BLOCK = re.compile(r"(?<=\d)\s*(?:丁目|番地の?|番|号室?|の)(?=\s*\d)")
_BLOCK_END = re.compile(r"(?<=\d)\s*(?:丁目|番地|番|号室|号)")
_DASHES = re.compile(r"(?<=\d)\s*[‐‑‒–—―−ーｰ-]\s*(?=\d)")
_DIVISION = re.compile(r"(東京都|北海道|(?:京都|大阪)府|[^\s\d]{2,3}県|[^\s\d]{1,6}?[市区郡町村])")
_JAPANESE = re.compile(r"[\u3040-\u30ff\u4e00-\u9fff]")


def plain(text: str) -> str:
    """Return an address as it is compared: NFKC; a Japanese one with hyphens and with its parts apart, in folded characters."""
    text = unicodedata.normalize("NFKC", text)
    if not _JAPANESE.search(text):
        return text
    text = _TOWN_BLOCK.sub(lambda found: _arabic(found.group(1)) + "丁目", text)
    text = _BLOCK_END.sub("", _DASHES.sub("-", _BLOCK.sub("-", text)))
    apart = _DIVISION.sub(r"\1 ", text)
    return " ".join(fold(re.sub(r"(?<=[^\d\s-])(?=\d)", " ", apart)).split())


def _arabic(number: str) -> str:
    digits = number.translate(_NUMBERS)
    if not digits.startswith("十"):
        return digits
    return "1" + (digits[1:] or "0")


def compare_addresses(ours: Sequence[Address], theirs: Sequence[Address]) -> SharedAddress | None:
    """Return the likest pair of two parties' addresses; None where one has none or nothing is alike."""
    given = {plain(address.text): address.text for address in ours}
    listed = {plain(address.text): address.text for address in theirs}
    from rigour.addresses import match_addresses  # noqa: PLC0415 - slow to import, and few parties give an address

    best = match_addresses(list(given), list(listed)) if given and listed else None
    if best is None or best.score <= 0:
        return None
    likeness = min(best.score, OTHER_TOWN) if _towns_differ(best.query, best.result) else best.score
    return SharedAddress(given[best.query], listed[best.result], round(likeness, 4), best.detail)


def _towns_differ(one: str, other: str) -> bool:
    """Block numbers begin anew in every Japanese town, so that equal numbers in two towns are no likeness at all."""
    a, b = _town(one), _town(other)
    return bool(a and b) and OSA.normalized_similarity(a, b) < _ONE_TOWN


def _town(text: str) -> str:
    """Return the last name before the block number of a plain Japanese address; empty where there is none."""
    found = _TOWN.search(text) if _JAPANESE.search(text) else None
    return found.group(1) if found else ""


_TOWN = re.compile(r"([^\s\d〒-]+) \d")
_ONE_TOWN = 0.5  # a town may be written with a letter more or less


class AddressBook:
    """Listed addresses by their rarer words, so that a party's address meets only those it may share."""

    def __init__(self, addresses: Iterable[tuple[int, Address]]) -> None:
        """`addresses`: a number of an entry and one of its addresses."""
        self._listed = list(addresses)
        words = [_words(address.text) for _, address in self._listed]
        counts = Counter(word for one in words for word in one)
        self._by_word: dict[str, list[int]] = defaultdict(list)
        for place, one in enumerate(words):
            for word in sorted(one, key=lambda word: (counts[word], word))[:_RAREST]:
                self._by_word[word].append(place)

    def near(self, addresses: Sequence[Address]) -> dict[int, SharedAddress]:
        """Entries, by number, that share one of these addresses, each with its likest pair."""
        found: dict[int, SharedAddress] = {}
        for address in addresses:
            places = {place for word in _words(address.text) for place in self._by_word.get(word, ())}
            for place in sorted(places):
                entry, listed = self._listed[place]
                pair = compare_addresses((address,), (listed,))
                if pair is None or pair.likeness < SHARED:
                    continue
                if entry not in found or pair.likeness > found[entry].likeness:
                    found[entry] = pair
        return found


_RAREST = 4


def _words(text: str) -> set[str]:
    return set(re.findall(r"[\w-]+", plain(text).lower()))
