"""What the help of commands says in Japanese, by what it says in English where a command or an option is declared.

A new command or option gets its Japanese in the area that it belongs to; `tests/interfaces/cli/test_help_in_japanese.py`
names what is missing. White space does not count: a docstring is looked up as one line.
"""

from functools import cache


def help_in_japanese(text: str) -> str:
    """Return a help text in Japanese; what the catalogue does not know is returned as it is."""
    return _catalogue().get(" ".join(text.split()), text)


@cache
def _catalogue() -> dict[str, str]:
    from kansa.texts.command_help import (  # noqa: PLC0415 - only the help in Japanese needs them
        answers,
        decisions,
        everywhere,
        evidence,
        intake,
        law,
        planning,
        screening,
        witnesses,
    )

    areas = (everywhere, evidence, intake, answers, decisions, law, screening, witnesses, planning)
    return {english: japanese for area in areas for english, japanese in area.HELP.items()}
