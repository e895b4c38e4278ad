"""The small tables of ours beside this package: tab-separated, the first lines are comments, then a heading."""

from importlib.resources import files


def rows(name: str) -> list[dict[str, str]]:
    """Return the rows of `data/<name>.tsv`, each by the words of its heading."""
    text = files("kansa.screening").joinpath("data", f"{name}.tsv").read_text(encoding="utf-8")
    heading, *lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    words = heading.split("\t")
    return [dict(zip(words, line.split("\t"), strict=True)) for line in lines]
