"""An index kept beside the lists, since making one takes longer than asking it; and the table of names that making and asking use.

It is named by everything that it depends on: the record sets, the engine's settings, data, versions and source. It is
read only under the tag of a key that the vault keeps (HMAC-SHA-256): a file that anyone else wrote is not read but
made anew, because whoever could put names out of the index could hide a party.
"""

import hashlib
import hmac
import pickle
import secrets
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from importlib.resources import files
from importlib.resources.abc import Traversable
from mmap import ACCESS_READ, mmap
from pathlib import Path
from typing import Any, cast

from kansa.records import canonical
from kansa.screening.matching.gc_pause import uncollected
from kansa.screening.matching.search import Matcher, Matching

_TAG_BYTES = 32
_PURPOSE = b"kansa screening index 1"
_NAMES = b"kansa screening names 1"


def kept(
    root: Path,
    vault_key: bytes,
    record_sets: Iterable[str],
    matching: Matching,
    make: Callable[[], Matcher],
) -> Matcher:
    """Return the index of these record sets: as it was kept, else as it is made now, and kept for the next question."""
    _names_kept(root, vault_key, matching)
    name = _name(sorted(record_sets), matching.versions(), matching)
    path = root / "lists" / "index" / name
    key = hmac.digest(vault_key, _PURPOSE, "sha256")
    if (found := _read(path, key, name)) is not None:
        return found
    made = make()
    _write(path, key, name, made)
    return made


def _names_kept(root: Path, vault_key: bytes, matching: Matching) -> None:
    """Have names looked up in the table that is kept, else in one that is made now and kept."""
    name = hashlib.sha256(f"{matching.names_version()} {sys.byteorder}".encode()).hexdigest()
    path, key = root / "lists" / "names" / name, hmac.digest(vault_key, _NAMES, "sha256")
    found = _mapped(path, key, name)
    if found is None and (made := matching.make_names()) is not None:
        _store(path, key, name, made)
        found = memoryview(made)
    if found is not None:
        matching.use_names(found)


def _mapped(path: Path, key: bytes, name: str) -> memoryview | None:
    """Map a file that this vault's key has tagged; what is mapped is what was checked, since files are only put in place whole."""
    try:
        with path.open("rb") as stream:
            whole = memoryview(mmap(stream.fileno(), 0, access=ACCESS_READ))
    except (OSError, ValueError):
        return None
    tag, body = whole[:_TAG_BYTES], whole[_TAG_BYTES:]
    return body if hmac.compare_digest(bytes(tag), _tag(key, name, body)) else None


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
    _store(path, key, name, pickle.dumps(made, protocol=5))


def _store(path: Path, key: bytes, name: str, body: bytes) -> None:
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
