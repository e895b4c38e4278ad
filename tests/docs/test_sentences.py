"""Every "none", "no" and "all" that the product prints has its denominator, or says that it was not assessed."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import kansa

ROOT = Path(kansa.__file__).parent
REGISTRY = Path(__file__).parent / "sentences.txt"
PRINTED = (
    *(
        "interfaces",
        "presentation",
        "application",
        "dossier",
        "drawing",
        "gate",
        "controls",
        "cases",
        "flags",
    ),
    *("coherence", "screening", "texts", "demo"),
)
WHYS = {"missing", "instruction", "label", "explains", "refusal", "counted"}

_ENGLISH = re.compile(
    r"(?:^|[.;:,(]\s?)(?:No|None|Nothing|Nobody|All|Every|no|none|nothing|nobody|all|every)\b"
    r"|\b(?:has|are|is|have) no\b|\bThere (?:is|are) no\b"
)
_JAPANESE = re.compile("ありません|該当なし|一致候補なし|なし(?:。|$)|すべて|一つもな")
_DENOMINATOR = re.compile(r"\{\w+[^}]*\}")
_NOT_ASSESSED = re.compile("not assessed|評価していません", re.IGNORECASE)
_ERRORS = {"Problem", "BadInput", "KansaError", "BrokenVault", "Parameter", "App", "refuse"}


def _skipped(tree: ast.AST) -> Iterator[int]:
    """Docstrings, help of commands, and what errors say: no answer is read from those."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            yield id(node.value)
        named = getattr(node.func, "id", getattr(node.func, "attr", "")) if isinstance(node, ast.Call) else ""
        if isinstance(node, ast.Raise) or named in _ERRORS:
            yield from (id(each) for each in ast.walk(node))


def _pieces(tree: ast.AST) -> Iterator[str]:
    """The texts of a module; a text with values is one, with a brace for each value."""
    skipped, inside = set(_skipped(tree)), set[int]()
    for node in ast.walk(tree):
        if id(node) in skipped:
            continue
        if isinstance(node, ast.JoinedStr):
            inside |= {id(part) for part in node.values}
            yield "".join(str(p.value) if isinstance(p, ast.Constant) else "{value}" for p in node.values)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in inside:
            yield node.value


def sentences() -> dict[str, str]:
    """Every printed text that says none or all, with the module where it stands."""
    found: dict[str, str] = {}
    for package in PRINTED:
        assert (ROOT / package).is_dir(), package
        for path in sorted((ROOT / package).rglob("*.py")):
            if path.parent.name in {"messages", "command_help"} or path.name == "option_meanings.py":
                continue  # templates of errors; help of commands
            for text in _pieces(ast.parse(path.read_text("utf-8"))):
                if _JAPANESE.search(text) or (" " in text and _ENGLISH.search(text)):
                    found.setdefault(" ".join(text.split()), str(path.relative_to(ROOT)))
    return found


def registered() -> dict[str, str]:
    """The registry: text to why it may stand without a denominator."""
    lines = REGISTRY.read_text("utf-8").splitlines()
    pairs = (line.split("\t", 1) for line in lines if line and not line.startswith("#"))
    return {text: why for why, text in pairs}


def _carries_its_own(text: str) -> bool:
    return bool(_NOT_ASSESSED.search(text) or _DENOMINATOR.search(text))


def test_every_sentence_that_says_none_or_all_has_its_denominator_is_not_assessed_or_is_registered() -> None:
    """A new one must carry a value that it is counted of, or say why it needs none."""
    known = registered()
    loose = {
        text: place for text, place in sentences().items() if not _carries_its_own(text) and text not in known
    }

    assert loose == {}, "give the sentence its denominator, or say in sentences.txt why it needs none"


def test_the_registry_holds_no_sentence_that_is_gone_and_no_reason_that_is_none() -> None:
    """So that it can be read as the list of all of them."""
    said = {text for text in sentences() if not _carries_its_own(text)}

    assert registered().keys() - said == set()
    assert set(registered().values()) <= WHYS


@pytest.mark.parametrize(
    ("text", "caught"),
    [
        ("No permitted shift, and no move without a permit.", True),
        ("許可された移動も、許可のない移動もありません。", True),
        ("Nothing is open: there is no gap", True),
        ("All uses", True),
        ("the gate was asked", False),
    ],
)
def test_the_scan_finds_such_sentences(text: str, *, caught: bool) -> None:
    """Those that reassured without ground would be found again."""
    assert bool(_ENGLISH.search(text) or _JAPANESE.search(text)) is caught
