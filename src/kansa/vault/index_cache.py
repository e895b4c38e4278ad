"""An index kept beside the lists, since making one takes longer than asking it.

It is named by everything that it depends on: the record sets, the engine's settings, data, versions and source. It is
read only under the tag of a key that the vault keeps (HMAC-SHA-256): a file that anyone else wrote is not read but
made anew, because whoever could put names out of the index could hide a party.
"""

import hashlib
import hmac
import pickle
import secrets
from collections.abc import Callable, Iterable, Iterator, Mapping
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any, cast

from kansa.records import canonical
from kansa.screening.matching.gc_pause import uncollected
from kansa.screening.matching.search import Matcher, Matching

_TAG_BYTES = 32
_PURPOSE = b"kansa screening index 1"


def kept(
    root: Path,
    vault_key: bytes,
    record_sets: Iterable[str],
    matching: Matching,
    make: Callable[[], Matcher],
) -> Matcher:
    """Return the index of these record sets: as it was kept, else as it is made now, and kept for the next question."""
    name = _name(sorted(record_sets), matching.versions(), matching)
    path = root / "lists" / "index" / name
    key = hmac.digest(vault_key, _PURPOSE, "sha256")
    if (found := _read(path, key, name)) is not None:
        return found
    made = make()
    _write(path, key, name, made)
    return made


def _name(record_sets: list[str], versions: Mapping[str, str], matching: Matching) -> str:
    said: Any = [
        record_sets,
        [[part, version] for part, version in sorted(versions.items())],
        matching.configuration_sha256(),
        matching.normaliser_sha256(),
        _source_sha256(),
    ]
    return hashlib.sha256(canonical.encode(said)).hexdigest()


def _read(path: Path, key: bytes, name: str) -> Matcher | None:
    try:
        stored = path.read_bytes()
    except OSError:
        return None
    tag, body = stored[:_TAG_BYTES], memoryview(stored)[_TAG_BYTES:]
    if not hmac.compare_digest(tag, _tag(key, name, body)):
        return None
    with uncollected():
        return cast("Matcher", pickle.loads(body))  # noqa: S301 - only what this vault's key has tagged


def _write(path: Path, key: bytes, name: str, made: Matcher) -> None:
    """Keep this index and no other; a disk that cannot hold it is no reason not to answer."""
    body = pickle.dumps(made, protocol=5)
    draft = path.with_name(f".{name[:16]}.{secrets.token_hex(4)}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        draft.touch(0o600)
        with draft.open("wb") as stream:
            stream.write(_tag(key, name, body))
            stream.write(body)
        draft.replace(path)
        for other in path.parent.iterdir():
            if other != path:
                other.unlink(missing_ok=True)
    except OSError:
        draft.unlink(missing_ok=True)


def _tag(key: bytes, name: str, body: bytes | memoryview) -> bytes:
    tag = hmac.new(key, name.encode(), "sha256")
    tag.update(body)
    return tag.digest()


def _source_sha256() -> str:
    """Of the programs that make an index: another release, or a working copy that changed, makes another."""
    digest = hashlib.sha256()
    for name, source in sorted(_sources(files("kansa.screening"), "")):
        digest.update(f"{name}\0".encode() + hashlib.sha256(source).digest())
    return digest.hexdigest()


def _sources(folder: Traversable, prefix: str) -> Iterator[tuple[str, bytes]]:
    for each in folder.iterdir():
        if each.is_dir():
            yield from _sources(each, f"{prefix}{each.name}/")
        elif each.name.endswith(".py"):
            yield prefix + each.name, each.read_bytes()
