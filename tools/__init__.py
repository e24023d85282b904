"""What an agent can do, typed: read tools, propose tools, and the writes behind execute.

The only room of the product that imports ledger.postings; evals/stage also does, where it plays
what happens outside. A tool takes a ToolContext first and returns a frozen model.
Imports guardrails, engines, adapters, policies and ledger.
"""
