"""What the night may answer or note by itself, and what it may not."""

from engines.reading.model import INTENTS

ROUTINE = frozenset(
    (
        "promise_to_pay",
        "already_paid",
        "request_copy",
        "request_info",
        "out_of_office",
        "remittance_advice",
        "acknowledgement",
        "bounce",
    )
)
EXCEPTIONS = tuple(each for each in INTENTS if each not in ROUTINE)
