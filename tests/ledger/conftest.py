from pathlib import Path

import pytest

from logs import Log


@pytest.fixture
def log(tmp_path: Path) -> Log:
    """A new log that keeps the real time."""
    return Log(tmp_path / "vault").create()
