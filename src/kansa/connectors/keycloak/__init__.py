"""Keycloak's login and admin events."""
