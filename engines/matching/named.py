"""What to do where documents are named: they sum up, or the difference says which case it is."""

from collections.abc import Sequence
from itertools import islice

from engines.matching.drafting import Case, Decision, Draft, pay_in_full, pay_less
from engines.matching.model import OpenDocument, Part, Reason
from engines.matching.nomination import Standing
from engines.matching.references import Certainty
from engines.matching.shortages import (
    Named,
    in_part,
    less_credit,
    less_deduction,
    less_discount,
    less_fee,
)
from engines.matching.sums import MOST_IN_POOL, exact_sets, few, runs


def judge_named(case: Case, named: Named) -> Decision:
    """Decide about a payment that names open documents."""
    documents = named.documents
    if any(doc.currency != case.payment.currency for doc in documents):
        return _foreign(case, documents)
    owners = {doc.customer_no for doc in documents}
    if len(owners) > 1:
        return _several_customers(case, named)
    decision = _by_amount(case, named)
    owner = next(iter(owners))
    standing = case.nominator.standing(case.payer, owner)
    return _with_standing(case, named, decision, owner, standing)


def _with_standing(
    case: Case, named: Named, decision: Decision, owner: str, standing: Standing
) -> Decision:
    reason, may_post = decision.reason, decision.may_post
    drafts = decision.drafts
    if standing is Standing.STRANGER:
        reason, may_post = Reason.PAYER_CONFLICT, False
        own = _exact_of_payer(case) if case.owed(named.documents) != case.amount else ()
        if own:
            drafts, reason = (*own, *drafts)[:3], Reason.REFERENCE_CONFLICT
    elif reason is Reason.OVERPAYMENT and case.found.strangers and not named.by_advice:
        reason = Reason.REFERENCE_NOT_OPEN
    elif case.found.closed and not named.by_advice:
        reason, may_post = Reason.REFERENCE_NOT_OPEN, False
    # A number read with a slip, or one with a part of its amount, needs a payer that agrees.
    weak = named.certainty is Certainty.SLIP or reason is Reason.PARTIAL_PAYMENT
    if weak and standing is Standing.UNKNOWN:
        may_post = False
    return Decision(drafts, reason, may_post, owner, standing.value, decision.pool)


def _exact_of_payer(case: Case) -> tuple[Draft, ...]:
    """The payer's own documents that are exactly the amount, where it names somebody else's."""
    said = ("the amount is that of the payer's own document, which is not named",)
    return tuple(
        Draft(pay_in_full(case, [doc]), "conflict", said)
        for doc in case.book.with_amount(case.payment.currency, case.amount)
        if doc.customer_no in case.payer.customers
    )


def _foreign(case: Case, documents: Sequence[OpenDocument]) -> Decision:
    """Cash in another currency: show the document, let a person see the rate."""
    share, rest = divmod(case.amount, len(documents))
    parts = [Part(doc.doc_id, share) for doc in documents]
    parts[-1] = Part(documents[-1].doc_id, share + rest)
    owed = sum(abs(case.book.owed(doc.doc_id)) for doc in documents)
    if len(documents) > 1 and owed:
        parts = _in_proportion(case, documents)
    draft = Draft(tuple(parts), "foreign", ("the document is in another currency",))
    return Decision((draft,), Reason.FX, owner=documents[0].customer_no)


def _in_proportion(case: Case, documents: Sequence[OpenDocument]) -> list[Part]:
    owed = [case.book.owed(doc.doc_id) for doc in documents]
    total, spent, parts = sum(owed) or 1, 0, []
    for doc, minor in zip(documents[:-1], owed[:-1], strict=True):
        cash = case.amount * minor // total
        spent += cash
        parts.append(Part(doc.doc_id, cash))
    return [*parts, Part(documents[-1].doc_id, case.amount - spent)]


