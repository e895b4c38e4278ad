"""Data that other projects published, outside the repository; never copied into it."""

import os
from pathlib import Path

import pytest


class SharedData:
    """`shared_data("vectors", "wycheproof")` is the path of that set."""

    def __call__(self, *parts: str) -> Path:
        """The path; the test is skipped where the set is missing, and fails where data are required."""
        root = os.environ.get("KANSA_SHARED_DATA")
        path = Path(root or "$KANSA_SHARED_DATA").joinpath(*parts)
        if root is not None and path.exists():
            return path
        reason = f"the shared data `{path}` are missing"
        if os.environ.get("KANSA_REQUIRE_DATA") == "1":
            pytest.fail(reason)
        pytest.skip(reason)
