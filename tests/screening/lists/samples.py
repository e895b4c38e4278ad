"""The official samples, read once each."""

from pathlib import Path

from kansa.screening.lists import formats
from kansa.screening.lists.reading import Document, Reading


class Reader:
    """Reads the sample's files, each form once."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._done: dict[tuple[str, ...], Reading] = {}

    def __call__(self, format_: str, *files: str) -> Reading:
        key = (format_, *files)
        if key not in self._done:
            documents = [Document(Path(name).name, (self._root / name).read_bytes()) for name in files]
            self._done[key] = formats.read(format_, documents)
        return self._done[key]
