"""Texts that people read, in English and in Japanese, and in which of the two somebody reads now.

Both languages are sources: `Words` cannot be made without either. Core packages write their messages in English, by the
grammar of `kansa.errors`; `kansa.texts.messages` holds each of them in both languages, and a test reads the code for
messages that are missing there. The package lies at the bottom, since the verifier that ships alone speaks too
(docs/adr/0019).
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Literal

import msgspec

Language = Literal["en", "ja"]
LANGUAGES: tuple[Language, ...] = ("en", "ja")
VARIABLES = ("KANSA_LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG")
"""Where the language is looked for; the first that is set and not empty counts, as in POSIX."""

_reading: ContextVar[Language] = ContextVar("reading", default="en")


class Words(msgspec.Struct, frozen=True):
    """One text in English and in Japanese, with the same `{placeholders}`."""

    en: str
    ja: str

    def in_(self, language: str) -> str:
        """Return the text in `en` or `ja`."""
        return self.ja if language == "ja" else self.en

    def say(self, **values: object) -> str:
        """Return the text in the reader's language with its values."""
        return self.in_(_reading.get()).format(**values)

    def lines(self, **values: object) -> list[str]:
        """Return a text of several lines in the reader's language; no value begins one."""
        return [line.format(**values) for line in self.in_(_reading.get()).split("\n")]


def language_of(environment: Mapping[str, str]) -> Language:
    """Return the language that an environment asks for: `ja` for `ja`, `ja_JP.UTF-8` and the like, otherwise `en`."""
    asked = next((environment[name] for name in VARIABLES if environment.get(name)), "")
    return "ja" if asked.replace("-", "_").split("_")[0].split(".")[0].casefold() == "ja" else "en"


def reader_language() -> Language:
    """Return the language in which the current command answers."""
    return _reading.get()


@contextmanager
def reading_in(language: Language) -> Iterator[None]:
    """Answer in a language while the block lasts."""
    before = _reading.set(language)
    try:
        yield
    finally:
        _reading.reset(before)
