"""Numbers and sentences a manager may change, as versioned, validated, hashed files.

Belongs here: TOML and YAML policy, letter templates, their schema, loader and description.
Does not: predicates (guardrails) or anything that reads the ledger's rows.
Imports only ledger.
"""
