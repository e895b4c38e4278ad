"""In which language a command answers."""

import pytest

from kansa.errors import BadInput
from kansa.interfaces.cli.app import run
from kansa.interfaces.cli.language import language_asked
from kansa.texts import VARIABLES, language_of


@pytest.mark.parametrize(
    ("environment", "language"),
    [
        ({}, "en"),
        ({"LANG": "ja_JP.UTF-8"}, "ja"),
        ({"LANG": "ja_JP.UTF-8", "LC_ALL": "C.UTF-8"}, "en"),
        ({"LANG": "en_GB.UTF-8", "LC_MESSAGES": "ja_JP.eucJP"}, "ja"),
        ({"LC_ALL": "", "LANG": "ja"}, "ja"),
        ({"LC_ALL": "en_US.UTF-8", "KANSA_LANGUAGE": "ja"}, "ja"),
        ({"LANG": "jam_JM.UTF-8"}, "en"),
    ],
)
def test_the_locale_says_the_language_as_posix_orders_it(environment: dict[str, str], language: str) -> None:
    """`KANSA_LANGUAGE`, then LC_ALL, LC_MESSAGES, LANG; an empty one counts as not set."""
    assert language_of(environment) == language


@pytest.mark.parametrize("given", [["--language", "ja"], ["--language=ja"], ["--lang", "ja"]])
def test_the_option_is_taken_wherever_it_stands(given: list[str]) -> None:
    """What remains is what the command is called with."""
    assert language_asked([*given, "flags", "--all"], {}) == (["flags", "--all"], "ja")
    assert language_asked(["flags", *given, "--all"], {"LANG": "C"}) == (["flags", "--all"], "ja")


def test_what_follows_the_end_of_options_is_no_option() -> None:
    """A name may look like the option."""
    assert language_asked(["screen", "--", "--language"], {}) == (["screen", "--", "--language"], "en")


def test_a_language_that_there_is_not_is_refused() -> None:
    """With what is allowed."""
    with pytest.raises(BadInput, match="`fr`"):
        language_asked(["--language", "fr"], {})
    assert run(["rules", "list", "--language", "fr"]) == 2


def test_commands_answer_in_the_language_of_the_locale(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without any option; the option beats it."""
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LANG", "ja_JP.UTF-8")
    assert run(["rules", "list"]) == 0
    assert "規則" in capsys.readouterr().out
    assert run(["rules", "list", "--language", "en"]) == 0
    assert "verified" in capsys.readouterr().out
