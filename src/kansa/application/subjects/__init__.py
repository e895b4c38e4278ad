"""What a vault knows of parties, devices, access paths and sites: names, keys, and where each stands now."""
