"""Outbound messages labelled with their claim classes, and what is trained and measured on them.

Belongs here: the rows, the training of the content checks' model, its measurement. Does not:
anything a running gate needs; that is the trained artifact in guardrails.content.
"""
