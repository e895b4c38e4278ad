"""Any system that writes to syslog or the journal and says in some words who came and went: patterns say in which."""
