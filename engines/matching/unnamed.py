"""What to do where nothing is named: the amount alone, against what a payer has open."""

from collections.abc import Sequence

from engines.matching.drafting import Case, Decision, Draft, pay_in_full
from engines.matching.model import OpenDocument, Part, Reason
from engines.matching.nearly import judge_nearly
from engines.matching.nomination import Standing
from engines.matching.pools import days_off, rank_sets

_SHOWN = 3
Pools = Sequence[tuple[str, list[OpenDocument]]]


def judge_unnamed(case: Case) -> Decision:
    """Decide about a payment that names nothing."""
    payers = sorted(case.payer.customers)
    if not payers:
        return _unknown(case)
    singles = _with_amount(case, payers)
    if singles:
        return _single(case, singles)
    pools = _pools(case, payers)
    if pools:
        decision = _several(case, pools)
        if decision:
            return decision
    return _by_relatives(case) or (judge_nearly(case, pools) if pools else _nothing_open(case))


def doubt(case: Case) -> Reason:
    """Why a payer is not certain."""
    return Reason.PAYER_CONFLICT if case.payer.denied else Reason.UNKNOWN_PAYER


def _with_amount(case: Case, payers: Sequence[str]) -> list[OpenDocument]:
    same = case.book.with_amount(case.payment.currency, case.amount)
    found = [doc for doc in same if doc.customer_no in payers]
    return sorted(found, key=lambda doc: (days_off(case, doc), doc.doc_id))


def _pools(case: Case, payers: Sequence[str]) -> list[tuple[str, list[OpenDocument]]]:
    found = [(number, case.book.open_items(number, case.payment.currency)) for number in payers]
    return [(number, items) for number, items in found if items]


def _single(case: Case, near: Sequence[OpenDocument]) -> Decision:
    # What other payments of the batch took may have been meant for this one.
    alike = case.book.opened_with(case.payer.customers, case.payment.currency, case.amount)
    rivals = max(len(near), alike) - 1
    pattern = "equal_amount" if rivals else f"amount_{case.payer.voice}"
    drafts = tuple(
        Draft(pay_in_full(case, [doc]), pattern, ("exactly one document",), rivals=rivals)
        for doc in near[:_SHOWN]
    )
    owner, certain = near[0].customer_no, case.payer.certain
    pool = sum(case.book.size(number, case.payment.currency) for number in case.payer.customers)
    if not rivals:
        reason = None if certain else doubt(case)
        return Decision(drafts, reason, certain, owner, Standing.SAME.value, pool)
    reason = Reason.AMBIGUOUS_EQUAL_AMOUNTS if case.payer.voice != "likeness" else doubt(case)
    return Decision(drafts, reason, False, owner, Standing.SAME.value, pool)


def _several(case: Case, pools: Pools) -> Decision | None:
    drafts: list[Draft] = []
    only = True
    for _number, items in pools:
        found, is_only = rank_sets(case, items)
        only = only and (is_only or not found)
        drafts.extend(found)
    if not drafts:
        return None
    pool = sum(len(items) for _n, items in pools)
    certain = only and len(drafts) == 1 and case.payer.certain
    reason = None if certain else Reason.AMBIGUOUS_COMBINATION
    if case.payer.voice == "likeness" or (len(drafts) == 1 and not case.payer.certain):
        reason = doubt(case)
    owner = case.book.documents[drafts[0].parts[0].doc_id].customer_no
    return Decision(tuple(drafts[:_SHOWN]), reason, certain, owner, Standing.SAME.value, pool)


def _by_relatives(case: Case) -> Decision | None:
    """Nothing of the payer fits, but exactly a document of its child, sibling or parent."""
    if case.payer.voice in ("likeness", "nothing"):
        return None
    family = {one for number in sorted(case.payer.customers) for one in case.book.relatives(number)}
    found = _with_amount(case, sorted(family - case.payer.customers))
    if not found:
        return None
    said = ("exactly a document of a related company that is not named",)
    drafts = tuple(
        Draft(pay_in_full(case, [doc]), "amount_relative", said, rivals=len(found) - 1)
        for doc in found[:_SHOWN]
    )
    reason = Reason.AMBIGUOUS_EQUAL_AMOUNTS if len(found) > 1 else Reason.PAYER_CONFLICT
    return Decision(drafts, reason, False, found[0].customer_no, Standing.RELATIVE.value)


def _nothing_open(case: Case) -> Decision:
    """The payer owes nothing in this currency; perhaps in another."""
    foreign = [
        doc
        for number in sorted(case.payer.customers)
        for currency in sorted(case.book.currencies(number) - {case.payment.currency})
        for doc in case.book.open_items(number, currency)
        if not doc.is_credit
    ]
    if foreign and (case.payer.is_known or case.payer.certain):
        foreign.sort(key=lambda doc: (days_off(case, doc), doc.doc_id))
        said = ("the payer's documents are in another currency",)
        drafts = tuple(
            Draft((Part(doc.doc_id, case.amount),), "foreign", said) for doc in foreign[:_SHOWN]
        )
        return Decision(drafts, Reason.FX)
    return _unknown(case)


def _unknown(case: Case) -> Decision:
    """Nobody is nominated; an amount that is open only once is at least worth a look."""
    same = case.book.with_amount(case.payment.currency, case.amount)
    said = ("open once in the whole book" if len(same) == 1 else "open in the book",)
    drafts = tuple(
        Draft(pay_in_full(case, [doc]), "amount_only", said, rivals=len(same) - 1)
        for doc in same[:_SHOWN]
    )
    known = case.payer.is_known and not drafts
    return Decision(drafts, Reason.OVERPAYMENT if known else Reason.UNKNOWN_PAYER)
