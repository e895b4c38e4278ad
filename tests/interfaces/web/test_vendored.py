"""What is vendored is what was published, byte for byte, and what the pages load is all there is."""

import hashlib
from pathlib import Path

from kansa.interfaces.web.rendering import STATIC
from kansa.interfaces.web.words import TEXTS

HTMX = "a0abb04f2f45a1f89d1d4844023245537e5e6014c87b144553e0607b4cc32130"
"""SHA-256 of `dist/htmx.min.js` in htmx.org 4.0.1 on npm (0BSD)."""


def test_htmx_is_the_published_file() -> None:
    """Nobody has edited it here."""
    assert hashlib.sha256((STATIC / "htmx.min.js").read_bytes()).hexdigest() == HTMX


def test_styles_and_scripts_stay_small_and_ask_for_nothing_from_elsewhere() -> None:
    """No import, no font, no picture from another host; what is ours is less than 64 kB."""
    own = [file for file in STATIC.iterdir() if file.name != "htmx.min.js"]
    assert sum(file.stat().st_size for file in own) < 64_000
    for file in own:
        text = file.read_text("utf-8").replace('xmlns="http://www.w3.org/2000/svg"', "")
        assert "@import" not in text
        assert "http://" not in text
        assert "https://" not in text


def test_every_text_is_used_and_has_both_languages_with_the_same_values() -> None:
    """A key that no page says is none; a placeholder of one language stands in the other."""
    folder = Path(STATIC).parent
    pages = [
        file for file in folder.rglob("*") if file.suffix in {".html", ".py"} and file.name != "words.py"
    ]
    written = "".join(file.read_text("utf-8").replace("'", '"') for file in pages)
    unused = [key for key, words in TEXTS.items() if not _is_said(key, written)]
    uneven = [key for key, words in TEXTS.items() if _holes(words.en) != _holes(words.ja)]
    assert (unused, uneven) == ([], [])


def _is_said(key: str, written: str) -> bool:
    """Tell whether a page says a text, by its key or by a key that is put together."""
    parts = key.split(".")
    groups = [".".join(parts[:n]) for n in range(1, len(parts))]
    if f'"{key}"' in written:
        return True
    return any(said in written for group in groups for said in (f'"{group}."', f'f"{group}.'))


def _holes(text: str) -> list[str]:
    return sorted(part.split("}")[0] for part in text.split("{")[1:])
