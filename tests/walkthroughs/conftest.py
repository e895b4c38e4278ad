import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    """`pytest tests/walkthroughs --write` writes what the commands printed into the pages, instead of comparing."""
    parser.addoption("--write", action="store_true", help="write the walk-throughs' pages anew")
