"""Cash application as a first script does it: a number found in the memo, or an equal amount."""

from collections.abc import Sequence

from engines.matching.model import (
    Action,
    Alternative,
    Book,
    OpenDocument,
    Outcome,
    Part,
    Payment,
    Reason,
)

_SHOWN = 3


def match_naively(book: Book, payments: Sequence[Payment]) -> list[Outcome]:
    """Look through all open items for every payment.

    Items whose number is a substring of the memo post if they sum to the payment; else the only
    item of that amount and currency posts. Several such items are suggested.
    """
    return [_answer(payment, book.documents) for payment in payments]


def _answer(payment: Payment, documents: Sequence[OpenDocument]) -> Outcome:
    named = [each for each in documents if each.doc_id in payment.memo]
    if named and sum(each.amount_minor for each in named) == payment.amount_minor:
        return Outcome(payment.payment_id, Action.AUTO, None, (_spent(named, "substring"),))
    wanted = (payment.amount_minor, payment.currency)
    equal = [each for each in documents if (each.amount_minor, each.currency) == wanted]
    ways = tuple(_spent([each], "amount") for each in equal[:_SHOWN])
    if len(equal) == 1:
        return Outcome(payment.payment_id, Action.AUTO, None, ways)
    if equal:
        reason = Reason.AMBIGUOUS_EQUAL_AMOUNTS
        return Outcome(payment.payment_id, Action.SUGGEST, reason, ways)
    return Outcome(payment.payment_id, Action.HOLD, Reason.UNKNOWN_PAYER)


def _spent(documents: Sequence[OpenDocument], pattern: str) -> Alternative:
    parts = tuple(Part(each.doc_id, each.amount_minor) for each in documents)
    return Alternative(parts, pattern, (), 1.0)
