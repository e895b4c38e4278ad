"""OpenSSH's server: who logged in where, with which key, from which address, until when."""
