"""Numbers and sentences a manager may change, as versioned, validated, hashed files.

Belongs here: TOML and YAML policy, letter templates, playbooks; their schema, loader, description,
and what differs between two policies.
Does not: predicates (guardrails) or anything that reads the ledger's rows.
Imports only ledger.
"""
