"""Messages written by outsiders who never saw the checks: how the whole gate does on them.

Never train, tune or word anything by these records.
"""
