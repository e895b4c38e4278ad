from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from logs import Log


@pytest.fixture
def log(tmp_path: Path) -> Iterator[Log]:
    """A new log that keeps the real time."""
    with closing(Log(tmp_path / "vault").create()) as made:
        yield made
