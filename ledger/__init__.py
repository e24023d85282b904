"""The books: money, tables, states, actions, facts, queries, postings, journal, checks.

Belongs here: what is true about receivables and what was recorded about the work on them.
Does not: opinions (policies), permission (guardrails), likelihood (engines), outside effects.
Imported by every room; imports none.
"""
