"""Options that every command takes and that say how it answers, not what is asked."""

from collections.abc import Sequence

QUIET = "--quiet"
EVERYWHERE = (
    "Every command takes --quiet: no text and no progress, errors alone; the exit code is the answer, and --json is "
    "still printed."
)


def quiet_asked(given: Sequence[str]) -> tuple[list[str], bool]:
    """Return the arguments without `--quiet`, wherever it stood before `--`, and whether it stood there."""
    end = given.index("--") if "--" in given else len(given)
    options = [each for each in given[:end] if each != QUIET]
    return [*options, *given[end:]], len(options) < end
