"""The engine that compares names, if its part of Kansa is installed."""

from kansa.errors import BadInput
from kansa.screening.matching.search import Matching

THRESHOLD = 0.7
"""A candidate below this score is not shown and not counted."""
LIMIT = 10
SHRINK_PERCENT = 20
"""A list that loses a larger share of its entries is not replaced without a reason."""


def engine() -> Matching:
    """Return what compares names.

    Raises:
        BadInput: `screen.extra`, if the extra `screening` is not installed. Without it nobody is said to have no hit.
    """
    try:
        from kansa.screening.matching.index import Engine  # noqa: PLC0415 - an extra
    except ImportError as error:
        raise BadInput(
            "screen.extra",
            f"names cannot be compared, since the part `screening` is not installed: {error}",
            help="`pip install 'kansa[screening]'`; PyICU needs a C++ compiler and ICU's headers "
            "(Debian: libicu-dev pkg-config g++)",
        ) from error
    return Engine()
