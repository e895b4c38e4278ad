"""The whole tree of commands: each has help with examples that parse, and each option means one thing."""

import json
import shlex
import signal
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator

import pytest
from cyclopts import App

from kansa.interfaces.cli.app import app, run
from kansa.interfaces.cli.examples import EXAMPLES, folded
from kansa.interfaces.cli.option_meanings import MEANINGS


def commands(of: App, path: tuple[str, ...] = ()) -> Iterator[tuple[str, App]]:
    """Every command and group, by what is typed for it."""
    yield " ".join(path), of
    for name in of:
        if not name.startswith("-"):
            yield from commands(of[name], (*path, name))


TREE = dict(commands(app))


@pytest.mark.parametrize("command", TREE)
def test_every_command_has_a_help_that_ends_with_examples(
    command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Who asks for help can copy a line that works."""
    assert run([*command.split(), "--help"]) == 0

    told = capsys.readouterr().out
    assert "Examples:" in told
    assert all(folded(example) in told for example in EXAMPLES[command])
    assert max(map(len, told.splitlines())) <= 80


@pytest.mark.parametrize("example", sorted({each for several in EXAMPLES.values() for each in several}))
def test_every_example_is_a_command_line_that_parses(example: str) -> None:
    """An example that is refused teaches what is wrong."""
    words = shlex.split(example)
    words = words[: words.index(">")] if ">" in words else words

    app.parse_args(words[1:], exit_on_error=False, print_error=False)


def test_no_example_belongs_to_a_command_that_is_gone() -> None:
    """The catalogue and the tree are one."""
    assert set(EXAMPLES) == set(TREE)


def test_an_option_takes_one_type_of_value_in_every_command() -> None:
    """`--from` that is a time here and a site there is learned twice and typed wrongly once."""
    types: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for command, each in TREE.items():
        for argument in each.assemble_argument_collection() if each.default_command else ():
            for name in argument.names:
                if name.startswith("--") and argument.parse:
                    types[name][_type(argument.hint)].append(command)

    several = {name: {**found} for name, found in types.items() if len(found) > 1 and name not in _ID_OR_FILE}
    assert several == {}


_ID_OR_FILE = {"--pack"}
"""Which pack: where one may be named by its id as well, the option takes a text."""


def _options() -> Iterator[tuple[str, str, str]]:
    """Every option with its help, of every command."""
    for command, each in TREE.items():
        for argument in (
            each.assemble_argument_collection(parse_docstring=True) if each.default_command else ()
        ):
            for name in argument.names:
                if name.startswith("--") and not name.startswith("--empty-") and argument.parse:
                    yield name, command, str(argument.parameter.help)


def test_at_acts_and_as_of_asks() -> None:
    """`--at` is the time of a simulated vault's act; what is asked about has options of its own.

    `kansa who --path P --at T` reads as the question that it is, and takes `--as-of` as well.
    """
    acts = {command for name, command, help_ in _options() if name == "--at" and "time to act at" in help_}

    assert {command for name, command, _ in _options() if name == "--at"} - {"who"} == acts


def test_every_option_of_more_than_one_command_has_one_meaning_that_is_written_down() -> None:
    """Whoever gives a name that exists to something else has to say here that it is the same."""
    commands_of: dict[str, set[str]] = defaultdict(set)
    for name, command, _ in _options():
        commands_of[name].add(command)
    shared = {name for name, several in commands_of.items() if len(several) > 1}

    assert shared - set(MEANINGS) == set()
    assert set(MEANINGS) - set(commands_of) == set()


def test_every_argument_and_option_says_what_it_is() -> None:
    """A name alone is no help."""
    silent = [
        (command, argument.name)
        for command, each in TREE.items()
        for argument in (
            each.assemble_argument_collection(parse_docstring=True) if each.default_command else ()
        )
        if argument.parse and argument.show and not argument.parameter.help
    ]

    assert silent == []


def _type(hint: object) -> str:
    """The type of one value: whether it is required or repeated is no other meaning."""
    said = str(hint).replace("typing.", "").replace("pathlib._local", "pathlib")
    for around in ("Optional[", "list[", "tuple["):
        said = said.replace(around, "[")
    kept = said.replace("<class '", "").replace("'>", "").replace(", ...", "").replace(" | None", "")
    kept = kept.strip("[]")
    return "one of" if kept.startswith("Literal") else kept


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("flagz", "did you mean `kansa flags`?"),
        ("ledger statsu", "did you mean `kansa ledger status`?"),
        ("flags --vaut x", "did you mean `--vault`"),
        ("gate ask logn", "did you mean `login`?"),
        ("screen", "`kansa screen` needs `NAME`"),
        ("verify a b", "`kansa verify` takes no more than was given before `b`"),
    ],
)
def test_a_line_that_is_no_command_is_refused_with_what_comes_nearest(
    line: str, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Typing errors end with 2, in the grammar of every other error."""
    code = run(line.split())

    told = capsys.readouterr()
    assert (code, told.out) == (2, "")
    assert told.err.startswith("kansa: `")
    assert said in told.err


def test_a_line_that_is_no_command_is_refused_as_json_where_json_is_asked_for(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """A script reads the code, whatever was wrong."""
    code = run(["flags", "--nonsense", "--json"])

    assert (code, json.loads(capsys.readouterr().out)["error"]["code"]) == (2, "option.unknown")


def test_what_was_typed_cannot_steer_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    """An argument comes from a file as often as from a person."""
    assert run(["flags", "--\x1b[31m"]) == 2

    assert "\x1b" not in capsys.readouterr().err


def test_quiet_says_nothing_but_errors_and_json(capsys: pytest.CaptureFixture[str]) -> None:
    """Text goes, the exit code and what a program reads stay."""
    assert run(["completion", "bash", "--quiet"]) == 0
    assert capsys.readouterr().out == ""

    assert run(["completion", "bash", "--quiet", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["shell"] == "bash"

    assert run(["verify", "none.zip", "--quiet"]) == 2
    assert capsys.readouterr().err.startswith("kansa: ")


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_an_interrupted_command_cleans_up_and_shows_no_traceback(number: signal.Signals, code: int) -> None:
    """Ctrl-C and SIGTERM end a command as a shell expects, after its `finally`."""
    program = (
        "import sys, time\n"
        "from kansa.interfaces.cli import app\n"
        "def waits():\n"
        "    try:\n"
        "        print('ready', flush=True); time.sleep(60)\n"
        "    finally:\n"
        "        print('cleaned', flush=True)\n"
        "app.app.command(waits)\n"
        "sys.exit(app.run(['waits']))\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        process.send_signal(number)
        out, err = process.communicate(timeout=60)

    assert (process.returncode, out) == (code, "cleaned\n")
    assert err == "kansa: stopped; what was recorded before stays recorded\n"


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_a_shell_is_given_what_it_completes_by(shell: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Every command of the tree is offered."""
    assert run(["completion", shell]) == 0

    script = capsys.readouterr().out
    assert all(name in script for name in app if not name.startswith("-"))


def test_help_has_no_colour_where_it_is_not_read_on_a_terminal() -> None:
    """What is piped into a file is text."""
    done = subprocess.run([sys.executable, "-m", "kansa", "flags", "--help"], capture_output=True, check=True)

    assert b"\x1b" not in done.stdout
