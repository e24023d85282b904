"""The driver of a night: lock, intake, worklist, bulk judging, dispatch, report, proof, replay.

Belongs here: loops over the portfolio and their bookkeeping, and what derives past nights again.
Does not: rules or topologies.
Imports graph and everything to the right; api is a stranger.
"""
