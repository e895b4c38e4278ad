"""YAML 1.2 that refuses what it does not know: duplicate keys, aliases, tags, unknown fields. Every problem has its line.

A stamp stays the text that was written; whoever reads it knows the zone.
"""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.composer import Composer
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from kansa.errors import BadInput, Problem

_TAG = "tag:yaml.org,2002:"

MAX_BYTES = 8 << 20
MAX_DEPTH = 64
MAX_NODES = 500_000
MAX_MESSAGE = 500
"""Characters of one message; what the user gave may be longer."""
MAX_ADVICE = 8_000
"""Characters of one piece of advice, which may list everything that is allowed."""

# What the reader raises on odd input beside its own errors: a character beyond Unicode, a version that is no number.
_ODD = (ValueError, ArithmeticError, LookupError, TypeError, AttributeError, AssertionError, RecursionError)


@dataclass(frozen=True, slots=True)
class Entry:
    """A value with its line; `value` is a scalar, a list of entries or a dict of entries."""

    value: Any
    line: int

    def plain(self) -> Any:
        """Return the value without lines."""
        if isinstance(self.value, list):
            return [entry.plain() for entry in self.value]
        if isinstance(self.value, dict):
            return {name: entry.plain() for name, entry in self.value.items()}
        return self.value


class ProblemCollector:
    """Collects what is wrong with one file."""

    def __init__(self, file: str, code: str) -> None:
        self.file = file
        self.code = code
        self.problems: list[Problem] = []

    def say(self, message: str, line: int | None, field: str | None, advice: str | None = None) -> None:
        self.problems.append(
            Problem(self.code, _cut(message), self.file, line, _cut(field), _cut(advice, MAX_ADVICE))
        )

    def settle(self, what: str) -> None:
        """Raise all problems at once, in the order of their lines.

        Raises:
            BadInput: there is at least one.
        """
        if self.problems:
            ordered = sorted(self.problems, key=lambda problem: (problem.line or 0, problem.field or ""))
            raise BadInput(self.code, f"{what} `{self.file}` cannot be used", problems=ordered)


