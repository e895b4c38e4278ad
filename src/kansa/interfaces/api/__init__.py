"""The server: one process over HTTP that answers machines; intake of records and pages join it as further routes.

Reading order: callers, protocol, desk, authzen, operation, app, serve.
"""
