"""Options that every command takes and that say how it answers, not what is asked."""

from collections.abc import Sequence

from kansa.texts import Words

QUIET = "--quiet"
IN_UTC = "--utc"
EVERYWHERE = Words(
    "Every command takes --quiet: no text and no progress, errors alone; the exit code is the answer, and --json is "
    "still printed. It takes --utc: times in UTC instead of the vault's zone; JSON is UTC always.",
    "どのコマンドでも --quiet を指定できます。文章と進行状況を出さず、エラーだけを示します。終了コードが答えになり、"
    "--json は出力します。--utc を指定すると、時刻を保管庫の時間帯ではなく UTC で示します。JSON は常に UTC です。",
)


def taken_out(given: Sequence[str], option: str) -> tuple[list[str], bool]:
    """Return the arguments without an option that has no value, wherever it stood before `--`, and whether it stood there."""
    end = given.index("--") if "--" in given else len(given)
    options = [each for each in given[:end] if each != option]
    return [*options, *given[end:]], len(options) < end
