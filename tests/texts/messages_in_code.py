"""The messages that the code makes, as templates with numbered holes: what the catalogue must hold in both languages."""

import ast
from collections.abc import Iterator
from pathlib import Path

import kansa

SOURCE = Path(kansa.__file__).parent
MAKERS = {
    "BadInput": (1,),
    "BrokenVault": (1,),
    "KansaError": (1,),
    "Problem": (1,),
    "Refused": (0,),
    "RowFault": (1, 3),
    "SerialFault": (0,),
    "refuse": (0, 1, 2),
    "fault": (2,),
    "Fault": (0, 1, 2),
    "EventFault": (1,),
    "Findings": (0, 1),
    "_refused": (0,),
}
"""Whose arguments at these places are messages; `help`, `advice` and `message` are, wherever they are named."""
NAMED = {"help", "advice", "message"}
SPEAKING = (
    "dossier/verify.py",
    "dossier/opened_rows.py",
    "dossier/shown_segments.py",
    "application/auditing",
    "application/witnessing.py",
    "ledger/witness.py",
    "dossier/complete.py",
    "evidence/subject_index.py",
)
"""Where every text that is a sentence is read by people."""


ROW_READERS = (
    "connectors/slurm/sacct_json.py",
    "connectors/slurm/job.py",
    "connectors/slurm/source.py",
)
"""Where a `ValueError` says what is wrong with a row: the reader of rows catches it."""


def messages() -> dict[str, str]:
    """Return the templates, each with the first place that makes it."""
    found: dict[str, str] = {}
    for path in sorted(SOURCE.rglob("*.py")):
        place = path.relative_to(SOURCE).as_posix()
        tree = ast.parse(path.read_text("utf-8"))
        nodes = [
            *_made(tree),
            *(_advice(tree) if place.startswith("connectors/") else ()),
            *(_raised(tree) if place.startswith(ROW_READERS) else ()),
            *(_sentences(tree) if place.startswith(SPEAKING) else ()),
        ]
        for node in nodes:
            for template in _templates(node):
                found.setdefault(template, f"{place}:{node.lineno}")
    return found


def _made(tree: ast.Module) -> Iterator[ast.expr]:
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        name = getattr(node.func, "id", None) or getattr(node.func, "attr", "")
        if name in MAKERS:
            yield from (node.args[at] for at in MAKERS[name] if at < len(node.args))
            yield from (each.value for each in node.keywords if each.arg in NAMED)


def _advice(tree: ast.Module) -> Iterator[ast.expr]:
    """Yield the constants of a module that several of its messages give as advice."""
    for node in tree.body:
        if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "").endswith("ADVICE"):
            yield node.value


def _raised(tree: ast.Module) -> Iterator[ast.expr]:
    """Yield what the value errors of a module say."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "ValueError":
            yield from node.args[:1]


def _sentences(tree: ast.Module) -> Iterator[ast.expr]:
    inside = {id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in node.values}
    said = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr | ast.Constant) and id(node) not in inside | said:
            yield node


def _templates(node: ast.expr) -> Iterator[str]:
    """Yield the templates that an expression may give; holes are numbered in their order."""
    if isinstance(node, ast.IfExp):
        yield from _templates(node.body)
        yield from _templates(node.orelse)
    elif (text := _text(node)) is not None and _is_message(text):
        yield _numbered(text)


_HOLE = "\x00"


def _text(node: ast.expr) -> str | None:
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) else None
    if isinstance(node, ast.JoinedStr):
        return "".join(
            _HOLE if isinstance(part, ast.FormattedValue) else str(getattr(part, "value", ""))
            for part in node.values
        )
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        left, right = _text(node.left), _text(node.right)
        return None if left is None and right is None else f"{left or _HOLE}{right or _HOLE}"
    return None


def _is_message(text: str) -> bool:
    """Tell a sentence from a field's name, a path or a lone hole."""
    bare = text.replace(_HOLE, "").strip()
    return (
        " " in bare
        and any(character.isalpha() for character in bare)
        and not bare.startswith(("SELECT", "ATTACH", "DETACH", "corrects "))
    )


def _numbered(text: str) -> str:
    parts = text.replace("{", "{{").replace("}", "}}").split(_HOLE)
    return "".join(part + (f"{{{at}}}" if at < len(parts) - 1 else "") for at, part in enumerate(parts))
