"""What is likely, what fits? Pure numerics: no session, no model, no clock.

Belongs here: the dunning ladder, promises, plans, disputes, the credit view and its scorecard, the
order of work, experiments, metrics, late interest; and in folders matching of payments, reading of
customers' messages, risk (who pays when) and forecast.
Does not: permission (guardrails) or reads of the ledger.
Imports policies and ledger value types only.
"""
