"""Draws the pictures of docs/coherence.md and docs/coherence.ja.md and fills their marked figures and tables from a run.

A page holds `<!--{name}-->` … `<!--{}-->`; what stands between is written anew. With --check nothing is written; exit 1
names every file that is not as the code says.

    python tools/draw-coherence [--check]
"""

import re
import sys
from collections.abc import Iterator
from pathlib import Path

from figures import figures, suffix
from pictures import PICTURES
from run import Run

from kansa.drawing.figures import LANGUAGES

DOCS = Path(__file__).parents[2] / "docs"
DRAWN = DOCS / "pictures" / "coherence"
_PLACE = re.compile(r"(<!--\{([a-z0-9.]+)\}-->).*?(<!--\{\}-->)", re.DOTALL)


def files() -> Iterator[tuple[Path, str]]:
    """Every file with its content as the code says it."""
    run = Run()
    for language in LANGUAGES:
        drawn = {name: draw(run, language) for name, draw in PICTURES.items()}
        told = figures(run, language, drawn)
        page = DOCS / f"coherence{suffix(language)}.md"
        yield page, _PLACE.sub(lambda place: place[1] + told[place[2]] + place[3], page.read_text("utf-8"))  # noqa: B023 - used at once
        for name, svg in drawn.items():
            yield DRAWN / f"{name}{suffix(language)}.svg", svg


def main() -> int:
    """Write or check."""
    check = "--check" in sys.argv[1:]
    wanted = dict(files())
    stale = [path for path, text in wanted.items() if not path.exists() or path.read_text("utf-8") != text]
    extra = [path for path in DRAWN.glob("*") if path not in wanted]
    for path in stale if not check else ():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(wanted[path], "utf-8")
    for path in extra if not check else ():
        path.unlink()
    for path in (*stale, *extra):
        sys.stdout.write(
            f"{path.relative_to(DOCS.parent)} {'is not as the code says' if check else 'written'}\n"
        )
    return int(check and bool(stale or extra))


if __name__ == "__main__":
    sys.exit(main())
