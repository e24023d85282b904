"""Synthetic portfolios: customers, their books and the cases a night meets, all from one seed.

Belongs here: generators and presets. Does not: files of real customers, rules, or a clock.
Imported by the benchmarks, the demo and tests.
"""
