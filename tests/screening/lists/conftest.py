import pytest

from screening.lists.samples import Reader
from shared_data import SharedData


@pytest.fixture(scope="module")
def read(shared_data: SharedData) -> Reader:
    """Reads the samples."""
    return Reader(shared_data("screening", "lists"))
