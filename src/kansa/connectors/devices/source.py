"""Base of the sources that see devices: files in, one answer for every device in them."""

from abc import ABC, abstractmethod
from collections.abc import Iterator
from pathlib import Path

from kansa.connectors.base import Names, PlainSource, Row
from kansa.connectors.devices.options import DeviceOptions
from kansa.connectors.devices.sighting import Sighting, Sightings


class DeviceSource(PlainSource, ABC):
    """Reads files that list devices; a subclass yields what each device's part of a file says."""

    def __init__(self, options: DeviceOptions, urn: str) -> None:
        super().__init__(f"{urn}:{options.source}")
        self.options = options
        self.devices = Sightings(self.name, options)

    def rows(self, path: Path, names: Names) -> Iterator[Row]:
        sites = self.options.known_sites(names)
        for found in self.sightings(path):
            yield self.devices.row(found, names, sites) if isinstance(found, Sighting) else found

    @abstractmethod
    def sightings(self, path: Path) -> Iterator[Sighting | Row]:
        """Yield a sighting for each device in a file, or what else became of its part.

        Raises:
            BadInput: nothing in the file can be read.
        """

    def host_of(self, path: Path, said: str | None = None) -> str:
        """Return the host that a file is from: as it says, as the options say, else the file's name without extensions."""
        return said or self.options.host or path.name.partition(".")[0]
