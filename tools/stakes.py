"""What it costs if a request is approved and was wrong, in words a reviewer reads."""

from ledger import actions as act
from ledger.money import Money

_MISPLACED = (
    "{value} stands against the wrong items: paid ones are chased, others are not.",
    "It can be reversed by a request of its own, on the record.",
)
_GIVEN = (
    "Up to {value} is given away; once the customer was told, it is theirs.",
    "Finance can charge it back on the books, seldom in fact.",
)
_STOPPED = (
    "Nobody is chased meanwhile: the money comes later.",
    "It can be lifted by a request of its own.",
)
_FREED = (
    "Letters may leave again: a customer who should be left alone is chased.",
    "It can be put back; a letter that left meanwhile cannot.",
)
_PROMISED = (
    "Chasing pauses for a promise nobody made, or starts in spite of one.",
    "It can be corrected by another record.",
)
_BOUND = (
    "The house is bound for months over {value}; the customer relies on it.",
    "It ends only by breach or with the customer's consent.",
)
_CREDIT = (
    "Deliveries stop that should go on, or go on unsecured.",
    "It can be set again at once; what was delivered meanwhile stays owed.",
)
_TIME = ("A colleague's time. It can simply be closed.",)
_COSTS: dict[str, tuple[str, ...]] = {
    "send_reminder": (
        "A customer is asked for {value} they may not owe, or in words that hurt the relation.",
        "It uses up a part of the contact budget.",
        "{undo}",
    ),
    "send_statement": ("A customer reads something wrong from us.", "{undo}"),
    "answer_query": (
        "A customer reads something wrong from us, and may hold us to it.",
        "{undo}",
    ),
    "apply_receipt": _MISPLACED,
    "apply_credit": _MISPLACED,
    "reverse_receipt": (
        "{value} counts as open again, and a customer who paid may be chased for it.",
        "It can be applied again.",
    ),
    "write_off": _GIVEN,
    "resolve_dispute": _GIVEN,
    "open_dispute": _STOPPED,
    "place_hold": _STOPPED,
    "reopen_dispute": _FREED,
    "release_hold": _FREED,
    "record_promise": _PROMISED,
    "keep_promise": _PROMISED,
    "propose_plan": _BOUND,
    "accept_plan": _BOUND,
    "end_plan": _BOUND,
    "set_credit_limit": _CREDIT,
    "set_credit_hold": _CREDIT,
    "create_call_task": _TIME,
    "escalate": _TIME,
}


def cost_of_being_wrong(
    action: act.ProposedAction, value: Money | None, undo_seconds: int
) -> tuple[str, ...]:
    """What follows from a wrong yes, and whether it can be taken back.

    Args:
        action: What is asked for.
        value: The money it is about.
        undo_seconds: How long an approved message can be taken back.
    """
    undo = (
        f"It can be taken back for {undo_seconds} seconds; a message that left cannot."
        if undo_seconds
        else "It leaves at once and cannot be taken back."
    )
    named = {"value": str(value) if value else "the amount", "undo": undo}
    return tuple(line.format_map(named) for line in _COSTS[action.type])
