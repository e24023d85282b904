"""The outside world: what comes in, what leaves, what another system keeps for us.

Belongs here: incoming mail and text messages, ways of sending, spreadsheets, bank files, payment
providers, webhooks, sign-in providers, documents as pages, playbooks, the knowledge index.
Does not: decisions. An adapter carries; it never judges.
Imports policies and ledger value types only.
"""
