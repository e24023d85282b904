"""Nothing a payer owes makes its receipt to the cent: a credit, a fee, a part, or too much."""

from collections.abc import Sequence

from engines.matching.drafting import (
    Case,
    Decision,
    Draft,
    fill_oldest,
    pay_discounted,
    pay_in_full,
    pay_less,
)
from engines.matching.model import OpenDocument, Part, Reason
from engines.matching.pools import days_off
from engines.matching.sums import MOST_IN_POOL, exact_sets

_SHOWN = 3
_CREDITS = 12
Pools = Sequence[tuple[str, list[OpenDocument]]]


def judge_nearly(case: Case, pools: Pools) -> Decision:
    """Suggest what a clerk would look at; nothing here is ever certain."""
    if case.payer.voice == "likeness":
        return Decision((), Reason.UNKNOWN_PAYER)
    for number, items in pools:
        invoices = [doc for doc in items if not doc.is_credit]
        for reason, look in _LOOKS:
            drafts = look(case, items, invoices)
            if drafts:
                sure = case.payer.is_known or reason is not Reason.OVERPAYMENT
                why = reason if sure else Reason.UNKNOWN_PAYER
                return Decision(tuple(drafts[:_SHOWN]), why, owner=number)
    return _in_part(case, pools)


def _less_credits(
    case: Case, items: Sequence[OpenDocument], invoices: Sequence[OpenDocument]
) -> list[Draft]:
    credits_ = [doc for doc in items if doc.is_credit]
    by_amount: dict[int, list[OpenDocument]] = {}
    for doc in invoices if credits_ else ():
        by_amount.setdefault(case.book.owed(doc.doc_id), []).append(doc)
    drafts = [
        Draft(pay_in_full(case, (doc, note)), "credit_not_named", ("less an open credit",))
        for note in credits_[:_CREDITS]
        for doc in by_amount.get(case.amount - case.book.owed(note.doc_id), ())
    ]
    if not drafts and credits_ and len(items) <= MOST_IN_POOL:
        amounts = [case.book.owed(doc.doc_id) for doc in items]
        for each in exact_sets(amounts, case.amount, _SHOWN):
            parts = pay_in_full(case, [items[n] for n in sorted(each)])
            drafts.append(Draft(parts, "credit_not_named", ("less open credits",)))
    return drafts


def _less_discount(
    case: Case, _items: Sequence[OpenDocument], invoices: Sequence[OpenDocument]
) -> list[Draft]:
    """One document less a usual cash discount; unnamed, so a person sees whether it was earned."""
    if len(invoices) > MOST_IN_POOL:
        return []
    drafts = []
    for doc in invoices:
        owed = case.book.owed(doc.doc_id)
        for permille in case.rules.discount_permille:
            if owed - (owed * permille + 500) // 1000 == case.amount:
                parts, differences = pay_discounted(case, [doc], permille)
                said = ("less a cash discount",)
                drafts.append(Draft(parts, "unnamed_discount", said, 0, differences))
    return drafts


def _less_fee(
    case: Case, _items: Sequence[OpenDocument], invoices: Sequence[OpenDocument]
) -> list[Draft]:
    """One document less a round charge; in a large pool that would be chance."""
    if len(invoices) > MOST_IN_POOL:
        return []
    rules, drafts = case.rules, []
    most = min(rules.fee_most(case.payment.currency), case.amount * rules.fee_most_permille // 1000)
    for doc in invoices:
        missing = case.book.owed(doc.doc_id) - case.amount
        if 0 < missing <= most:
            parts, differences = pay_less(case, [doc], "fee")
            drafts.append(Draft(parts, "unnamed_fee", ("less a fee",), 0, differences))
    return drafts


def _too_much(
    case: Case, _items: Sequence[OpenDocument], invoices: Sequence[OpenDocument]
) -> list[Draft]:
    owed = case.owed(invoices)
    if not invoices or owed >= case.amount:
        return []
    over = case.amount - owed
    return [Draft(pay_in_full(case, invoices), "over", ("more than the whole book",), over)]


_LOOKS = (
    (Reason.CREDIT_NOT_NAMED, _less_credits),
    (Reason.DISCOUNT_UNEARNED, _less_discount),
    (Reason.BANK_FEE, _less_fee),
    (Reason.OVERPAYMENT, _too_much),
)


def _in_part(case: Case, pools: Pools) -> Decision:
    """In a small pool no set was found, so it is a part; a large one was not searched through."""
    number, items = pools[0]
    invoices = [doc for doc in items if not doc.is_credit]
    parts, rest = fill_oldest(case, invoices)
    drafts = [Draft(parts, "oldest_first", ("oldest first",), rest)] if parts else []
    larger = [doc for doc in invoices if case.book.owed(doc.doc_id) > case.amount]
    larger.sort(key=lambda doc: (days_off(case, doc), doc.doc_id))
    for doc in larger[: _SHOWN - 1]:
        draft = Draft((Part(doc.doc_id, case.amount),), "unnamed_part", ("a part",))
        if draft.parts not in {each.parts for each in drafts}:
            drafts.append(draft)
    small = sum(len(each) for _n, each in pools) <= MOST_IN_POOL
    reason = Reason.PARTIAL_PAYMENT if small else Reason.AMBIGUOUS_COMBINATION
    if not case.payer.certain and case.payer.denied:
        reason = Reason.PAYER_CONFLICT
    return Decision(tuple(drafts), reason, owner=number)
