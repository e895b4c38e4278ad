"""Redfish services of several vendors: which accelerators a server holds, from saved trees or asked live."""
