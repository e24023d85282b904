"""What an agent can do, typed: read tools, propose tools, and the writes behind execute.

The only room that imports ledger.postings. A tool takes a ToolContext first and returns a frozen
model.
Imports guardrails, engines, adapters, policies and ledger.
"""