class Section:
    """A mapping whose fields are taken one by one; `close` refuses those that nobody took."""

    def __init__(self, entry: Entry, place: str, sink: ProblemCollector) -> None:
        self.line = entry.line
        self.place = place
        self.sink = sink
        self._taken: set[str] = set()
        self._entries: dict[str, Entry] = entry.value if isinstance(entry.value, dict) else {}
        if not isinstance(entry.value, dict):
            sink.say("must be a mapping of names to values", entry.line, place or None)

    def __contains__(self, name: str) -> bool:
        return name in self._entries

    @property
    def names(self) -> frozenset[str]:
        """The fields that are there."""
        return frozenset(self._entries)

    def entry(self, name: str) -> Entry | None:
        self._taken.add(name)
        return self._entries.get(name)

    def at(self, name: str) -> str:
        return f"{self.place}.{name}" if self.place else name

    def refuse(self, message: str, name: str | None = None, advice: str | None = None) -> None:
        line = self._entries[name].line if name in self._entries else self.line
        self.sink.say(message, line, self.at(name) if name else self.place or None, advice)

    def text(self, name: str, *, required: bool = False) -> str | None:
        found = self._scalar(name, str, "a text", required=required)
        return found if isinstance(found, str) else None

    def flag(self, name: str) -> bool:
        return bool(self._scalar(name, bool, "true or false", required=False))

    def number(self, name: str) -> int | Decimal | None:
        found = self._scalar(name, (int, Decimal), "a number", required=False)
        return found if isinstance(found, int | Decimal) else None

    def choice(self, name: str, options: Collection[str], *, required: bool = False) -> str | None:
        found = self.text(name, required=required)
        if found is not None and found not in options:
            self.refuse(f"`{found}` is none of {listing(options)}", name, meant(found, options))
            return None
        return found

    def texts(self, name: str) -> tuple[str, ...]:
        """Return one text or a list of texts."""
        entry = self.entry(name)
        if entry is None:
            return ()
        items = entry.value if isinstance(entry.value, list) else [entry]
        texts = [str(item.value) for item in items if isinstance(item.value, str | int | bool)]
        if len(texts) != len(items) or not items:
            self.refuse("must be a text or a list of texts that is not empty", name)
        return tuple(texts)

    def section(self, name: str) -> "Section | None":
        entry = self.entry(name)
        return None if entry is None else Section(entry, self.at(name), self.sink)

    def sections(self, name: str) -> list["Section"]:
        """Return a list of mappings; a single mapping is a list of one."""
        entry = self.entry(name)
        if entry is None:
            return []
        items = entry.value if isinstance(entry.value, list) else [entry]
        return [Section(item, f"{self.at(name)}[{n}]", self.sink) for n, item in enumerate(items)]

    def named(self) -> Iterator[tuple[str, Entry]]:
        """Yield every field, for mappings whose names are the user's own."""
        self._taken.update(self._entries)
        yield from self._entries.items()

    def children(self) -> Iterator[tuple[str, "Section"]]:
        """Yield every field as a mapping of its own, for mappings whose names are the user's own."""
        for name, entry in self.named():
            yield name, Section(entry, self.at(name), self.sink)

    def close(self) -> None:
        for name in self._entries.keys() - self._taken:
            self.refuse(f"`{name}` is not known here", name, known(name, self._taken))

    def _scalar(self, name: str, kinds: type | tuple[type, ...], what: str, *, required: bool) -> Any:
        entry = self.entry(name)
        if entry is None:
            if required:
                self.refuse(f"`{name}` is missing")
            return None
        if not isinstance(entry.value, kinds) or (kinds is not bool and isinstance(entry.value, bool)):
            self.refuse(f"must be {what}", name)
            return None
        return entry.value


def listing(names: Collection[str]) -> str:
    """Return names in backticks, with commas."""
    return ", ".join(f"`{name}`" for name in names)


def nearest(given: str, allowed: Collection[str]) -> list[str]:
    """Return at most three allowed values that are most like what was given, whatever the case of the letters.

    The last part after a `/` counts as well: `tokyo` is like `Asia/Tokyo`.
    """
    forms = {form: each for each in allowed for form in (each.lower(), each.lower().rpartition("/")[2])}
    found = get_close_matches(given[:MAX_MESSAGE].lower(), forms, n=3, cutoff=0.6)
    return list(dict.fromkeys(forms[form] for form in found))


def meant(given: str, allowed: Collection[str]) -> str | None:
    """Return the question whether something allowed was meant; None if nothing is like it."""
    near = nearest(given, allowed)
    return f"did you mean {listing(near)}?" if near else None


def known(given: str, allowed: Collection[str]) -> str:
    """Return all that may stand in a place, after what is most like what was given."""
    near = meant(given, allowed)
    return f"{f'{near} ' if near else ''}known are {listing(sorted(allowed))}"


def load(path: Path, sink: ProblemCollector) -> Section:
    """Read a file of one mapping.

    Raises:
        BadInput: it cannot be read, is not UTF-8, is not YAML, or holds duplicate keys, aliases or tags.
    """
    return Section(load_entry(path, sink), "", sink)


def load_entry(path: Path, sink: ProblemCollector) -> Entry:
    """Read a file of one value; its place is the beginning of the file.

    Raises:
        BadInput: as `load`.
    """
    node = _composed(path, sink)
    if node is None and not sink.problems:
        sink.say("is empty", 1, None)
    entry = _entry(node, "", sink, set()) if node is not None else Entry(None, 1)
    sink.settle("the file")
    return entry


