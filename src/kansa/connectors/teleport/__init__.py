"""Teleport's audit log: sessions through the broker, logins, changes of users and roles."""
