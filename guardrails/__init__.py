"""May this be done? Pure rules over a frozen facts snapshot and a policy.

Belongs here: the gate, one function per rule, letter rendering checks, number tracing.
Does not: sessions, models, clocks, effects.
Imports policies and ledger; engines and adapters are strangers.
"""
