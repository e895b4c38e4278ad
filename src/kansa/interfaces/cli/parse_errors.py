"""What was typed and is no command line of this program, said in the product's grammar, with what comes nearest."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from cyclopts import (
    App,
    CoercionError,
    CycloptsError,
    MissingArgumentError,
    UnknownCommandError,
    UnknownOptionError,
    UnusedCliTokensError,
)
from cyclopts.exceptions import MixedArgumentError, RepeatArgumentError

from kansa.errors import BadInput
from kansa.interfaces.cli.allowed import nearest

if TYPE_CHECKING:
    from cyclopts import ArgumentCollection


def as_bad_input(error: CycloptsError, app: App, given: Sequence[str]) -> BadInput:  # noqa: PLR0911 - a case each
    """Return the refusal of a command line: what is wrong, and what to type instead.

    Codes: `command.unknown`, `option.unknown`, `argument.unexpected`, `argument.missing`, `argument.value`,
    `argument.repeated`; `command.line` for anything else.
    """
    chain = _chain(error, app, given)
    help_ = f"`{chain} --help` shows what it takes"
    match error:
        case UnknownCommandError() if error.unused_tokens:
            return _unknown_command(error.unused_tokens[0], chain, app, given)
        case UnusedCliTokensError() if error.unused_tokens:
            if _groups(app, given):
                return _unknown_command(error.unused_tokens[0], chain, app, given)
            extra = ", ".join(f"`{token}`" for token in error.unused_tokens)
            return BadInput(
                "argument.unexpected", f"`{chain}` takes no more than was given before {extra}", help=help_
            )
        case UnknownOptionError():
            token = error.token.keyword or error.token.value
            return _unknown_option(token, chain, error.argument_collection, help_)
        case MissingArgumentError() if error.argument is not None:
            named = error.keyword or error.argument.name
            what = (
                f"`{named}` of `{chain}` needs a value"
                if error.tokens_so_far or error.keyword
                else f"`{chain}` needs `{named}`"
            )
            return BadInput("argument.missing", what, help=help_)
        case CoercionError() if error.argument is not None and error.token is not None:
            return _wrong_value(error, help_)
        case RepeatArgumentError():
            return BadInput(
                "argument.repeated", f"`{error.token.keyword}` is given more than once", help="give it once"
            )
        case MixedArgumentError() if error.argument is not None:
            return BadInput(
                "argument.repeated", f"`{error.argument.name}` is given in two forms", help="give it once"
            )
    return BadInput("command.line", _sentence(str(error)), help=help_)


def _chain(error: CycloptsError, app: App, given: Sequence[str]) -> str:
    chain = error.command_chain if error.command_chain is not None else app.parse_commands(given)[0]
    return " ".join(("kansa", *chain))


def _groups(app: App, given: Sequence[str]) -> bool:
    """Tell whether the command that was named has commands of its own."""
    return bool(_commands(app.parse_commands(given)[1][-1]))


def _commands(app: App) -> list[str]:
    return [name for name in app if not name.startswith("-")]


def _unknown_command(token: str, chain: str, app: App, given: Sequence[str]) -> BadInput:
    known = _commands(app.parse_commands(given)[1][-1])
    near = nearest(token, known)
    meant = (
        f"did you mean {_listed(f'{chain} {each}' for each in near)}?"
        if near
        else f"`{chain} --help` lists them"
    )
    return BadInput("command.unknown", f"`{chain}` has no command `{token}`", help=meant)


def _unknown_option(token: str, chain: str, known: "ArgumentCollection", help_: str) -> BadInput:
    option = token.partition("=")[0]
    names = [name for argument in known if argument.parse for name in argument.names if name.startswith("-")]
    near = nearest(option, [*names, "--help"])
    meant = f"did you mean {_listed(near)}? {help_}" if near else help_
    return BadInput("option.unknown", f"`{chain}` has no option `{option}`", help=meant)


def _wrong_value(error: CoercionError, help_: str) -> BadInput:
    argument, token = error.argument, error.token
    assert argument is not None  # noqa: S101 - the caller asked
    assert token is not None  # noqa: S101 - the caller asked
    named = token.keyword or argument.name
    choices = argument.get_choices() or ()
    near = nearest(token.value, choices)
    meant = f"; did you mean {_listed(near)}?" if near else ""
    advice = f"allowed are {_listed(choices)}{meant}" if choices else help_
    return BadInput("argument.value", f"`{token.value}` is no value for `{named}`", help=advice)


def _listed(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _sentence(text: str) -> str:
    said = " ".join(text.split()).rstrip(".")
    return said[:1].lower() + said[1:]
