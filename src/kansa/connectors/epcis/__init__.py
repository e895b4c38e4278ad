"""EPCIS 2.0: the events of a chain of custody, as supply-chain partners exchange them."""
