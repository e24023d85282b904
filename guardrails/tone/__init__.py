"""How does a message sound? Courtesy, firmness and what breaks them, in four languages.

Belongs here: scores, violations of tone with their words, the verdict by stage.
Does not: what a message claims (`guardrails.content`) or whether it may be sent (the gate).
"""
