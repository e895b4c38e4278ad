"""How much a word tells: one that half a list bears tells little, one that nobody bears tells all.

Counted from the names of the lists that are screened, so it is a part of an edition and of the evidence; a screening
that is replayed with last year's lists weighs words as last year. The weight falls with the logarithm of the count, as
the inverse document frequency of Spärck Jones (1972) does, to a floor, because even Mohammad tells something.
"""

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from kansa.screening.names.form import Form, Kind, Word

# What a word of a kind tells beside a word that is just a name. Legal forms are dropped, changed and misspelt most often.
KIND_WEIGHTS: Mapping[Kind, float] = {
    "name": 1.0,
    "number": 1.1,
    "place": 0.6,
    "word": 0.45,
    "initial": 0.4,
    "small": 0.2,
    "legal": 0.05,
}
_FLOOR = 0.25
_FEWEST = 10_000  # in a list of ten names a word that occurs twice is not common


@dataclass(frozen=True, slots=True)
class Rarity:
    """Counts of words, and for words in Arabic letters of their sounds, over `total` forms."""

    counts: Mapping[str, int]
    total: int

    def weights(self, form: Form) -> tuple[float, ...]:
        """One weight, above 0 and at most 1.1, for each word of a form."""
        return tuple([KIND_WEIGHTS[word.kind] * self._rarity(word) for word in form.words])

    def _rarity(self, word: Word) -> float:
        count = self.counts.get(word.text) or max(
            [self.counts.get("~" + said, 0) for said in word.sounds], default=0
        )
        if count <= 1:
            return 1.0
        share = math.log(count) / math.log(max(self.total, _FEWEST))
        return max(_FLOOR, 1 - (1 - _FLOOR) * share)


UNKNOWN = Rarity({}, 0)
"""Without a list every word tells as much as its kind does."""


def counted(forms: Iterable[Form]) -> Rarity:
    """Return the rarity of words among these forms. A word that a name repeats counts once."""
    counts: Counter[str] = Counter()
    total = 0
    for form in forms:
        total += 1
        counts.update({word.text for word in form.words})
        if form.way == "written":
            counts.update({"~" + said for word in form.words for said in word.sounds})
    return Rarity(dict(counts), total)
