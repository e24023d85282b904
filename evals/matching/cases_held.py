"""Case kinds that always wait for a person, each with the reason a clerk would give."""

from dataclasses import replace
from datetime import date, timedelta

from evals.matching.cases import Docs
from evals.matching.desk import Desk
from evals.matching.noise import write_nothing, write_references

_DEDUCTIONS = (
    ("damaged goods", "DMG"),
    ("short shipment 4 cartons", "SHORT"),
    ("pricing difference PO", "PRICE"),
    ("Werbekostenzuschuss", "WKZ"),
    ("co-op advertising", "ADV"),
    ("freight claim", "FRT"),
)
_NOT_CUSTOMERS = (
    ("INTEREST CREDIT Q1", "FIRST NATIONAL BANK"),
    ("TAX REFUND 2025 CORP INCOME", "STATE DEPT OF REVENUE"),
    ("Zinsgutschrift Tagesgeld", "HAUSBANK AG"),
    ("INTERNAL TRANSFER FROM SWEEP ACCT", ""),
    ("PAYROLL RETURN FUNDING ADJ", "PAYDATA SERVICES"),
    ("INSURANCE CLAIM SETTLEMENT 88213", "ACME MUTUAL INSURANCE"),
    ("Erstattung Umsatzsteuer", "FINANZAMT MITTE"),
    ("MONEY MARKET DIVIDEND", "TREASURY FUND"),
)
_RETURNS = (
    "RETURNED ITEM NSF",
    "ACH RETURN R01 INSUFFICIENT FUNDS",
    "Ruecklastschrift mangels Deckung",
    "CHARGEBACK",
    "REVERSAL OF DEPOSIT",
    "REJET PRELEVEMENT",
)


def _named(desk: Desk, docs: tuple[str, ...]) -> str:
    return write_references(docs, desk.rng, desk.style)


def short_pay(desk: Desk, day: date, docs: Docs) -> bool:
    """A deduction with its reason, stated in the memo or on an advice."""
    total = desk.total(docs)
    if len(docs) > 6 or total < 50_000:
        return False
    hit = max(docs, key=lambda d: desk.book.documents[d].amount_minor)
    most = desk.book.documents[hit].amount_minor
    taken = most * desk.rng.randrange(4, 30) // 100 + desk.rng.randrange(11, 97)
    words, code = desk.rng.choice(_DEDUCTIONS)
    parts = desk.exact(docs)
    parts[hit] -= taken
    by_advice = desk.rng.random() < 0.7
    memo = write_nothing(desk.rng, desk.style) if by_advice else f"{_named(desk, docs)} LESS {code}"
    if not by_advice:
        memo += f" {taken // 100}.{taken % 100:02d} {words}"
    payment = desk.pay(docs, total - taken, memo, day)
    if by_advice:
        lines = [
            (d, m, taken if d == hit else 0, words if d == hit else "")
            for d, m in desk.exact(docs).items()
        ]
        desk.advise(payment, desk.owner(docs), lines)
    desk.settle(payment, "short_pay", parts, "short_pay")
    return True


