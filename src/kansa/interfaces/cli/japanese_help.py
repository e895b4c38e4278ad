"""The help of commands in Japanese: what cyclopts draws, with the texts of `kansa.texts.command_help` in their place."""

import re
from collections.abc import Iterator
from typing import Any

from cyclopts.help import DefaultFormatter, HelpEntry, HelpPanel
from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, RenderResult
from rich.measure import Measurement
from rich.text import Text

from kansa.texts.command_help import help_in_japanese

_TITLES = {
    "Commands": "コマンド",
    "Parameters": "引数とオプション",
    "Arguments": "引数",
    "Options": "オプション",
}
_DEFAULTS = {"as your locale": "ロケールによります", "True": "有効"}
_UNSAID = (None, "False")
"""Defaults that say nothing."""
_PIECE = re.compile(r"[「『（(\[〔【]*(?:[\x21-\x27\x2a-\x7e]+|.)[、。，．：；）」』)\]〕】…ー～,.:;?!]*\s*")
"""What stays on one line: a word of letters, or a character, with the brackets and punctuation that belong to it."""
_NARROWEST = 20


class JapaneseText:
    """A text that is broken where Japanese is: anywhere but within a word of letters or before its punctuation."""

    def __init__(self, text: str) -> None:
        """Take a text; its line breaks are kept."""
        self._lines = text.split("\n")

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        for line in self._lines:
            yield from (Text(part, no_wrap=True) for part in broken(line, options.max_width))

    def __rich_measure__(self, console: Console, options: ConsoleOptions) -> Measurement:
        widest = max(map(cell_len, self._lines))
        return Measurement(min(_NARROWEST, widest), min(widest, options.max_width))


class JapaneseHelp(DefaultFormatter):
    """Draws help as cyclopts does, in Japanese; what is typed (names, allowed values) stays as it is."""

    def __call__(self, console: Console, options: ConsoleOptions, panel: HelpPanel) -> None:
        """Draw one panel."""
        title = panel.title.plain if isinstance(panel.title, Text) else str(panel.title)
        entries = [_translated(each, console) for each in panel.entries]
        super().__call__(console, options, panel.copy(title=_TITLES.get(title, title), entries=entries))

    def render_usage(self, console: Console, options: ConsoleOptions, usage: Any) -> None:
        """Draw the line of usage."""
        del options
        line = _plain(usage, console).removeprefix("Usage:").strip()
        for english, japanese in (
            ("[OPTIONS]", "[オプション]"),
            ("[ARGS...]", "[引数…]"),
            ("[ARGS]", "[引数]"),
        ):
            line = line.replace(english, japanese)
        if line:
            console.print(Text(f"使い方: {line.replace(' COMMAND', ' コマンド')}\n", "bold"))

    def render_description(self, console: Console, options: ConsoleOptions, description: Any) -> None:
        """Draw what the command does."""
        del options
        if told := help_in_japanese(_plain(description, console)):
            console.print(JapaneseText(told))
            console.print()


def broken(line: str, width: int) -> Iterator[str]:
    """Break a line into parts of at most `width` columns, unless one word is wider."""
    part = ""
    for piece in _PIECE.findall(line):
        if part and cell_len(part + piece.rstrip()) > width:
            yield part.rstrip()
            part = ""
        part += piece
    yield part.rstrip()


def _translated(entry: HelpEntry, console: Console) -> HelpEntry:
    """Return an entry whose description and whose marks are Japanese."""
    marks = [f"[{'、'.join(entry.choices)} のいずれか]"] if entry.choices else []
    marks += [f"[環境変数: {'、'.join(entry.env_var)}]"] if entry.env_var else []
    if entry.default not in _UNSAID:
        marks.append(f"[既定: {_DEFAULTS.get(str(entry.default), entry.default)}]")
    marks += ["[必須]"] if entry.required else []
    told = help_in_japanese(_plain(entry.description, console))
    text = JapaneseText(" ".join(filter(None, [told, *marks])))
    return entry.copy(description=text, choices=(), env_var=(), default=None, required=False)


def _plain(drawn: Any, console: Console) -> str:
    """Return the text of what cyclopts would draw, on one line."""
    if drawn is None:
        return ""
    if isinstance(drawn, str | Text):
        return " ".join(str(drawn).split())
    wide = console.options.update(width=100_000)
    return " ".join("".join(part.text for part in console.render(drawn, wide)).split())
