"""Case kinds that the default policy lets post: named, advised, unique, or nearly so."""

from collections.abc import Callable, Sequence
from datetime import date, timedelta

import numpy as np

from evals.matching.desk import Desk
from evals.matching.noise import (
    INJECTIONS,
    mistype,
    tail_of,
    write_nothing,
    write_references,
)

Docs = tuple[str, ...]
# Lays out one payment or more; False where the documents do not suit the kind.
Kind = Callable[[Desk, date, Docs], bool]


def _named(desk: Desk, docs: Sequence[str]) -> str:
    return write_references(docs, desk.rng, desk.style)


def named_single(desk: Desk, day: date, docs: Docs) -> bool:
    """One document, named and paid in full."""
    if len(docs) != 1:
        return False
    payment = desk.pay(docs, desk.total(docs), _named(desk, docs), day)
    desk.settle(payment, "named_single", desk.exact(docs), may_post=True)
    return True


def named_several(desk: Desk, day: date, docs: Docs) -> bool:
    """Several documents, all named and paid in full."""
    if not 1 < len(docs) <= 12:
        return False
    payment = desk.pay(docs, desk.total(docs), _named(desk, docs), day)
    desk.settle(payment, "named_several", desk.exact(docs), may_post=True)
    return True


def advice_mail(desk: Desk, day: date, docs: Docs) -> bool:
    """The payment says nothing; an advice lists the documents."""
    payment = desk.pay(docs, desk.total(docs), write_nothing(desk.rng, desk.style), day)
    lines = [(doc, desk.book.documents[doc].amount_minor, 0, "") for doc in docs]
    desk.advise(payment, desk.owner(docs), lines)
    desk.settle(payment, "advice_mail", desk.exact(docs), may_post=True)
    return True


def unnamed(desk: Desk, day: date, docs: Docs) -> bool:
    """No reference at all; what it is depends on how much else would fit."""
    owner = desk.owner(docs)
    if not desk.is_known(owner):
        return False
    account = desk.secret_accounts[owner]
    shared = sum(account in c.accounts for c in desk.customers.values()) > 1
    if shared:
        return False
    memo = write_nothing(desk.rng, desk.style)
    payment = desk.pay(docs, desk.total(docs), memo, day, payer_account=account)
    pool = len(desk.book.by_customer[owner])
    if len(docs) == 1 and desk.equals(docs[0]) > 1:
        desk.settle(payment, "equal_amounts", desk.exact(docs), "ambiguous_equal_amounts")
    elif len(docs) == 1:
        desk.settle(payment, "exact_single", desk.exact(docs), may_post=True)
    elif pool <= 24 and len(docs) <= 4 and _is_only_sum(desk, owner, docs):
        desk.settle(payment, "small_set", desk.exact(docs), may_post=True)
    else:
        kind = "unnamed_several"
        desk.settle(payment, kind, desk.exact(docs), "ambiguous_combination")
    return True


def _is_only_sum(desk: Desk, owner: str, docs: Docs) -> bool:
    currency = desk.book.documents[docs[0]].currency
    wanted, open_minor = desk.total(docs), []
    for doc in desk.book.by_customer[owner]:
        one = desk.book.documents[doc]
        if one.currency == currency and one.amount_minor > 0:
            open_minor.append(one.amount_minor)
    half = len(open_minor) // 2
    left, right = _subset_sums(open_minor[:half]), _subset_sums(open_minor[half:])
    sums, counts = np.unique(left, return_counts=True)
    at = np.searchsorted(sums, wanted - right)
    at[at == len(sums)] = 0
    return int(counts[at][sums[at] == wanted - right].sum()) == 1


def _subset_sums(minor: Sequence[int]) -> np.ndarray:
    sums = np.zeros(1, dtype=np.int64)
    for each in minor:
        sums = np.concatenate([sums, sums + each])
    return sums


def name_only(desk: Desk, day: date, docs: Docs) -> bool:
    """A full name but no account and no reference; the amount is open once."""
    owner = desk.owner(docs)
    name = desk.book.payers[owner].name
    alike = sum(p.name.split()[0] == name.split()[0] for p in desk.book.payers.values())
    if len(docs) != 1 or desk.equals(docs[0]) > 1 or alike > 1:
        return False
    memo = write_nothing(desk.rng, desk.style)
    payment = desk.pay(docs, desk.total(docs), memo, day, payer_account="", payer_name=name.upper())
    desk.settle(payment, "name_only", desk.exact(docs), may_post=True)
    return True


def mistyped(desk: Desk, day: date, docs: Docs) -> bool:
    """One slip in the number of a document; account and amount agree with it."""
    owner = desk.owner(docs)
    if len(docs) != 1 or desk.equals(docs[0]) > 1 or not desk.is_known(owner):
        return False
    wrong = mistype(docs[0], desk.rng)
    if wrong in desk.book.documents or wrong in desk.book.closed:
        return False
    payment = desk.pay(
        docs,
        desk.total(docs),
        _named(desk, [wrong]),
        day,
        payer_account=desk.secret_accounts[owner],
    )
    desk.settle(payment, "mistyped", desk.exact(docs), may_post=True)
    return True


def tail_only(desk: Desk, day: date, docs: Docs) -> bool:
    """Only the last digits of the number are shown."""
    if len(docs) > 3:
        return False
    memo = "INV " + " ".join(tail_of(doc, desk.rng) for doc in docs)
    payment = desk.pay(docs, desk.total(docs), memo, day)
    desk.settle(payment, "tail_only", desk.exact(docs), may_post=True)
    return True


