"""A saved Redfish tree: every resource by its address, from a folder, a zip archive or one JSON file."""

import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from kansa.connectors.formats import document
from kansa.errors import BadInput

MAX_RESOURCES = 50_000
MAX_RESOURCE = 8 << 20
ADVICE = (
    "save the service's tree with the DMTF Redfish-Mockup-Creator, or give its address to `kansa collect`"
)


class Resource(NamedTuple):
    """One resource: the file that holds it, and its properties."""

    file: str
    body: Mapping[str, Any]


class Unreadable(NamedTuple):
    """A file of a tree that holds no resource, and why."""

    file: str
    reason: str


class Tree(NamedTuple):
    """The resources of one service by address, without a slash at the end; and what could not be read."""

    resources: Mapping[str, Resource]
    unreadable: tuple[Unreadable, ...]

    def get(self, reference: Any) -> Mapping[str, Any]:
        """Return the properties of the resource that a reference (`{"@odata.id": …}`) names; none if it is not here."""
        address = reference.get("@odata.id") if isinstance(reference, Mapping) else None
        found = self.resources.get(address.rstrip("/")) if isinstance(address, str) else None
        return found.body if found is not None else {}


def root_of(path: Path) -> Path:
    """Return the folder under which the tree of a file lies: its own folder without the resource's address.

    A file of another kind is its own root.
    """
    try:
        found = document.parse_json(document.read(path, MAX_RESOURCE), path)
    except (BadInput, OSError):
        return path
    address = found.get("@odata.id") if isinstance(found, dict) else None
    if not isinstance(address, str):
        return path
    inside = [part for part in address.split("/") if part][2:]
    here = path.parent.parts if path.name == "index.json" else (*path.parent.parts, path.stem)
    while inside and here and here[-1] == inside[-1]:
        inside, here = inside[:-1], here[:-1]
    return Path(*here) if not inside else path


def read_tree(path: Path, files: Sequence[Path] | None = None) -> Tree:
    """Read a tree from a folder, an archive, one file, or `files` of a folder. Files under `JsonSchemas` and `Registries` describe the service and are passed over.

    Raises:
        BadInput: `redfish.tree`, if there is no resource in it.
    """
    resources: dict[str, Resource] = {}
    unreadable: list[Unreadable] = []
    for name, content in _files(path) if files is None else _each(files):
        try:
            found = document.parse_json(content, name)
        except BadInput as error:
            unreadable.append(Unreadable(name, error.message))
            continue
        address = found.get("@odata.id") if isinstance(found, dict) else None
        if isinstance(address, str):
            resources[address.rstrip("/")] = Resource(name, found)
    if not resources:
        why = f": {unreadable[0].reason}" if unreadable else ""
        raise BadInput("redfish.tree", f"`{path}` holds no Redfish resource{why}", help=ADVICE)
    return Tree(resources, tuple(unreadable))


def _files(path: Path) -> Iterator[tuple[str, bytes]]:
    if path.is_dir():
        found = sorted(each for each in path.rglob("*.json") if is_wanted(each.relative_to(path)))
        if len(found) > MAX_RESOURCES:
            raise BadInput("redfish.tree", f"`{path}` holds more than {MAX_RESOURCES:,} files", help=ADVICE)
        yield from _each(each for each in found if not each.is_symlink())
    elif zipfile.is_zipfile(path):
        yield from _packed(path)
    else:
        yield str(path), document.read(path, MAX_RESOURCE)


def _each(files: Iterable[Path]) -> Iterator[tuple[str, bytes]]:
    for each in files:
        if is_wanted(each):
            yield str(each), document.read(each, MAX_RESOURCE)


def _packed(path: Path) -> Iterator[tuple[str, bytes]]:
    try:
        with zipfile.ZipFile(path) as archive:
            members = [
                each
                for each in archive.infolist()
                if each.filename.endswith(".json") and is_wanted(Path(each.filename))
            ]
            if (
                len(members) > MAX_RESOURCES
                or sum(each.file_size for each in members) > document.MAX_DOCUMENT
            ):
                raise BadInput("redfish.tree", f"`{path}` unpacks to more than a tree has", help=ADVICE)
            for each in members:
                with archive.open(each) as stream:
                    yield f"{path}/{each.filename}", stream.read(MAX_RESOURCE)
    except (zipfile.BadZipFile, OSError, EOFError) as error:
        raise BadInput("redfish.tree", f"`{path}` does not unpack: {error}", help=ADVICE) from error


def is_wanted(path: Path) -> bool:
    """Tell whether a file is of the tree itself: `JsonSchemas` and `Registries` describe the service."""
    return not {"JsonSchemas", "Registries"} & set(path.parts)
