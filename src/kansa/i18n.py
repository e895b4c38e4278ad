"""Read words in both languages from files: English and Japanese, neither without the other."""

from kansa.config_files import Section
from kansa.texts import LANGUAGES, Words

__all__ = ["LANGUAGES", "Words", "read_words", "words_of"]


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
