"""What is likely, what fits? Pure numerics: no session, no model, no clock.

Belongs here: matching, credit score, forecast, metrics.
Does not: permission (guardrails) or reads of the ledger.
Imports policies and ledger value types only.
"""
