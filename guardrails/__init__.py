"""May this be done? Pure rules over a frozen facts snapshot and a policy.

Belongs here: the gate, one function per rule, the compliance packs applied, what a text states,
asserts and sounds like, and where text from outside is sealed.
Does not: sessions, models, clocks, effects.
Imports policies and ledger; engines and adapters are strangers.
"""