class _BoundedComposer(Composer):
    """Composes nodes up to a depth and a number."""

    depth = nodes = 0

    def compose_node(self, parent: Node | None, index: int) -> Node | None:
        self.depth += 1
        self.nodes += 1
        if self.depth > MAX_DEPTH:
            raise YAMLError(f"it is nested deeper than {MAX_DEPTH}")
        if self.nodes > MAX_NODES:
            raise YAMLError(f"it has more than {MAX_NODES:,} values")
        node: Node | None = super().compose_node(parent, index)
        self.depth -= 1
        return node


def _text_in(path: Path) -> str:
    with path.open("rb") as stream:
        data = stream.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        raise YAMLError(f"it is longer than {MAX_BYTES:,} bytes")
    return data.decode("utf-8-sig")


def _cut(text: str | None, most: int = MAX_MESSAGE) -> Any:
    return text if text is None or len(text) <= most else f"{text[:most]}… (cut)"


def _composed(path: Path, sink: ProblemCollector) -> Node | None:
    yaml = YAML(typ="safe", pure=True)
    yaml.Composer = _BoundedComposer
    try:
        node: Node | None = yaml.compose(_text_in(path))
    except OSError as error:
        sink.say(f"cannot be read: {error.strerror}", None, None)
    except UnicodeDecodeError as error:
        sink.say(f"is not UTF-8: {error.reason} at byte {error.start}", None, None)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        sink.say(f"is not YAML: {error.problem or error.context}", mark.line + 1 if mark else None, None)
    except YAMLError as error:
        sink.say(f"is not YAML: {error}", None, None)
    except _ODD as error:
        sink.say(f"is not YAML: {str(error) or type(error).__name__}", None, None)
    else:
        return node
    return None


def _entry(
    node: Node, place: str, sink: ProblemCollector, seen: set[int], key_line: int | None = None
) -> Entry:
    line = key_line or node.start_mark.line + 1
    if id(node) in seen:
        sink.say("aliases are not allowed", line, place or None)
        return Entry(None, line)
    seen.add(id(node))
    if isinstance(node, MappingNode):
        return Entry(_mapping(node, place, sink, seen), line)
    if isinstance(node, SequenceNode):
        items = [_entry(item, f"{place}[{n}]", sink, seen) for n, item in enumerate(node.value)]
        return Entry(items, line)
    return Entry(_scalar(node, place, sink), line)


def _mapping(node: MappingNode, place: str, sink: ProblemCollector, seen: set[int]) -> dict[str, Entry]:
    found: dict[str, Entry] = {}
    for key, value in node.value:
        name = str(key.value) if isinstance(key, ScalarNode) else ""
        within = f"{place}.{name}" if place else name
        if not isinstance(key, ScalarNode):
            sink.say("a name must be a text", key.start_mark.line + 1, place or None)
        elif name in found:
            first = found[name].line
            sink.say(f"`{name}` stands twice, first in line {first}", key.start_mark.line + 1, within)
        else:
            found[name] = _entry(value, within, sink, seen, key.start_mark.line + 1)
    return found


def _scalar(node: Node, place: str, sink: ProblemCollector) -> Any:
    kind, text = str(node.tag).removeprefix(_TAG), str(node.value)
    read = _SCALARS.get(kind)
    try:
        if read is not None:
            return read(text)
        sink.say(f"the tag `{node.tag}` is not allowed", node.start_mark.line + 1, place or None)
    except (KeyError, ValueError, InvalidOperation):
        sink.say(f"`{text}` cannot be read", node.start_mark.line + 1, place or None, "put it in quotes")
    return None


def _integer(text: str) -> int:
    if len(text) > 1_000:
        raise ValueError("too many digits")
    return int(text, 0)


_SCALARS: Mapping[str, Callable[[str], Any]] = {
    "str": str,
    "timestamp": str,
    "null": lambda _: None,
    "bool": lambda text: {"true": True, "false": False}[text.lower()],
    "int": lambda text: _integer(text.replace("_", "")),
    "float": lambda text: Decimal(text.replace("_", "")),
}
