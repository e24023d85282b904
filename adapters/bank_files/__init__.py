"""Bank statements and remittance advices, read into one model and checked by their own totals.

Belongs here: formats, detection, amounts, dates, parties, references, balances, control totals.
Does not: matching, accounts, postings, sessions, clocks. Nothing here writes to the ledger.
Imported by tools, agents, batch and cli; imports ledger value types only.
"""
