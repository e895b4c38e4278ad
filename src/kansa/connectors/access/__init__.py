"""What all sources of access share: whose account it is, by which path, from where, and the record that says so."""
