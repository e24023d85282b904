"""Sets of a payer's open invoices that make a receipt, in the order a clerk would try them."""

from collections.abc import Sequence
from itertools import islice

from engines.matching.drafting import Case, Draft, pay_in_full
from engines.matching.model import OpenDocument
from engines.matching.sums import MOST_IN_POOL, exact_sets, few, runs, runs_less_one

_SHOWN = 3
_LOOKED_AT = 12
_FAR = 9_999


def days_off(case: Case, doc: OpenDocument) -> int:
    """Days between the value date and the due date."""
    return abs((case.payment.value_on - doc.due_on).days) if doc.due_on else _FAR


def rank_sets(case: Case, items: Sequence[OpenDocument]) -> tuple[list[Draft], bool]:
    """Rank the sets of invoices of one customer that make the sum; say if there is only one."""
    invoices = [doc for doc in items if not doc.is_credit]
    amounts = [case.book.owed(doc.doc_id) for doc in invoices]
    if sum(amounts) < case.amount:
        return [], False
    sets, is_only = _small_pool(case, items, amounts)
    ranked: dict[tuple[int, ...], str] = {}
    if is_only:
        ranked[sets[0]] = f"set_{case.payer.voice}"
    else:
        ranked = _by_due_date(case, invoices, amounts)
        if len(amounts) > MOST_IN_POOL and len(ranked) < _SHOWN:
            for each in runs_less_one(amounts, case.amount):
                ranked.setdefault(each, "run_less_one")
            sets = list(islice(few(amounts, case.amount), _LOOKED_AT))
        for each in sorted(sets, key=lambda s: (s[-1] - s[0] - len(s), len(s), s)):
            ranked.setdefault(each, "combination")
    rivals = max(0, max(len(ranked), len(sets)) - 1)
    said = f"the only set of {len(amounts)} that makes the sum" if is_only else "makes the sum"
    drafts = [
        Draft(pay_in_full(case, [invoices[n] for n in each]), pattern, (said,), rivals=rivals)
        for each, pattern in ranked.items()
    ]
    return drafts, is_only


def _small_pool(
    case: Case, items: Sequence[OpenDocument], amounts: Sequence[int]
) -> tuple[list[tuple[int, ...]], bool]:
    """Every set of a small pool, and whether there is one only, now and when the batch began.

    What other payments of the batch took may have been meant for this one.
    """
    if len(amounts) > MOST_IN_POOL:
        return [], False
    sets = [tuple(sorted(each)) for each in exact_sets(amounts, case.amount, _LOOKED_AT)]
    before = case.book.at_opening(items[0].customer_no, case.payment.currency)
    if len(sets) != 1 or len(before) > MOST_IN_POOL:
        return sets, False
    earlier = [doc.amount_minor for doc in before if not doc.is_credit]
    small = len(sets[0]) <= case.rules.set_most_documents
    return sets, small and len(exact_sets(earlier, case.amount, 2)) < 2


def _by_due_date(
    case: Case, invoices: Sequence[OpenDocument], amounts: Sequence[int]
) -> dict[tuple[int, ...], str]:
    ranked: dict[tuple[int, ...], str] = {}
    if len(amounts) > 1 and sum(amounts) == case.amount:
        ranked[tuple(range(len(amounts)))] = "whole_book"
    total = 0
    for at, amount in enumerate(amounts[:-1]):
        total += amount
        if total >= case.amount:
            ends_day = invoices[at].due_on != invoices[at + 1].due_on
            if total == case.amount and ends_day and at:
                ranked.setdefault(tuple(range(at + 1)), "due_to_date")
            break
    for each in runs(amounts, case.amount):
        ranked.setdefault(each, "run")
    return ranked
