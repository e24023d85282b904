"""Judges of tone and helpfulness, how far they agree with people, and what they overlook.

Belongs here: the port of a judge, the offline one (the tone scorer) and one that asks a model.
Does not: anything that decides whether a message may leave; what a judge says is reported apart and
is never a breach.
"""
