"""How often each kind of payment comes, and a whole labelled world from a seed."""

import random
from collections import deque
from dataclasses import dataclass
from pathlib import Path

from engines.matching.model import Book, Payment
from evals.matching import books, cases, cases_held, cases_mixed
from evals.matching.desk import Desk, Truth

# Shares per thousand. Rates of exceptions are stated assumptions, not measurements: three
# quarters of payments could post under the default policy.
MIX: dict[cases.Kind, int] = {
    cases.named_single: 205,
    cases.named_several: 115,
    cases.advice_mail: 90,
    cases.unnamed: 215,
    cases.name_only: 20,
    cases.mistyped: 30,
    cases.tail_only: 25,
    cases.part_payment: 25,
    cases.earned_discount: 20,
    cases.bank_fee: 22,
    cases.credit_named: 18,
    cases.parent_pays: 20,
    cases.sibling_pays: 10,
    cases.injection: 10,
    cases_mixed.advice_part: 10,
    cases_mixed.advice_discount: 10,
    cases_mixed.advice_less_fee: 6,
    cases_mixed.purchase_order: 18,
    cases_mixed.third_party: 12,
    cases_mixed.unexplained_short: 10,
    cases_mixed.memo_cut: 8,
    cases_mixed.equal_pair: 4,
    cases_mixed.nothing_open: 5,
    cases_held.short_pay: 35,
    cases.unearned_discount: 14,
    cases.credit_unnamed: 14,
    cases_held.overpayment: 16,
    cases_held.duplicate_payment: 12,
    cases_held.duplicate_line: 10,
    cases_held.unknown_payer: 18,
    cases_held.payer_conflict: 14,
    cases_held.multi_customer: 12,
    cases_held.foreign_currency: 12,
    cases_held.reversal: 12,
    cases_held.not_a_customer: 16,
    cases_held.closed_reference: 12,
    cases_held.reference_conflict: 10,
}
_WHOLE = sum(MIX.values())
_TRIES = 150


@dataclass(frozen=True)
class World:
    """Payments with their truth, and the book to match them against."""

    name: str
    book: Book
    payments: tuple[Payment, ...]
    truths: dict[str, Truth]


def build_world(
    seed: int, payments: int, items: int, style: str, folder: Path | None, source: str
) -> World:
    """Lay out about so many labelled payments.

    Args:
        seed: The same seed, the same world.
        payments: How many payments.
        items: How many open items.
        style: `seen` or `unseen` writing of references and names.
        folder: Where the public ledgers lie; None for an invented list.
        source: `ledger`, `open` or `synthetic`.
    """
    rng = random.Random(f"{seed}/{style}/{source}")
    if folder is None or source == "synthetic":
        paid = books.invent_book(rng, items)
    elif source == "open":
        paid = books.read_open_book(folder, rng, items)
    else:
        paid = books.read_ledger_book(folder, rng, items)
    desk = Desk(paid, rng, style)
    groups = deque(g for g in paid.groups if len(_currencies(paid, g[1])) == 1)
    rng.shuffle(groups)
    kinds = [kind for kind, share in MIX.items() for _ in range(share * payments // _WHOLE + 1)]
    rng.shuffle(kinds)
    for kind in kinds:
        if len(desk.payments) >= payments:
            break
        for _ in range(_TRIES):
            if not groups:
                break
            day, docs = groups.popleft()
            if desk.used.intersection(docs):
                continue
            if kind(desk, day, docs):
                break
            groups.append((day, docs))
    order = sorted(desk.payments, key=lambda p: (p.value_on, p.payment_id))
    book = Book(tuple(paid.documents.values()), tuple(desk.customers.values()), tuple(desk.advices))
    return World(f"{paid.name} {style}", book, tuple(order), desk.truths)


def _currencies(paid: books.PaidBook, docs: cases.Docs) -> set[str]:
    return {paid.documents[doc].currency for doc in docs}
