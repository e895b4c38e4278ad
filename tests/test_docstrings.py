"""What a public function does or returns is the first word of its docstring."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import kansa

ROOT = Path(kansa.__file__).parent
NOT_YET = ("connectors/", "interfaces/web/", "screening/")
"""Packages of which some docstrings still begin with what is given or found."""

VERBS = frozenset(
    ["Add", "Adopt", "Align", "Answer", "Append", "Ask", "Assemble", "Assess", "Audit", "Begin", "Break", "Bring", "Call", "Check", "Close", "Collect", "Compare", "Compute", "Convert", "Copy", "Cosign", "Count", "Create", "Cut", "Date", "Deal", "Decide", "Delay", "Delete", "Deliver", "Deny", "Derive", "Describe", "Destroy", "Do", "Draw", "Drop", "Empty", "End", "Enrol", "Enter", "Erase", "Escape", "Explain", "Feed", "Fetch", "Find", "Follow", "Forbid", "Forget", "Gather", "Give", "Go", "Hand", "Have", "Hold", "Import", "Ingest", "Join", "Judge", "Keep", "Know", "Leave", "Lend", "Let", "List", "Look", "Make", "Mark", "Measure", "Merge", "Name", "Note", "Open", "Overwrite", "Plan", "Play", "Prepare", "Print", "Propose", "Provide", "Publish", "Put", "Raise", "Read", "Rebuild", "Recompute", "Record", "Refuse", "Remember", "Remove", "Replace", "Resolve", "Return", "Revoke", "Run", "Say", "Screen", "Seal", "Send", "Serve", "Show", "Sign", "Sort", "Split", "State", "Stop", "Take", "Tell", "Trace", "Try", "Use", "Verify", "Wait", "Walk", "Write", "Yield"]
)  # fmt: skip


def functions(tree: ast.Module | ast.ClassDef) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """The public functions and methods of a module or a class; a property is named as a value is."""
    for node in tree.body:
        if isinstance(node, ast.ClassDef):
            yield from functions(node)
        elif (
            isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
            and not node.name.startswith("_")
            and not any("property" in ast.unparse(each) for each in node.decorator_list)
        ):
            yield node


def wrong(source: str) -> list[str]:
    """The functions of a source whose docstring begins with another word, with their lines."""
    found = []
    for function in functions(ast.parse(source)):
        text = ast.get_docstring(function)
        if text and re.split(r"\W", text, maxsplit=1)[0] not in VERBS:
            found.append(f"{function.lineno}: {function.name}: {text.splitlines()[0]}")
    return found


def test_a_docstring_of_a_function_begins_with_what_it_does_or_returns() -> None:
    """A reader of a list of functions sees at once which compute, which write and which refuse."""
    found = [
        f"{path.relative_to(ROOT)}:{each}"
        for path in sorted(ROOT.rglob("*.py"))
        if not path.relative_to(ROOT).as_posix().startswith(NOT_YET)
        for each in wrong(path.read_text(encoding="utf-8"))
    ]
    assert found == []


@pytest.mark.parametrize(
    ("text", "right"),
    [("Return the rows.", True), ("Whether it holds.", False), ("The rows.", False), ("`rows`: all.", False)],
)
def test_a_docstring_that_begins_with_its_value_is_found(text: str, right: bool) -> None:  # noqa: FBT001 - a parameter
    """The test can fail, in a method as in a function."""
    source = f'class A:\n    def b(self) -> int:\n        """{text}"""\n'
    assert (wrong(source) == []) is right
