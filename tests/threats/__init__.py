"""The threat model as tests: what nobody from outside, and no model, may bring about."""