def part_payment(desk: Desk, day: date, docs: Docs) -> bool:
    """A named document is paid in part, and the text says so or not."""
    total = desk.total(docs)
    if len(docs) != 1 or total < 20_000:
        return False
    paid = total * desk.rng.choice((25, 30, 40, 50, 60)) // 100
    said = desk.rng.choice(("PART PAYMENT ", "1ST INSTALMENT ", "", "ACOMPTE "))
    payment = desk.pay(docs, paid, said + _named(desk, docs), day)
    desk.settle(payment, "part_payment", {docs[0]: paid}, "partial_payment", may_post=True)
    return True


def earned_discount(desk: Desk, day: date, docs: Docs) -> bool:
    """Named, paid early, less two or three per cent."""
    first_due = min(desk.book.documents[doc].due_on or day for doc in docs)
    return _discounted(desk, first_due - timedelta(desk.rng.randrange(10, 25)), docs, True)


def unearned_discount(desk: Desk, day: date, docs: Docs) -> bool:
    """The same deduction, taken after the due date."""
    last_due = max(desk.book.documents[doc].due_on or day for doc in docs)
    return _discounted(desk, last_due + timedelta(desk.rng.randrange(1, 20)), docs, False)


def _discounted(desk: Desk, day: date, docs: Docs, earned: bool) -> bool:
    if len(docs) > 4 or desk.total(docs) < 50_000:
        return False
    rate = desk.rng.choice((2, 2, 3))
    cents = {d: -(-m * rate // 100) if m * rate % 100 >= 50 else m * rate // 100
             for d, m in desk.exact(docs).items()}  # fmt: skip
    parts = {d: m - cents[d] for d, m in desk.exact(docs).items()}
    said = desk.rng.choice((f" LESS {rate}% DISC", "", f" {rate}% SKONTO", ""))
    payment = desk.pay(docs, sum(parts.values()), _named(desk, docs) + said, day)
    if earned:
        desk.settle(payment, "earned_discount", parts, may_post=True)
    else:
        desk.settle(payment, "unearned_discount", parts, "discount_unearned")
    return True


def bank_fee(desk: Desk, day: date, docs: Docs) -> bool:
    """Named, less the flat charge of a bank on the way."""
    if len(docs) > 2 or desk.total(docs) < 100_000:
        return False
    fee = desk.rng.choice((500, 1000, 1200, 1500, 2000, 2500))
    parts = desk.exact(docs)
    parts[max(parts, key=parts.__getitem__)] -= fee
    payment = desk.pay(docs, sum(parts.values()), _named(desk, docs), day, channel="wire")
    desk.settle(payment, "bank_fee", parts, "bank_fee", may_post=True)
    return True


def credit_named(desk: Desk, day: date, docs: Docs) -> bool:
    """Named documents less a named credit note."""
    return _less_credit(desk, day, docs, named=True)


def credit_unnamed(desk: Desk, day: date, docs: Docs) -> bool:
    """Named documents less a credit note nobody mentions."""
    return _less_credit(desk, day, docs, named=False)


def _less_credit(desk: Desk, day: date, docs: Docs, named: bool) -> bool:
    total = desk.total(docs)
    if len(docs) > 5 or total < 30_000:
        return False
    first = desk.book.documents[next(iter(docs))]
    credit = total * desk.rng.randrange(5, 40) // 100 + desk.rng.randrange(7, 99)
    note = desk.add_credit(first.customer_no, credit, first.currency, first.due_on or day)
    parts = {**desk.exact(docs), note: -credit}
    memo = _named(desk, [*docs, note] if named else docs)
    payment = desk.pay(docs, total - credit, memo, day)
    if named:
        desk.settle(payment, "credit_named", parts, may_post=True)
    else:
        desk.settle(payment, "credit_unnamed", parts, "credit_not_named")
    return True


def parent_pays(desk: Desk, day: date, docs: Docs) -> bool:
    """The parent company names and pays a document of its child."""
    child = desk.customers[desk.owner(docs)]
    if not child.parent or len(docs) > 4:
        return False
    payment = desk.pay(docs, desk.total(docs), _named(desk, docs), day, payer=child.parent)
    desk.settle(payment, "parent_pays", desk.exact(docs), may_post=True)
    return True


def sibling_pays(desk: Desk, day: date, docs: Docs) -> bool:
    """Another child of the same parent names and pays it."""
    child = desk.customers[desk.owner(docs)]
    siblings = [
        c.customer_no
        for c in desk.customers.values()
        if child.parent and c.parent == child.parent and c is not child
    ]
    if not siblings or len(docs) > 4:
        return False
    sibling = desk.rng.choice(siblings)
    payment = desk.pay(docs, desk.total(docs), _named(desk, docs), day, payer=sibling)
    desk.settle(payment, "sibling_pays", desk.exact(docs), may_post=True)
    return True


def injection(desk: Desk, day: date, docs: Docs) -> bool:
    """An instruction stands beside a part payment or a full one; it is only text."""
    total = desk.total(docs)
    if len(docs) != 1 or total < 20_000:
        return False
    paid = total if desk.rng.random() < 0.5 else total * 7 // 10
    memo = f"{_named(desk, docs)} {desk.rng.choice(INJECTIONS)}"
    payment = desk.pay(docs, paid, memo, day)
    reasons = () if paid == total else ("partial_payment",)
    desk.settle(payment, "injection", {docs[0]: paid}, *reasons, may_post=True)
    return True
