"""Bank statements and remittance advices, read into one model and checked by their own totals.

Belongs here: formats, detection, amounts, dates, parties, references, balances, control totals.
Does not: matching, accounts, postings, sessions, clocks. Nothing here writes to the ledger.
Imported by cli, api, batch and tools; imports ledger value types only.
"""
