"""What to do where nothing is named: the amount alone, against what a payer has open."""

from collections.abc import Sequence
from itertools import islice

from engines.matching.drafting import Case, Decision, Draft, fill_oldest, pay_in_full, pay_less
from engines.matching.model import OpenDocument, Part, Reason
from engines.matching.nomination import Standing
from engines.matching.sums import MOST_IN_POOL, exact_sets, few, runs, runs_less_one

_SHOWN = 3
_LOOKED_AT = 12


def judge_unnamed(case: Case) -> Decision:
    """Decide about a payment that names nothing."""
    if not case.payer.customers:
        return _unknown(case)
    pools = [
        (number, case.book.open_items(number, case.payment.currency))
        for number in sorted(case.payer.customers)
    ]
    pools = [(number, items) for number, items in pools if items]
    if not pools:
        return _nothing_open(case)
    singles = [
        (number, doc)
        for number, items in pools
        for doc in items
        if case.book.owed(doc.doc_id) == case.amount
    ]
    if singles:
        return _single(case, singles, sum(len(items) for _n, items in pools))
    return _several(case, pools)


def _single(case: Case, singles: Sequence[tuple[str, OpenDocument]], pool: int) -> Decision:
    near = sorted(singles, key=lambda each: (_days_off(case, each[1]), each[1].doc_id))
    pattern = "equal_amount" if len(near) > 1 else f"amount_{case.payer.voice}"
    drafts = [
        Draft(pay_in_full(case, [d]), pattern, ("exactly one document",), rivals=len(near) - 1)
        for _number, d in near[:_SHOWN]
    ]
    # What other payments of the batch took may have been meant for this one.
    alike = case.book.opened_with(case.payer.customers, case.payment.currency, case.amount)
    if max(len(near), alike) > 1:
        return Decision(tuple(drafts), Reason.AMBIGUOUS_EQUAL_AMOUNTS, False, near[0][0], pool=pool)
    certain = case.payer.certain
    reason = None if certain else _doubt(case)
    return Decision(tuple(drafts), reason, certain, near[0][0], Standing.SAME.value, pool)


def _doubt(case: Case) -> Reason:
    return Reason.PAYER_CONFLICT if case.payer.denied else Reason.UNKNOWN_PAYER


def _days_off(case: Case, doc: OpenDocument) -> int:
    return abs((case.payment.value_on - doc.due_on).days) if doc.due_on else 9999


def _several(case: Case, pools: Sequence[tuple[str, list[OpenDocument]]]) -> Decision:
    drafts: list[Draft] = []
    certain = False
    for number, items in pools:
        found, is_only = _sets(case, items)
        if is_only and case.payer.certain and number in case.payer.customers:
            certain = True
        drafts.extend(found)
    pool = sum(len(items) for _n, items in pools)
    owner = pools[0][0] if len(pools) == 1 else None
    if drafts:
        reason = None if certain else Reason.AMBIGUOUS_COMBINATION
        if not certain and len(drafts) == 1 and not case.payer.certain:
            reason = _doubt(case)
        return Decision(tuple(drafts[:_SHOWN]), reason, certain, owner, Standing.SAME.value, pool)
    return _nearly(case, pools)


def _sets(case: Case, items: Sequence[OpenDocument]) -> tuple[list[Draft], bool]:
    """Sets of invoices of one customer that make the sum, and whether there is only one."""
    invoices = [doc for doc in items if not doc.is_credit]
    amounts = [case.book.owed(doc.doc_id) for doc in invoices]
    if sum(amounts) < case.amount:
        return [], False
    ranked: dict[tuple[int, ...], str] = {}
    if len(amounts) > 1 and sum(amounts) == case.amount:
        ranked[tuple(range(len(amounts)))] = "whole_book"
    is_only = False
    if len(amounts) <= MOST_IN_POOL:
        sets = [tuple(sorted(each)) for each in exact_sets(amounts, case.amount, _LOOKED_AT)]
        is_only = len(sets) == 1 and _was_only(case, items)
        if is_only:
            ranked = {sets[0]: f"set_{case.payer.voice}"}
    else:
        sets = []
    for each in _all_due(invoices, amounts, case):
        ranked.setdefault(each, "due_to_date")
    for each in runs(amounts, case.amount):
        ranked.setdefault(each, "run")
    if len(ranked) < _SHOWN and not sets:
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


def _was_only(case: Case, items: Sequence[OpenDocument]) -> bool:
    """Whether the set was the only one before other payments of the batch took their documents."""
    before = case.book.at_opening(items[0].customer_no, case.payment.currency)
    if len(before) > MOST_IN_POOL:
        return False
    amounts = [doc.amount_minor for doc in before if not doc.is_credit]
    return len(exact_sets(amounts, case.amount, 2)) < 2


def _all_due(
    invoices: Sequence[OpenDocument], amounts: Sequence[int], case: Case
) -> list[tuple[int, ...]]:
    """Everything due up to some day."""
    total = 0
    for at, amount in enumerate(amounts[:-1]):
        total += amount
        if total >= case.amount:
            ends_day = invoices[at].due_on != invoices[at + 1].due_on
            return [tuple(range(at + 1))] if total == case.amount and ends_day and at else []
    return []


