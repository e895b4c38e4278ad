"""Builds the wheel from the import closure of `kansa.dossier.alone`, renamed so that both wheels can be installed.

What the verifier imports is what is shipped: nothing is listed by hand. A module that pulls in more than the standard
library, `cryptography` and `msgspec` fails the build.
"""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

SOURCE = Path(__file__).parents[1] / "src"
ENTRY = "kansa.dossier.alone"
NEW_NAME = "kansa_verify"
ALLOWED = {"cryptography", "msgspec", *sys.stdlib_module_names}


def closure(entry: str = ENTRY) -> dict[str, Path]:
    """The modules of Kansa that an entry module imports, itself and their packages included, by name.

    Raises:
        ValueError: one of them imports something that the verifier must do without.
    """
    found: dict[str, Path] = {}
    waiting = [entry]
    while waiting:
        name = waiting.pop()
        path = _file_of(name)
        if path is None or name in found:
            continue
        found[name] = path
        waiting += [name.rpartition(".")[0], *_imports(name, path)]
    found.pop("", None)
    return dict(sorted(found.items()))


def renamed(source: str) -> str:
    """A module's text with its imports of `kansa` renamed."""
    lines = source.splitlines(keepends=True)
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ImportFrom | ast.Import):
            lines[node.lineno - 1] = lines[node.lineno - 1].replace("kansa", NEW_NAME, 1)
    return "".join(lines)


class ClosureHook(BuildHookInterface[Any]):
    """Writes the renamed modules to a build folder and puts them into the wheel."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002 - hatchling's signature
        """Add the closure to the wheel."""
        made = Path(self.directory) / "closure"
        for name, path in closure().items():
            parts = (NEW_NAME, *path.relative_to(SOURCE / "kansa").parts)
            target = made.joinpath(*parts)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(renamed(path.read_text("utf-8")), "utf-8")
            build_data["force_include"][str(target)] = "/".join(parts)
            self.app.display_debug(name)


def _imports(name: str, path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            wanted = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            wanted = [str(node.module), *(f"{node.module}.{alias.name}" for alias in node.names)]
        else:
            continue
        for each in wanted:
            top = each.partition(".")[0]
            if top == "kansa":
                yield each
            elif top not in ALLOWED:
                raise ValueError(f"{name} imports {each}, which the stand-alone verifier must do without")


def _file_of(name: str) -> Path | None:
    base = SOURCE.joinpath(*name.split("."))
    return next(
        (path for path in (base / "__init__.py", base.with_suffix(".py")) if name and path.is_file()), None
    )
