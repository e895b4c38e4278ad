"""Runs what a page shows: its console blocks as one session of a real shell, in order.

`kansa` and `python` in that shell are doors into this process, since to start Python anew for every command takes
longer than all else; they run there with the caller's arguments, directory, environment and files.
"""

import json
import os
import re
import runpy
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import chdir, contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from kansa.interfaces.cli.app import run

MARK = "\x1eend "
SMALL, WHOLE = "console", "console whole"
COMMAND = re.compile(r"^\$ .*(?:\n> .*)*", re.MULTILINE)

SHIM = """#!{python} -SE
import array, json, os, socket, sys
door = socket.socket(socket.AF_UNIX)
door.connect({door!r})
asked = json.dumps([sys.argv, os.getcwd(), dict(os.environ)]).encode()
door.sendmsg([len(asked).to_bytes(8, "big")], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", [1, 2]))])
door.sendall(asked)
sys.exit(int(door.recv(8)))
"""

VARYING = (
    (re.compile(r"\b([a-z]{3})_[a-z2-7]{26}\b"), r"\1_…"),
    (re.compile(r"\+[0-9a-f]{8}\+[A-Za-z0-9+/=]+"), "+…"),
    (re.compile(r"\b\d+ bytes"), "… bytes"),
    (re.compile(r"\b\d+ バイト"), "… バイト"),
    (re.compile(r'("bytes": )\d+'), r"\1…"),
    (re.compile(r"-\d{4}-\d\d-\d\dt[\d.-]+z\.jsonl"), "-….jsonl"),
    (
        re.compile(r"((?:known at|issued|log began|基準時点|発行|台帳の開始) +)\d{4}-\d\d-\d\dT[\d:.]+Z"),
        r"\1…",
    ),
    (re.compile(r"((?:last one recorded|known at) )\d{1,2} \w{3,4} \d{4}(?:, \d\d:\d\d(?::\d\d)?)?"), r"\1…"),
    (re.compile(r"((?:最後の記録|基準時点：) ?)\d{4}/\d\d/\d\d(?: \d{1,2}:\d\d(?::\d\d)?)?"), r"\1…"),
    (re.compile(r"(rollback-\d+-\d+-)[0-9a-f]{8}"), r"\1…"),
    (re.compile(r"((?:since|entries,) )\d{1,2} \w{3,4} \d{4}(?:, [\d:]{5,8})?"), r"\1…"),
    (re.compile(r"(件、|（)\d{4}(?:年|/)\d{1,2}(?:月|/)\d{1,2}日? [\d:]{4,8}"), r"\1…"),
    (re.compile(r"(\w \()\d{4}-\d\d-\d\dT[\d:.]+Z\)"), r"\1…)"),
    (re.compile(r"(silent for |。)\d+( days| 日間報告なし)"), r"\1…\2"),
)
"""What no two runs have in common: ids and keys are random, sizes follow from them, and the clock is real."""


@dataclass(frozen=True, slots=True)
class Ran:
    """What a command printed, on both channels, and how it ended."""

    command: str
    output: str
    code: int
    seconds: float

    @property
    def shown(self) -> str:
        """The command and its output as a page shows them."""
        text = self.output
        for pattern, replacement in VARYING:
            text = pattern.sub(replacement, text)
        text = f"$ {self.command}\n{text}".rstrip("\n") + "\n"
        return text + (f"[exit {self.code}]\n" if self.code else "")


