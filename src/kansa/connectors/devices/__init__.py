"""What all sources that see devices share: the four names of a device, where it stands, and the records of a sighting."""
