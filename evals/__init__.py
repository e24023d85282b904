"""How we know: suites of scenarios, adversaries, synthetic worlds, measurements and benchmarks.

Belongs here: scenarios and what plays and grades them, hostile models, controls switched off,
attacks, training and measuring of the trained parts, bench. Does not: product behaviour.
Imports anything but cli.
"""
