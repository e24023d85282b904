"""Attacks from outside, played through the real intake against a model that obeys them.

Belongs here: the small world a row is played in, how its text is carried in, the model that does
what it reads, what may not have come of it, and the control without a gate. The rows themselves are
files given by the caller; whatever they say is data. Imported by `cli`, tests
and the steps of suites that carry text in.
"""
