"""What a message states, and which of it is no fact of the ledger or of the company.

Belongs here: reading amounts, days, references, names, links and bank details out of words, and
matching them with known facts. Nothing here reads the ledger or allows anything.
"""
