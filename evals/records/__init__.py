"""Message records of our own, with every fact beside the words, and what breaks them.

Belongs here: good records built from a seed, and the mutations that spoil one thing in them. Does
not: the gate that judges them.
"""
