"""The outside world behind Protocols, each fake beside the real one.

Belongs here: mail, spreadsheets, knowledge index.
Does not: decisions. An adapter carries; it never judges.
Imports policies and ledger value types only.
"""
