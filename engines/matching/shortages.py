"""Less came in than the named documents owe: which difference it is, and whether it may post.

Words of the payer can only make an answer more careful: none of them lets a receipt post that
would not post without it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import combinations

from engines.matching.classify import states_deduction, states_discount, states_less, states_part
from engines.matching.drafting import (
    Case,
    Decision,
    Draft,
    fill_oldest,
    pay_discounted,
    pay_in_full,
    pay_less,
)
from engines.matching.model import Difference, OpenDocument, Part, Reason
from engines.matching.references import Certainty

_OTHERS = 60
# A round shortage up to this many times the tolerance still looks like a charge.
_MOST_CHARGED = 3
_CHARGED_PERMILLE = 10


@dataclass(frozen=True)
class Named:
    """Documents a payer named, by memo or advice, and how sure their reading is."""

    documents: tuple[OpenDocument, ...]
    certainty: Certainty
    by_advice: bool = False

    @property
    def pattern(self) -> str:
        """The evidence in one word."""
        if self.by_advice:
            return "advised"
        return {Certainty.TAIL: "named_tail", Certainty.SLIP: "named_slip"}.get(
            self.certainty, "named"
        )


def less_credit(case: Case, named: Named, missing: int) -> Decision | None:
    """Credit notes nobody named that are exactly what is missing."""
    named_ids = {doc.doc_id for doc in named.documents}
    open_items = case.book.open_items(named.documents[0].customer_no, case.payment.currency)
    credits_ = [d for d in open_items if d.is_credit and d.doc_id not in named_ids]
    drafts = []
    for size in (1, 2):
        for chosen in combinations(credits_[:_OTHERS], size):
            if -case.owed(chosen) == missing:
                parts = pay_in_full(case, (*named.documents, *chosen))
                drafts.append(
                    Draft(parts, "credit_not_named", ("an open credit is what is missing",))
                )
        if drafts:
            return Decision(tuple(drafts[:3]), Reason.CREDIT_NOT_NAMED)
    return None


def less_discount(case: Case, named: Named, missing: int) -> Decision | None:
    """A cash discount: as the terms of the documents offer it, or at a rate in use."""
    documents = named.documents
    if any(doc.is_credit for doc in documents):
        return None
    offered = sum(doc.discount_minor for doc in documents)
    said = states_discount(case.payment.memo)
    if states_deduction(case.payment.memo):
        return None
    permille = next(
        (
            rate
            for rate in case.rules.discount_permille
            if abs(
                sum((case.book.owed(d.doc_id) * rate + 500) // 1000 for d in documents) - missing
            )
            <= (len(documents) if len(documents) > 1 else 1)
        ),
        0,
    )
    if offered and offered == missing:
        earned = all(case.payment.value_on <= (d.discount_until or date.min) for d in documents)
        parts, differences = _offered(case, documents)
    elif permille and (said or not _is_round_fee(case, missing)):
        early = timedelta(case.rules.discount_days_early)
        earned = permille <= case.rules.earned_discount_permille and all(
            d.due_on and case.payment.value_on <= d.due_on - early for d in documents
        )
        parts, differences = pay_discounted(case, documents, permille)
    else:
        return None
    draft = Draft(parts, "named_discount", ("what is missing is a cash discount",), 0, differences)
    return Decision((draft,), None if earned else Reason.DISCOUNT_UNEARNED, may_post=earned)


def _offered(
    case: Case, documents: Sequence[OpenDocument]
) -> tuple[tuple[Part, ...], tuple[Difference, ...]]:
    parts = [Part(d.doc_id, case.book.owed(d.doc_id) - d.discount_minor) for d in documents]
    taken = [Difference("discount", d.doc_id, d.discount_minor) for d in documents]
    return tuple(parts), tuple(each for each in taken if each.minor)


def _is_round_fee(case: Case, missing: int) -> bool:
    return missing <= case.rules.fee_most(case.payment.currency) and missing % 50 == 0


def less_deduction(case: Case, named: Named, _missing: int) -> Decision | None:
    """A deduction that the payer states."""
    if not (states_deduction(case.payment.memo) or states_less(case.payment.memo)):
        return None
    parts, differences = pay_less(case, named.documents, "deduction")
    draft = Draft(parts, "short_pay", ("the payer states a deduction",), 0, differences)
    return Decision((draft,), Reason.SHORT_PAY)


def less_fee(case: Case, named: Named, missing: int) -> Decision | None:
    """A charge of a bank on the way; above the tolerance only where it is round."""
    rules, owed = case.rules, case.owed(named.documents)
    fee_most = rules.fee_most(case.payment.currency)
    within = missing <= fee_most
    within = within and missing * 1000 <= owed * rules.fee_most_permille
    round_charge = missing % 100 == 0 and missing <= _MOST_CHARGED * fee_most
    if not within and not (round_charge and missing * 1000 <= owed * _CHARGED_PERMILLE):
        return None
    parts, differences = pay_less(case, named.documents, "fee")
    draft = Draft(parts, "named_fee", ("what is missing is a bank fee",), 0, differences)
    return Decision((draft,), Reason.BANK_FEE, may_post=within)


def in_part(case: Case, named: Named, missing: int) -> Decision:
    """What no difference explains: a short payment, or a part of one document."""
    documents, owed = named.documents, case.owed(named.documents)
    small = missing * 100 <= owed * case.rules.short_pay_percent
    part = states_part(case.payment.memo)
    if len(documents) == 1:
        parts, differences = pay_less(case, documents, "")
        if small:
            draft = Draft(parts, "short_pay", ("less than the named document",), 0, differences)
            return Decision((draft,), Reason.PARTIAL_PAYMENT if part else Reason.SHORT_PAY)
        if states_discount(case.payment.memo) and not part:
            draft = Draft(parts, "short_pay", ("the payer states a discount",), 0, differences)
            return Decision((draft,), Reason.DISCOUNT_UNEARNED)
        draft = Draft(parts, "named_part", ("a part of the named document",))
        return Decision((draft,), Reason.PARTIAL_PAYMENT, may_post=named.certainty > Certainty.TAIL)
    drafts = []
    for left_out in documents:
        chosen = [doc for doc in documents if doc is not left_out]
        if case.owed(chosen) == case.amount:
            drafts.append(
                Draft(pay_in_full(case, chosen), "named_less_one", ("all named but one",))
            )
    drafts.append(Draft(pay_less(case, documents, "")[0], "short_pay", ("less than named",)))
    filled, rest = fill_oldest(case, documents)
    drafts.append(Draft(filled, "oldest_first", ("in the order named",), rest))
    return Decision(tuple(drafts[:3]), Reason.SHORT_PAY if small else Reason.PARTIAL_PAYMENT)
