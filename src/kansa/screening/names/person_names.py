"""Names of persons that rigour knows, as a table that is kept: rigour builds its tagger of them anew in every process.

That takes 8.6 s of CPU and 450 MB (measured), for 160,000 groups of names. The table holds what the tagger is made of, sorted, so
that a process maps it and looks up the few phrases of the name that it is asked for. `tagged` gives a name the spans that
rigour's own analysis gives it; without a table rigour is asked.
"""

from array import array
from collections.abc import Iterator, Sequence
from functools import cache, lru_cache
from typing import Any

from rigour._core import _normalize
from rigour.names import Name, NameTypeTag, Symbol, SymbolCategory, analyze_names
from rigour.text.normalize import Normalize

from kansa.screening.names.library_data import PersonData, person_data

FORMAT = 1
_FLAGS = int(Normalize.CASEFOLD | Normalize.NAME)
_NO_CLEANUP = 0
_WIDTH = 4  # bytes of an offset
_CATEGORIES = {
    each.value: each
    for each in (SymbolCategory.NAME, SymbolCategory.NICK, SymbolCategory.SYMBOL, SymbolCategory.NUMERIC)
}


@cache
def build() -> bytes | None:
    """Return the table of the installed rigour; None where its data are not found.

    Form: the number of lines and the most words of a phrase, then the offset of each line and of the end, all as 4 bytes in the
    machine's order, then the lines, sorted: the phrase, a tab, its symbols as `category:id`, joined by tabs.
    """
    data = person_data()
    if data is None:
        return None
    phrases = _phrases(data)
    longest = max(phrase.count(" ") + 1 for phrase in phrases)
    lines = [
        b"\t".join([key, *(symbol.encode() for symbol in phrases[key.decode()])])
        for key in sorted(phrase.encode() for phrase in phrases)
    ]
    offsets, at = array("I", [len(lines), longest]), (len(lines) + 3) * _WIDTH
    for line in lines:
        offsets.append(at)
        at += len(line)
    offsets.append(at)
    return offsets.tobytes() + b"".join(lines)


def use(table: memoryview | bytes | None) -> None:
    """From here on look names of persons up in this table; with None, ask rigour."""
    _used[:] = [] if table is None else [Table(table)]
    _alone.cache_clear()


def tagged(text: str) -> list[Name]:
    """Return what rigour's analysis of a name as a person's returns, without phonetics."""
    if not _used:
        return list(analyze_names(NameTypeTag.PER, [text], phonetics=False))
    names = list(analyze_names(NameTypeTag.PER, [text], phonetics=False, symbols=False))
    for name in names:
        _tag(name, _used[0])
    return names


class Table:
    """The table, where it is mapped."""

    def __init__(self, table: memoryview | bytes) -> None:
        self._bytes = memoryview(table)
        head = self._bytes[: 2 * _WIDTH].cast("I")
        self._lines, self.longest = head[0], head[1]
        self._offsets = self._bytes[2 * _WIDTH : (self._lines + 3) * _WIDTH].cast("I")

    def symbols(self, phrase: str) -> tuple[str, ...]:
        """Return the symbols of a phrase, as `category:id`, in rigour's order; none where it has none."""
        wanted = phrase.encode("utf-8", "surrogatepass") + b"\t"
        low, high = 0, self._lines
        while low < high:
            middle = (low + high) // 2
            if self._line(middle) < wanted:
                low = middle + 1
            else:
                high = middle
        if low < self._lines and (line := self._line(low)).startswith(wanted):
            return tuple(line[len(wanted) :].decode().split("\t"))
        return ()

    def _line(self, number: int) -> bytes:
        return bytes(self._bytes[self._offsets[number] : self._offsets[number + 1]])


_used: list[Table] = []


def _tag(name: Name, table: Table) -> None:
    """Give a name its spans in the order in which rigour's automaton finds them: by their ends, the longest first."""
    words = [part.form for part in name.parts]
    numbered: set[int] = set()
    for phrase, symbols in _found(words, table):
        for said in symbols:
            before = len(name.spans)
            name.apply_phrase(phrase, _symbol(said))
            if said.startswith(_NUMERIC):
                numbered.update(part.index for span in name.spans[before:] for part in span.parts)
    for part in name.parts:
        if part.numeric and part.index not in numbered and part.integer is not None:
            name.apply_part(part, Symbol(SymbolCategory.NUMERIC, part.integer))


def _found(words: Sequence[str], table: Table) -> Iterator[tuple[str, tuple[str, ...]]]:
    for end in range(1, len(words) + 1):
        for start in range(max(0, end - table.longest), end):
            phrase = " ".join(words[start:end])
            symbols = _alone(phrase) if end - start == 1 else table.symbols(phrase)
            if symbols:
                yield phrase, symbols


@lru_cache(maxsize=65_536)
def _alone(word: str) -> tuple[str, ...]:
    return _used[0].symbols(word)


@lru_cache(maxsize=65_536)
def _symbol(said: str) -> Symbol:
    category, _, id_ = said.partition(":")
    return Symbol(_CATEGORIES[category], id_)


_NUMERIC = f"{SymbolCategory.NUMERIC.value}:"


def _phrases(data: PersonData) -> dict[str, list[str]]:
    """Return the symbols of each phrase, as rigour's builder gathers them (rust/src/names/tagger.rs, `build_person_tagger`)."""
    found: dict[str, dict[str, None]] = {}
    for symbol, aliases in (*_listed(data), *_corpus(data.corpus)):
        for alias in aliases:
            if alias:
                found.setdefault(alias, {})[symbol] = None
    return {phrase: list(symbols) for phrase, symbols in found.items()}


def _listed(data: PersonData) -> Iterator[tuple[str, list[str | None]]]:
    for spec in data.ordinals:
        yield f"{SymbolCategory.NUMERIC.value}:{spec['number']}", list(map(_normal, spec["forms"]))
    for part, category in (
        ("person_symbols", SymbolCategory.SYMBOL),
        ("person_name_parts", SymbolCategory.NAME),
        ("person_nick", SymbolCategory.NICK),
    ):
        for key, aliases in data.symbols[part].items():
            yield f"{category.value}:{key.upper()}", list(map(_normal, aliases))


def _corpus(corpus: str) -> Iterator[tuple[str, list[str | None]]]:
    for line in corpus.splitlines():
        forms, arrow, group = line.strip().rpartition(" => ")
        normal = dict.fromkeys(map(_normal, forms.split(", "))) if arrow else {}
        normal.pop(None, None)
        if len(normal) >= _LEAST_FORMS:
            yield f"{SymbolCategory.NAME.value}:{group}", list(normal)


_LEAST_FORMS = 2  # one form alone has nothing to agree with


def _normal(text: str) -> str | None:
    found: Any = _normalize(text, _FLAGS, _NO_CLEANUP)
    return str(found) if found else None
