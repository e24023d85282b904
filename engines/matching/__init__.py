"""Which open items a payment pays: certain, likely, or a person's question. Pure, no session.

Belongs here: references, nomination of payers, allocations, probability, the gate of a match.
Does not: reading of files (adapters) or posting (tools).
"""
