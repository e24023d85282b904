"""Worlds that can be built from a seed, and the benchmarks and adversaries run over them.

Belongs here: synthetic portfolios, hostile models, bench. Does not: product behaviour.
Imports anything but cli.
"""
