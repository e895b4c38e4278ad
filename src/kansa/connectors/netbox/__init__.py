"""NetBox: sites, and which accelerators the operator's inventory has in which server."""
