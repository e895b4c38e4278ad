"""Words in both languages that users read: English and Japanese, neither without the other."""

import msgspec

from kansa.config_files import Section

LANGUAGES = ("en", "ja")


class Words(msgspec.Struct, frozen=True):
    """One text in English and in Japanese."""

    en: str
    ja: str

    def in_(self, language: str) -> str:
        """Return the text in `en` or `ja`."""
        return self.ja if language == "ja" else self.en


def read_words(section: Section, name: str = "words") -> Words | None:
    """Return the field `name` of a section as words; what is missing is said there."""
    inner = section.section(name)
    if inner is None:
        section.refuse(f"`{name}` is missing", advice="`{en: …, ja: …}`")
        return None
    return words_of(inner)


def words_of(section: Section) -> Words | None:
    """Return a section that is itself words."""
    en, ja = (section.text(language, required=True) for language in LANGUAGES)
    section.close()
    if not en or not ja:
        return None
    return Words(en, ja)
