"""The help of every command in Japanese: nothing English is left, and it is polite."""

import re

import pytest
from cyclopts import App

from kansa.interfaces.cli.app import app, run
from kansa.interfaces.cli.examples import EXAMPLES
from kansa.texts.command_help import _catalogue, help_in_japanese


def _tree(of: App, path: tuple[str, ...] = ()) -> dict[str, App]:
    found = {" ".join(path): of}
    for name in of:
        if not name.startswith("-"):
            found |= _tree(of[name], (*path, name))
    return found


TREE = _tree(app)
_ENGLISH = re.compile(r"\b(?:[A-Za-z][a-z]+[ ,;:]+){3,}[A-Za-z]+")
"""Four words of letters in a row."""
PLAIN = re.compile(r"(?:である|だ|する|した|ない|れる|いる|ある|える|なる|める)[。）]")


@pytest.mark.parametrize("command", EXAMPLES)
def test_the_help_of_every_command_is_japanese_where_japanese_is_read(
    command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """What is missing has its place in `kansa.texts.command_help`, by its English text."""
    assert run([*command.split(), "--help", "--language", "ja"]) == 0

    told = capsys.readouterr().out.partition("\n例:")[0]
    assert "使い方: kansa" in told
    assert _ENGLISH.findall(told.replace(command, "")) == []
    assert PLAIN.findall(told) == []


def test_every_text_of_every_help_has_its_japanese() -> None:
    """Summaries, arguments and options, of groups as well."""
    texts: set[str | None] = {each.help for each in TREE.values()}
    for each in TREE.values():
        if each.default_command:
            texts |= {
                a.parameter.help for a in each.assemble_argument_collection(parse_docstring=True) if a.parse
            }
    missing = sorted(text for text in texts if text and help_in_japanese(text) == text)

    assert missing == []


def test_the_help_in_japanese_is_polite_and_keeps_what_is_typed() -> None:
    """です・ます; options, exit codes and suffixes are the same in both."""
    plain = [ja for ja in _catalogue().values() if PLAIN.search(ja)]
    typed = re.compile(r"`[^`]+`|--[a-z-]+|終了コード \d|\.(?:csv|xlsx|parquet|json)\b")
    lost = {en: {each for each in typed.findall(en) if each not in ja} for en, ja in _catalogue().items()}

    assert plain == []
    assert {en: gone for en, gone in lost.items() if gone and not en.startswith("The log's name")} == {}


def test_english_help_is_english_again_afterwards(capsys: pytest.CaptureFixture[str]) -> None:
    """The language of one call is not that of the next."""
    run(["status", "--help", "--language", "ja"])
    capsys.readouterr()
    run(["status", "--help", "--language", "en"])

    assert not re.search(r"[\u3040-\u30ff]", capsys.readouterr().out)
