"""The page as a parser sees it."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = frozenset({"meta", "input", "br", "link", "img", "hr"})


@dataclass
class Node:
    """An element with its text and children."""

    tag: str
    attributes: dict[str, str]
    children: list["Node"] = field(default_factory=list)
    pieces: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        return "".join(self.pieces)

    @property
    def looks(self) -> set[str]:
        return set(self.attributes.get("class", "").split())

    def all(self, tag: str | None = None, look: str | None = None, **attributes: str) -> Iterator["Node"]:
        for child in self.children:
            if (
                tag in {None, child.tag}
                and (look is None or look in child.looks)
                and attributes.items() <= child.attributes.items()
            ):
                yield child
            yield from child.all(tag, look, **attributes)

    def one(self, tag: str | None = None, look: str | None = None, **attributes: str) -> "Node":
        (found,) = self.all(tag, look, **attributes)
        return found


class Reader(HTMLParser):
    """Builds the tree and refuses what does not nest."""

    def __init__(self) -> None:
        super().__init__()
        self.root = Node("", {})
        self._open = [self.root]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = [name for name, _ in attrs]
        assert len(names) == len(set(names)), f"attribute twice in {self.get_starttag_text()}"
        node = Node(tag, {name: value or "" for name, value in attrs})
        self._open[-1].children.append(node)
        if tag not in VOID:
            self._open.append(node)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self._open.pop()

    def handle_endtag(self, tag: str) -> None:
        assert self._open[-1].tag == tag, f"</{tag}> closes <{self._open[-1].tag}>"
        self._open.pop()

    def handle_data(self, data: str) -> None:
        for node in self._open:
            node.pieces.append(data)


def read(html: str) -> Node:
    """HTML text to its tree; what does not nest is refused."""
    reader = Reader()
    reader.feed(html)
    reader.close()
    assert reader._open == [reader.root]
    return reader.root
