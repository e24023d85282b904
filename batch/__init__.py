"""The driver of a night: lock, worklist, bulk judging, dispatch, report.

Belongs here: loops over the portfolio and their bookkeeping. Does not: rules or topologies.
Imports graph and everything to the right; api is a stranger.
"""
