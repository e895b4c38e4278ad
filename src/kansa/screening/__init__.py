"""Is a party on a list: official lists as published, names that are the same or nearly, and proof of what was asked.

`lists` reads the files; `names`, `alignment` and `score` compare, `keys`, `blocking` and `index` search; `edition` and
`evidence` keep what "no hit" rests on. A hit is a question for people, never an answer.

Comparing needs the extra `screening` (docs/adr/0008); reading lists does not, so `compare` and `Score` are imported when
they are asked for.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from kansa.screening.matching.score import Score, compare

__all__ = ["Score", "compare"]


def __getattr__(name: str) -> Any:
    if name in __all__:
        return getattr(import_module("kansa.screening.matching.score"), name)
    raise AttributeError(f"module `{__name__}` has no `{name}`")
