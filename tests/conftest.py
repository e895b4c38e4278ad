import os

import pytest
from hypothesis import HealthCheck, Phase, settings

from shared_data import SharedData

os.environ["KANSA_LANGUAGE"] = "en"  # whatever the locale of whoever runs the tests

settings.register_profile(
    "dev",
    deadline=None,  # the machine is shared; time is measured in benchmarks/
    max_examples=50,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.register_profile("ci", settings.get_profile("dev"), max_examples=200, print_blob=True)
settings.register_profile(
    "mutants",  # tools/mutate: the same examples each time, and no search for the smallest that fails
    settings.get_profile("dev"),
    derandomize=True,
    database=None,
    phases=(Phase.explicit, Phase.generate),
)
_wanted = "ci" if os.environ.get("KANSA_REQUIRE_DATA") == "1" else "dev"
settings.load_profile(os.environ.get("KANSA_HYPOTHESIS", _wanted))


@pytest.fixture(scope="session")
def shared_data() -> SharedData:
    """`shared_data("vectors", "wycheproof")` is the path of that set."""
    return SharedData()
