"""FastAPI: the API, the desk, the customer's page and other tools' doors; problems as RFC 9457.

Belongs here: routes, request models, pages, authentication, and the SQL of keys of idempotency and
of rows an address names. Does not: rules, or acts of its own; those go through graph and tools.
Imports graph and everything to the right; batch is a stranger.
"""
