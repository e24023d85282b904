"""Messages of other systems, judged from a file: one record holds the words and all its facts.

Belongs here: the shape of a record, and what it says in the terms of the compliance rules. The
rules, the checkers and the tracing are those of the gate itself.
"""