def blocks_of(kind: str) -> re.Pattern[str]:
    """What finds the blocks of a kind, as the fence names it."""
    return re.compile(rf"^```{kind}\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def commands(page: str, kind: str) -> list[list[str]]:
    """The commands of each block, as they stand, without the prompt."""
    return [
        [found[0].removeprefix("$ ") for found in COMMAND.finditer(block)]
        for block in blocks_of(kind).findall(page)
    ]


def written(page: str, kind: str, blocks: Sequence[Sequence[Ran]]) -> str:
    """The page with what its commands printed."""
    texts = iter(f"```{kind}\n" + "".join(ran.shown for ran in block) + "```" for block in blocks)
    return blocks_of(kind).sub(lambda _: next(texts), page)


def perform(
    pages: Mapping[str, str], kind: str, folder: Path, environment: Mapping[str, str]
) -> tuple[dict[str, str], list[Ran]]:
    """Run the pages' blocks of a kind as one session; gives each page as it should read, and what ran.

    The pages are one walk-through in several languages: they have the same blocks and commands, and where one asks
    otherwise (`--language ja`) its command is run right after the first page's.
    """
    of_page = {name: commands(text, kind) for name, text in pages.items()}
    first, *others = of_page.values()
    for other in others:
        assert [len(block) for block in other] == [len(block) for block in first], (
            "the pages have other blocks"
        )
    wanted = [
        list(dict.fromkeys(held[block][line] for held in of_page.values()))
        for block in range(len(first))
        for line in range(len(first[block]))
    ]
    asked = [(place, command) for place, variants in enumerate(wanted) for command in variants]
    ran = dict(zip(asked, session([command for _, command in asked], folder, environment), strict=True))
    pages_now = {}
    for name, blocks in of_page.items():
        places = iter(range(len(wanted)))
        pages_now[name] = written(
            pages[name], kind, [[ran[next(places), command] for command in block] for block in blocks]
        )
    return pages_now, list(ran.values())


def session(asked: Sequence[str], folder: Path, environment: Mapping[str, str]) -> list[Ran]:
    """Run commands in one shell that starts in a folder."""
    programs = folder / ".bin"
    programs.mkdir()
    with _door(programs / "door") as door:
        for shim in (programs / "kansa", programs / "python"):
            shim.write_text(SHIM.format(python=sys.executable, door=str(programs / "door")), encoding="utf-8")
            shim.chmod(0o755)
        script = "".join(
            f"{_unprompted(command)}\nprintf '{MARK}%s %s\\n' $? $EPOCHREALTIME\n"
            for command in ["true", *asked]
        )
        around = {**os.environ, "PATH": f"{programs}:{os.environ['PATH']}", "LC_ALL": "C.UTF-8"}
        with (
            (folder / ".output").open("wb") as output,
            subprocess.Popen(
                ["bash", "-c", script],
                cwd=folder,
                env={**around, **environment},
                stdout=output,
                stderr=subprocess.STDOUT,
            ) as shell,
        ):
            try:
                while shell.poll() is None:
                    _serve(door)
            finally:
                shell.kill()  # it would wait for ever for an answer that does not come
    printed = (folder / ".output").read_text(encoding="utf-8").replace(f"{folder}/", "")
    for name, value in environment.items():
        if value.startswith("/"):  # a place on this machine
            printed = printed.replace(value, f"${name}")
    outputs = re.split(rf"{MARK}\d+ [\d.]+\n", printed)[:-1]
    ends = re.findall(rf"{MARK}(\d+) ([\d.]+)\n", printed)
    assert len(outputs) == len(asked) + 1, printed[-2_000:]
    instants = [float(instant) for _, instant in ends]
    return [
        Ran(command, output, int(code), after - before)
        for command, output, (code, _), (before, after) in zip(
            asked, outputs[1:], ends[1:], pairwise(instants), strict=True
        )
    ]


def _unprompted(command: str) -> str:
    return re.sub(r"^> ", "", command, flags=re.MULTILINE)


@contextmanager
def _door(path: Path) -> Iterator[socket.socket]:
    with socket.socket(socket.AF_UNIX) as door:
        door.bind(str(path))
        door.listen()
        door.settimeout(0.05)
        yield door


def _serve(door: socket.socket) -> None:
    """Run one command for whoever knocks, if anyone does."""
    try:
        caller, _ = door.accept()
    except TimeoutError:
        return
    with caller:
        caller.settimeout(10)
        length, channels, _, _ = socket.recv_fds(caller, 8, 2)
        with caller.makefile("rb") as stream:
            (program, *arguments), directory, environment = json.loads(
                stream.read(int.from_bytes(length, "big"))
            )
        with (
            os.fdopen(channels[0], "w", encoding="utf-8") as output,
            os.fdopen(channels[1], "w", encoding="utf-8") as errors,
            chdir(directory),
            _environment(environment),
            redirect_stdout(output),
            redirect_stderr(errors),
        ):
            code = run(arguments) if Path(program).name == "kansa" else _script(arguments)
        caller.sendall(str(code).encode())


def _script(arguments: Sequence[str]) -> int:
    """A script of Python's, with its arguments."""
    before, sys.argv = sys.argv, list(arguments)
    try:
        runpy.run_path(arguments[0], run_name="__main__")
    finally:
        sys.argv = before
    return 0


@contextmanager
def _environment(given: Mapping[str, str]) -> Iterator[None]:
    before = dict(os.environ)
    os.environ.clear()
    os.environ.update(given)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)