def overpayment(desk: Desk, day: date, docs: Docs) -> bool:
    """More than the named documents owe; the rest stays on account."""
    total = desk.total(docs)
    if len(docs) > 3 or total < 5_000:
        return False
    extra = desk.rng.choice((50_00, 100_00, 500_00, total // 10 + 1, total // 3 + 7))
    payment = desk.pay(docs, total + extra, _named(desk, docs), day)
    desk.settle(payment, "overpayment", desk.exact(docs), "overpayment", on_account=extra)
    return True


def duplicate_payment(desk: Desk, day: date, docs: Docs) -> bool:
    """Paid, then paid again some days later under a bank reference of its own."""
    if len(docs) > 4:
        return False
    memo = _named(desk, docs)
    first = desk.pay(docs, desk.total(docs), memo, day)
    desk.settle(first, "named_single", desk.exact(docs), may_post=True)
    again = day + timedelta(desk.rng.randrange(1, 9))
    second = replace(
        first, payment_id=f"P{len(desk.payments) + 1:06d}", value_on=again, bank_ref=f"X{day}{memo}"
    )
    desk.payments.append(second)
    desk.settle(second, "duplicate_payment", {}, "duplicate_payment")
    return True


def duplicate_line(desk: Desk, day: date, docs: Docs) -> bool:
    """The same line of the bank a second time."""
    first = desk.pay(docs, desk.total(docs), _named(desk, docs), day)
    kind = "named_single" if len(docs) == 1 else "named_several"
    desk.settle(first, kind, desk.exact(docs), may_post=True)
    second = replace(first, payment_id=f"P{len(desk.payments) + 1:06d}")
    desk.payments.append(second)
    desk.settle(second, "duplicate_line", {}, "duplicate_bank_line")
    return True


def unknown_payer(desk: Desk, day: date, _docs: Docs) -> bool:
    """A stranger, an odd amount, no reference."""
    memo = write_nothing(desk.rng, desk.style)
    payment = desk.pay_stranger(desk.rng.randrange(10_011, 9_000_099), memo, day)
    desk.settle(payment, "unknown_payer", {}, "unknown_payer")
    return True


def payer_conflict(desk: Desk, day: date, docs: Docs) -> bool:
    """A known customer names the document of another one it has nothing to do with."""
    owner = desk.customers[desk.owner(docs)]
    others = [c for c in desk.customers.values() if c.accounts and not _related(owner, c)]
    if len(docs) > 2 or not others:
        return False
    other = desk.rng.choice(others)
    if desk.book.payers[other.customer_no].name.split()[0] == owner.name.split()[0]:
        return False
    memo = _named(desk, docs)
    account = desk.secret_accounts[other.customer_no]
    if sum(account in c.accounts for c in desk.customers.values()) > 1:
        return False
    payment = desk.pay(
        docs, desk.total(docs), memo, day, payer=other.customer_no, payer_account=account
    )
    desk.settle(payment, "payer_conflict", desk.exact(docs), "payer_conflict")
    return True


def _related(one: object, two: object) -> bool:
    family = {one.customer_no, one.parent} - {""}
    return bool(family & ({two.customer_no, two.parent} - {""}))


def multi_customer(desk: Desk, day: date, docs: Docs) -> bool:
    """One receipt pays documents of two customers, all named."""
    first = desk.book.documents[docs[0]]
    if len(docs) > 2:
        return False
    others = [
        free[0]
        for owner, ids in desk.book.by_customer.items()
        if (free := [doc for doc in ids if doc not in desk.used])
        and owner != first.customer_no
        and desk.book.documents[free[0]].currency == first.currency
    ]
    if not others:
        return False
    both = (*docs, desk.rng.choice(others))
    payment = desk.pay(both, desk.total(both), _named(desk, both), day)
    desk.settle(payment, "multi_customer", desk.exact(both), "multi_customer")
    return True


def foreign_currency(desk: Desk, day: date, docs: Docs) -> bool:
    """A named document is paid in another currency."""
    if len(docs) != 1:
        return False
    total, currency = desk.total(docs), desk.book.documents[docs[0]].currency
    paid = total * desk.rng.randrange(70, 140) // 100
    other = desk.rng.choice([c for c in ("USD", "EUR", "CAD", "GBP") if c != currency])
    payment = desk.pay(docs, paid, _named(desk, docs), day, currency=other)
    desk.settle(payment, "foreign_currency", {docs[0]: paid}, "fx")
    return True


def reversal(desk: Desk, day: date, docs: Docs) -> bool:
    """Money goes back."""
    if len(docs) > 2:
        return False
    memo = f"{desk.rng.choice(_RETURNS)} {_named(desk, docs) if desk.rng.random() < 0.6 else ''}"
    payment = desk.pay(docs, -desk.total(docs), memo.strip(), day)
    desk.settle(payment, "reversal", {}, "reversal")
    return True


def not_a_customer(desk: Desk, day: date, _docs: Docs) -> bool:
    """Interest, taxes, own transfers."""
    memo, name = desk.rng.choice(_NOT_CUSTOMERS)
    payment = desk.pay_stranger(desk.rng.randrange(500, 800_000), memo, day, name or "OWN ACCT")
    desk.settle(payment, "not_a_customer", {}, "not_a_customer_payment")
    return True


def closed_reference(desk: Desk, day: date, docs: Docs) -> bool:
    """It names a document that is not open any more."""
    if not desk.book.closed or desk.total(docs) < 1_000:
        return False
    closed = desk.rng.choice(desk.book.closed)
    minor = desk.rng.randrange(10_013, 4_000_000)
    payment = desk.pay(docs, minor, _named(desk, (closed,)), day)
    desk.settle(payment, "closed_reference", {}, "reference_not_open")
    return True


def reference_conflict(desk: Desk, day: date, docs: Docs) -> bool:
    """It names one document of the payer and pays the exact amount of another."""
    owner = desk.owner(docs)
    if len(docs) != 1 or desk.equals(docs[0]) > 1 or not desk.is_known(owner):
        return False
    paid = desk.book.documents[docs[0]]
    others = [
        d
        for d in desk.book.by_customer[owner]
        if d not in desk.used
        and desk.book.documents[d].currency == paid.currency
        and abs(desk.book.documents[d].amount_minor - paid.amount_minor) > 5_000
    ]
    if not others:
        return False
    named = desk.rng.choice(others)
    desk.used.add(named)
    account = desk.secret_accounts[owner]
    payment = desk.pay(docs, desk.total(docs), _named(desk, (named,)), day, payer_account=account)
    desk.settle(payment, "reference_conflict", desk.exact(docs), "reference_conflict")
    return True
