"""Case kinds between the two: advised parts, orders, strangers who name documents, cut texts."""

from dataclasses import replace
from datetime import date, timedelta

from evals.matching.cases import Docs
from evals.matching.desk import Desk
from evals.matching.noise import write_nothing, write_references


def advice_part(desk: Desk, day: date, docs: Docs) -> bool:
    """The advice says that one document is paid in part, without a deduction."""
    if len(docs) > 5 or desk.total(docs) < 60_000:
        return False
    hit = max(docs, key=lambda d: desk.book.documents[d].amount_minor)
    parts = desk.exact(docs)
    parts[hit] = parts[hit] * desk.rng.choice((30, 50, 60)) // 100
    payment = desk.pay(docs, sum(parts.values()), write_nothing(desk.rng, desk.style), day)
    lines = [
        (doc, minor, 0, "balance to follow" if doc == hit else "") for doc, minor in parts.items()
    ]
    desk.advise(payment, desk.owner(docs), lines)
    desk.settle(payment, "advice_part", parts, "partial_payment", may_post=True)
    return True


def advice_discount(desk: Desk, day: date, docs: Docs) -> bool:
    """An earned discount stands on every line of the advice."""
    first_due = min(desk.book.documents[doc].due_on or day for doc in docs)
    day = first_due - timedelta(desk.rng.randrange(10, 25))
    if len(docs) > 8 or desk.total(docs) < 50_000:
        return False
    taken = {d: (m * 2 + 50) // 100 for d, m in desk.exact(docs).items()}
    parts = {d: m - taken[d] for d, m in desk.exact(docs).items()}
    payment = desk.pay(docs, sum(parts.values()), write_nothing(desk.rng, desk.style), day)
    words = desk.rng.choice(("2% cash discount", "Skonto 2%", "early payment discount"))
    lines = [(d, m, taken[d], words) for d, m in desk.exact(docs).items()]
    desk.advise(payment, desk.owner(docs), lines)
    desk.settle(payment, "advice_discount", parts, may_post=True)
    return True


def purchase_order(desk: Desk, day: date, docs: Docs) -> bool:
    """Only the payer's order number is named; the open document carries it."""
    if len(docs) != 1 or docs[0].startswith("CN"):
        return False
    order = f"45{desk.rng.randrange(10**7, 10**8)}"
    doc = desk.book.documents[docs[0]]
    desk.book.documents[docs[0]] = replace(doc, references=(order,))
    payment = desk.pay(docs, desk.total(docs), f"PO {order}", day)
    desk.settle(payment, "purchase_order", desk.exact(docs), may_post=True)
    return True


def third_party(desk: Desk, day: date, docs: Docs) -> bool:
    """A name nobody knows pays a named document to the cent."""
    if len(docs) > 3:
        return False
    memo = write_references(docs, desk.rng, desk.style)
    payment = desk.pay_stranger(desk.total(docs), memo, day)
    currency = desk.book.documents[next(iter(docs))].currency
    desk.payments[-1] = replace(payment, currency=currency)
    desk.settle(payment, "third_party", desk.exact(docs), may_post=True)
    return True


def unexplained_short(desk: Desk, day: date, docs: Docs) -> bool:
    """A named document, some per cent short, and not a word about it."""
    total = desk.total(docs)
    if len(docs) > 3 or total < 300_000:
        return False
    hit = max(docs, key=lambda d: desk.book.documents[d].amount_minor)
    taken = total * desk.rng.randrange(60, 110) // 1000 + desk.rng.randrange(11, 97)
    parts = desk.exact(docs)
    if parts[hit] <= taken:
        return False
    parts[hit] -= taken
    memo = write_references(docs, desk.rng, desk.style)
    payment = desk.pay(docs, total - taken, memo, day)
    desk.settle(payment, "unexplained_short", parts, "short_pay", "partial_payment")
    return True


def memo_cut(desk: Desk, day: date, docs: Docs) -> bool:
    """The bank cut the text: the last numbers are missing."""
    if not 4 <= len(docs) <= 20:
        return False
    memo = ("INV " + " ".join(docs))[: 4 + (len(docs[0]) + 1) * (len(docs) - 2) + 3]
    payment = desk.pay(docs, desk.total(docs), memo, day)
    desk.settle(payment, "memo_cut", desk.exact(docs))
    return True


def equal_pair(desk: Desk, day: date, docs: Docs) -> bool:
    """Two equal documents, two equal payments on one day, nothing named."""
    owner = desk.owner(docs)
    if len(docs) != 1 or not desk.is_known(owner):
        return False
    one = desk.book.documents[docs[0]]
    twins = [
        d
        for d in desk.book.by_customer[owner]
        if d != docs[0]
        and d not in desk.used
        and desk.book.documents[d].amount_minor == one.amount_minor
        and desk.book.documents[d].currency == one.currency
    ]
    if not twins:
        return False
    account = desk.secret_accounts[owner]
    for doc in (docs[0], twins[0]):
        payment = desk.pay((doc,), one.amount_minor, "", day, payer_account=account)
        desk.settle(payment, "equal_pair", desk.exact((doc,)), "ambiguous_equal_amounts")
    return True


def nothing_open(desk: Desk, day: date, docs: Docs) -> bool:
    """A known customer sends an amount that fits nothing it owes."""
    owner = desk.owner(docs)
    if not desk.is_known(owner) or len(desk.book.by_customer[owner]) > 6 or owner in desk.used:
        return False
    minor = desk.total(tuple(desk.book.by_customer[owner])) * 2 + 1_234_57
    account = desk.secret_accounts[owner]
    desk.used.add(owner)
    payment = desk.pay(docs, minor, "PREPAYMENT", day, payer_account=account)
    desk.settle(payment, "nothing_open", {}, "overpayment")
    return True


def advice_less_fee(desk: Desk, day: date, docs: Docs) -> bool:
    """The advice is complete, but a bank on the way kept its charge."""
    owner = desk.owner(docs)
    if not 1 < len(docs) <= 6 or desk.total(docs) < 200_000 or not desk.is_known(owner):
        return False
    fee = desk.rng.choice((1000, 1500, 2500))
    parts = desk.exact(docs)
    parts[max(parts, key=parts.__getitem__)] -= fee
    account = desk.secret_accounts[owner]
    memo = write_nothing(desk.rng, desk.style)
    payment = desk.pay(docs, sum(parts.values()), memo, day, payer_account=account, channel="wire")
    advice = desk.advise(payment, owner, [(d, m, 0, "") for d, m in desk.exact(docs).items()])
    desk.advices[-1] = replace(advice, total_minor=desk.total(docs))
    desk.settle(payment, "advice_less_fee", parts, "bank_fee", may_post=True)
    return True
