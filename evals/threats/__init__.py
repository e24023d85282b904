"""The threats of the threat model: the controls against each, and proof that the controls count.

`python -m evals.threats` takes one control out at a time, in a process of its own, and runs the
tests that name it: with the control they pass, without it one must fail.
"""
