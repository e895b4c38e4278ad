import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

settings.register_profile(
    "dev",
    deadline=None,  # the machine is shared; time is measured in benchmarks/
    max_examples=50,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.register_profile("ci", settings.get_profile("dev"), max_examples=200, print_blob=True)
settings.load_profile("ci" if os.environ.get("CI") or os.environ.get("KANSA_REQUIRE_DATA") else "dev")


class SharedData:
    """Data that other projects published, outside the repository; never copied into it."""

    def __call__(self, *parts: str) -> Path:
        """The path of a set; the test is skipped where it is missing, and fails where data are required."""
        root = os.environ.get("KANSA_SHARED_DATA")
        path = Path(root or "KANSA_SHARED_DATA is not set").joinpath(*parts)
        if root is None or not path.exists():
            reason = f"the shared data `{path}` are missing"
            if os.environ.get("KANSA_REQUIRE_DATA") == "1":
                pytest.fail(reason)
            pytest.skip(reason)
        return path


@pytest.fixture(scope="session")
def shared_data() -> SharedData:
    """`shared_data("vectors", "wycheproof")` is the path of that set."""
    return SharedData()