def _nearly(case: Case, pools: Sequence[tuple[str, list[OpenDocument]]]) -> Decision:
    """Nothing fits to the cent: a credit, a fee, a part or too much, for a person to see."""
    for number, items in pools if case.payer.voice != "likeness" else ():
        invoices = [doc for doc in items if not doc.is_credit]
        drafts = _less_credits(case, items, invoices)
        if drafts:
            return Decision(tuple(drafts), Reason.CREDIT_NOT_NAMED, owner=number)
        near = _less_fee(case, invoices)
        if near:
            return Decision(tuple(near), Reason.BANK_FEE, owner=number)
        owed = case.owed(invoices)
        if invoices and owed < case.amount:
            full = pay_in_full(case, invoices)
            extra = case.amount - owed
            draft = Draft(full, "over", ("more than the whole book",), extra)
            return Decision((draft,), Reason.OVERPAYMENT, owner=number)
    return _some_part(case, pools)


def _some_part(case: Case, pools: Sequence[tuple[str, list[OpenDocument]]]) -> Decision:
    number, items = pools[0]
    invoices = [doc for doc in items if not doc.is_credit]
    parts, rest = fill_oldest(case, invoices)
    if not case.payer.certain:
        drafts = (Draft(parts, "oldest_first", ("oldest first",), rest),) if parts else ()
        return Decision(drafts, _doubt(case))
    larger = [doc for doc in invoices if case.book.owed(doc.doc_id) > case.amount]
    larger.sort(key=lambda doc: (_days_off(case, doc), doc.doc_id))
    drafts = [Draft(parts, "oldest_first", ("oldest first",), rest)] if parts else []
    for doc in larger[: _SHOWN - 1]:
        draft = Draft((Part(doc.doc_id, case.amount),), "unnamed_part", ("a part",))
        if draft.parts not in {each.parts for each in drafts}:
            drafts.append(draft)
    reason = Reason.PARTIAL_PAYMENT if len(invoices) == 1 else Reason.AMBIGUOUS_COMBINATION
    return Decision(tuple(drafts), reason, owner=number)


def _less_credits(
    case: Case, items: Sequence[OpenDocument], invoices: Sequence[OpenDocument]
) -> list[Draft]:
    credits_ = [doc for doc in items if doc.is_credit]
    drafts = []
    for note in credits_[:_LOOKED_AT]:
        target = case.amount - case.book.owed(note.doc_id)
        for doc in invoices:
            if case.book.owed(doc.doc_id) == target:
                parts = pay_in_full(case, (doc, note))
                drafts.append(Draft(parts, "credit_not_named", ("less an open credit",)))
    if not drafts and credits_ and len(items) <= MOST_IN_POOL:
        amounts = [case.book.owed(doc.doc_id) for doc in items]
        for each in exact_sets(amounts, case.amount, _SHOWN):
            parts = pay_in_full(case, [items[n] for n in sorted(each)])
            drafts.append(Draft(parts, "credit_not_named", ("less open credits",)))
    return drafts[:_SHOWN]


def _less_fee(case: Case, invoices: Sequence[OpenDocument]) -> list[Draft]:
    rules, drafts = case.rules, []
    for doc in invoices:
        missing = case.book.owed(doc.doc_id) - case.amount
        if 0 < missing <= min(rules.fee_most_minor, case.amount * rules.fee_most_permille // 1000):
            parts, differences = pay_less(case, [doc], "fee")
            drafts.append(Draft(parts, "unnamed_fee", ("less a fee",), 0, differences))
    return drafts[:_SHOWN]


def _nothing_open(case: Case) -> Decision:
    """The payer owes nothing in this currency; perhaps in another."""
    foreign = [
        doc
        for number in sorted(case.payer.customers)
        for currency in sorted(case.book.currencies(number) - {case.payment.currency})
        for doc in case.book.open_items(number, currency)
        if not doc.is_credit
    ]
    if foreign and case.payer.voice != "likeness":
        foreign.sort(key=lambda doc: (_days_off(case, doc), doc.doc_id))
        said = ("the payer's documents are in another currency",)
        drafts = tuple(
            Draft((Part(doc.doc_id, case.amount),), "foreign", said) for doc in foreign[:_SHOWN]
        )
        return Decision(drafts, Reason.FX)
    return _unknown(case)


def _unknown(case: Case) -> Decision:
    """Nobody is nominated; an amount that is open only once is at least worth a look."""
    same = case.book.with_amount(case.payment.currency, case.amount)
    drafts = tuple(
        Draft(
            pay_in_full(case, [doc]),
            "amount_only",
            ("open once in the whole book",),
            0,
            (),
            len(same) - 1,
        )
        for doc in same[:_SHOWN]
    )
    known = case.payer.voice in ("account", "number", "name")
    reason = Reason.OVERPAYMENT if known and not drafts else Reason.UNKNOWN_PAYER
    return Decision(drafts, reason)
