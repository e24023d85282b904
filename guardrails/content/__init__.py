"""What a text asserts and holds: claims, elements, integrity, language.

Checkers report, only rules decide. Nothing here reads the ledger or allows anything.
"""
