"""SCIM: the accounts that an identity provider has, and for whom each is."""
