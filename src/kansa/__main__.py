"""`python -m kansa`, and the `kansa` command."""

import sys


def main() -> None:
    """Run the command line and leave with its exit code."""
    from kansa.interfaces.cli.app import run  # noqa: PLC0415 - keeps `python -c 'import kansa.__main__'` light

    sys.exit(run())


if __name__ == "__main__":
    main()
