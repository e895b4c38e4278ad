"""`python -m kansa`, and the `kansa` command."""

import sys


def main() -> None:
    """Run the command line and leave with its exit code."""
    if sys.argv[1:] == [
        "--version"
    ]:  # asked by scripts before each use: nothing else need be imported for it
        from kansa import __version__  # noqa: PLC0415

        sys.stdout.write(f"{__version__}\n")
        return
    from kansa.interfaces.cli.app import run  # noqa: PLC0415 - keeps `python -c 'import kansa.__main__'` light

    sys.exit(run())


if __name__ == "__main__":
    main()
