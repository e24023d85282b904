"""FastAPI: the inbox, accounts, runs and chat over HTTP, with problems as RFC 9457.

Belongs here: routes, request models, authentication. Does not: rules or SQL.
Imports graph and everything to the right; batch is a stranger.
"""
