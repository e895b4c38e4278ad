"""The language in which a command answers: `--language`, else `KANSA_LANGUAGE`, else the locale, else English."""

from collections.abc import Mapping, Sequence
from typing import Any

from cyclopts.argument import Token

from kansa.errors import BadInput
from kansa.texts import LANGUAGES, Language, Words, language_of, reader_language

OPTIONS = ("--language", "--lang")
LANGUAGE_ASKED = Words(
    "Every command takes --language en|ja; the default is KANSA_LANGUAGE, else the locale (LC_ALL, LC_MESSAGES, LANG).",
    "どのコマンドでも --language en|ja を指定できます。既定は KANSA_LANGUAGE、なければロケール（LC_ALL、LC_MESSAGES、LANG）によります。",
)


def language_asked(given: Sequence[str], environment: Mapping[str, str]) -> tuple[list[str], Language]:
    """Return the arguments without the language option, wherever it stood, and the language to answer in.

    Raises:
        BadInput: `option.language`.
    """
    rest: list[str] = []
    asked: str | None = None
    arguments = iter(given)
    for each in arguments:
        name, joined, value = each.partition("=")
        if each == "--":
            rest += [each, *arguments]
        elif name in OPTIONS:
            asked = value if joined else next(arguments, "")
        else:
            rest.append(each)
    return rest, language_of(environment) if asked is None else _allowed(asked)


def _allowed(asked: str) -> Language:
    for language in LANGUAGES:
        if asked == language:
            return language
    raise BadInput("option.language", f"`{asked}` is no language of Kansa's", help="give --language en or ja")


def as_asked(_app: Any, _commands: tuple[str, ...], arguments: Any) -> None:
    """Give a command that takes the language as a parameter the one that was asked for (a hook of cyclopts)."""
    for argument in arguments:
        if not argument.tokens and set(argument.names) & set(OPTIONS):
            argument.append(Token(keyword=OPTIONS[0], value=reader_language(), source="reader"))