def _several_customers(case: Case, named: Named) -> Decision:
    documents, diff = named.documents, case.owed(named.documents) - case.amount
    if diff == 0:
        parts, rest = pay_in_full(case, documents), 0
    elif diff > 0:
        parts, rest = pay_less(case, documents, "")[0], 0
    else:
        parts, rest = pay_in_full(case, documents), -diff
    draft = Draft(parts, "several_customers", ("documents of several customers are named",), rest)
    return Decision((draft,), Reason.MULTI_CUSTOMER)


def _by_amount(case: Case, named: Named) -> Decision:
    diff = case.owed(named.documents) - case.amount
    if diff == 0:
        credit = any(doc.is_credit for doc in named.documents)
        pattern = "named_credit" if credit else named.pattern
        said = "the named documents sum to the receipt"
        draft = Draft(pay_in_full(case, named.documents), pattern, (said,))
        return Decision((draft,), None, may_post=True)
    return _short(case, named, diff) if diff > 0 else _over(case, named, -diff)


def _short(case: Case, named: Named, missing: int) -> Decision:
    for judge in (less_credit, less_discount, less_deduction, less_fee, _other_exact):
        decision = judge(case, named, missing)
        if decision:
            return decision
    return in_part(case, named, missing)


def _other_exact(case: Case, named: Named, _missing: int) -> Decision | None:
    """The amount is exactly another document of the same customer."""
    owner, named_ids = named.documents[0].customer_no, {d.doc_id for d in named.documents}
    others = [
        doc
        for doc in case.book.with_amount(case.payment.currency, case.amount)
        if doc.customer_no == owner and doc.doc_id not in named_ids
    ]
    if not others:
        return None
    said = "the amount is that of a document that is not named"
    drafts = [
        Draft(pay_in_full(case, [d]), "conflict", (said,), rivals=len(others)) for d in others
    ]
    if case.owed(named.documents) > case.amount:
        drafts.append(Draft(pay_less(case, named.documents, "")[0], "conflict_named", ("named",)))
    else:
        over = case.amount - case.owed(named.documents)
        drafts.append(Draft(pay_in_full(case, named.documents), "conflict_named", ("named",), over))
    return Decision(tuple(drafts[:3]), Reason.REFERENCE_CONFLICT)


def _over(case: Case, named: Named, extra: int) -> Decision:
    decision = _other_exact(case, named, extra)
    if decision:
        return decision
    full = pay_in_full(case, named.documents)
    over = Draft(full, "over", ("more than the named documents owe",), extra)
    if any(doc.is_credit for doc in named.documents):
        return Decision((over,), Reason.OVERPAYMENT)
    further = _further(case, named, extra)
    if not further:
        return Decision((over,), Reason.OVERPAYMENT)
    return Decision((*further[:2], over), Reason.AMBIGUOUS_COMBINATION)


def _further(case: Case, named: Named, extra: int) -> list[Draft]:
    """Named documents with one more, or a run that begins or ends with them."""
    named_ids = {doc.doc_id for doc in named.documents}
    items = [
        doc
        for doc in case.book.open_items(named.documents[0].customer_no, case.payment.currency)
        if not doc.is_credit
    ]
    drafts = []
    others = [doc for doc in items if doc.doc_id not in named_ids]
    if len(others) <= MOST_IN_POOL:
        for each in exact_sets([case.book.owed(doc.doc_id) for doc in others], extra, 2):
            chosen = (*named.documents, *(others[at] for at in sorted(each)))
            drafts.append(Draft(pay_in_full(case, chosen), "combination", ("the rest fits",)))
        return drafts
    for run in runs([case.book.owed(doc.doc_id) for doc in items], case.amount):
        chosen = [items[at] for at in run]
        if named_ids <= {doc.doc_id for doc in chosen}:
            drafts.append(Draft(pay_in_full(case, chosen), "run", ("a run with the named ones",)))
    amounts = [case.book.owed(doc.doc_id) for doc in others]
    sets = [(at,) for at, amount in enumerate(amounts) if amount == extra]
    for each in (*sets, *runs(amounts, extra), *islice(few(amounts, extra), 2)):
        chosen = (*named.documents, *(others[at] for at in each))
        drafts.append(Draft(pay_in_full(case, chosen), "combination", ("the rest fits",)))
    return drafts
