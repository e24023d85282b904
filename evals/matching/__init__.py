"""Cash application judged: labelled payments over any open-item list, and their scorer.

Belongs here: books, case kinds, bank noise, scores. Does not: anything the engine parses with.
Nothing here is shared with engines.matching but the types of its inputs and answers.
"""
