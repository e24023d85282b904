"""What a night, the gate and an import cost, each beside a stated baseline from the same run.

Belongs here: one file a bench, entered in `catalog.BENCHES`. Does not: tests that fail on time.
"""
