"""Ways customers pay us from the page: card checkouts behind a Protocol, and bank transfers.

Belongs here: what talks to a payment provider, and what puts our own bank details into a code that
a phone reads. Not here: what is owed (the ledger says so) and what becomes of the money (the cash
path). Wired by graph/; tools/ knows the port, the page the transfer.
"""
