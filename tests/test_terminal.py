"""The way to a terminal: nothing from a file steers it, and every command goes that way."""

import ast
import io
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.text import Text

import kansa
from kansa import terminal
from kansa.interfaces.cli.output import Page, drawn, joined, show

SOURCE = Path(kansa.__file__).parent
PRINTING = ("interfaces/cli", "clients", "dossier/alone.py", "demo")
THE_WAY = {SOURCE / "terminal.py", SOURCE / "interfaces" / "cli" / "output.py"}
STEERING = [
    chr(code) for code in (*range(0x20), *range(0x7F, 0xA0), 0x202E, 0x2066, 0x2028, 0x200B, 0xE0041, 0xD800)
]


@pytest.mark.parametrize("character", [c for c in STEERING if c not in "\n\t"], ids=ascii)
def test_a_character_that_steers_is_shown_and_not_obeyed(character: str) -> None:
    """C0, DEL, C1, bidirectional and invisible characters, lone surrogates."""
    assert terminal.visible(f"a{character}b").isascii()
    assert character not in terminal.in_line(f"a{character}b")


@given(st.text(st.characters()))
def test_json_is_the_same_value_after_escaping(text: str) -> None:
    """What a program reads from it is what was said."""
    assert json.loads(terminal.json_text({"said": text})) == {"said": text}


def test_text_in_any_script_is_left_alone() -> None:
    """Escaping is for what steers, not for what is foreign; joiners that scripts need stay."""
    text = "監査 𠮷野家 Đặng می‌خواهم क्‍ष\n\tend"

    assert terminal.visible(text) == text
    assert terminal.in_line("a\nb") == "a\\nb"


def test_what_the_encoding_cannot_write_is_escaped() -> None:
    """A terminal without Unicode gets text, not a traceback."""
    stream = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    terminal.write("監査", stream)
    stream.seek(0)

    assert stream.read() == "\\u76e3\\u67fb\n"


def test_what_rich_draws_is_escaped_within_its_looks() -> None:
    """A name with an escape sequence is drawn as text."""
    line = joined(["\x1b[31m", *drawn(Text("a\x1b[2Jb"))])

    assert "\x1b[2J" not in line
    assert line.startswith("\\x1b[31m\n")


@pytest.mark.parametrize("text", ["a\n0 gaps", ["a\n0 gaps"]], ids=["alone", "line"])
def test_a_value_with_a_line_break_begins_no_line(
    text: str | list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    """What stands in a line stays in it; a command that means several lines gives several."""
    show(as_json=False, value={}, text=text)

    assert capsys.readouterr().out == "a\\n0 gaps\n"


def test_a_page_keeps_its_line_breaks_and_steers_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    """A rule's page is a text of our own: its lines stay, what steers is escaped."""
    show(as_json=False, value={}, text=Page("a\nb\x1b[2J"))

    assert capsys.readouterr().out == "a\nb\\x1b[2J\n"


def test_every_command_prints_by_the_one_way() -> None:
    """No command writes to standard output or error, makes a console or prints by itself."""
    files = [
        path
        for each in PRINTING
        for path in ([SOURCE / each] if each.endswith(".py") else (SOURCE / each).rglob("*.py"))
    ]
    found = [
        f"{path.relative_to(SOURCE)}:{node.lineno}"
        for path in files
        if path not in THE_WAY
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call) and _prints(node)
    ]

    assert not found, found
    assert len(files) > 30


def _prints(node: ast.Call) -> bool:
    called = ast.unparse(node.func)
    return called in {"print", "Console", "rich.print"} or called.endswith(
        ("stdout.write", "stderr.write", "stdout.buffer.write", "stdout.writelines", "stderr.writelines")
    )
