"""Runs of the benchmark: a world, the engine over it on one core, the score."""

import re
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from engines.matching.match import match_payments
from engines.matching.model import Book, Payment
from evals.matching.mix import World, build_world
from evals.matching.scoring import Score, score_outcomes

_LAST_DIGITS = re.compile(r"(\d+)$")


@dataclass(frozen=True)
class Run:
    """A scored world."""

    world: World
    score: Score
    seconds: float


def run_benchmark(
    seed: int, payments: int, items: int, style: str, folder: Path | None
) -> Iterator[Run]:
    """Score the engine over every source of open items there is.

    Args:
        seed: The same seed, the same payments.
        payments: How many per source.
        items: How many open items per source.
        style: `seen` or `unseen` writing; the unseen one was never used to build or train.
        folder: Where the public ledgers lie, or None for an invented list only.
    """
    for source in ("ledger", "open", "synthetic") if folder else ("synthetic",):
        world = build_world(seed, payments, items, style, folder, source)
        begun = time.perf_counter()
        outcomes = match_payments(world.book, world.payments)
        seconds = time.perf_counter() - begun
        yield Run(world, score_outcomes(outcomes, world.payments, world.truths), seconds)


def time_sizes(seed: int, copies: tuple[int, ...]) -> Iterator[tuple[int, int, float]]:
    """Match one invented world many times over, each copy with customers of its own.

    Yields:
        Payments, open items and seconds of one core of each size.
    """
    world = build_world(seed, 1600, 8000, "unseen", None, "synthetic")
    match_payments(world.book, world.payments[:1])  # what is loaded once is not a size's
    for count in copies:
        book, payments = _copied(world, count)
        begun = time.process_time()
        match_payments(book, payments)
        yield len(payments), len(book.documents), time.process_time() - begun


def _copied(world: World, count: int) -> tuple[Book, list[Payment]]:
    """Copies differ in customers, accounts, names and the digits of documents, as ledgers would."""
    documents, customers, advices, payments = [], [], [], []
    for copy in range(count):
        mark = f"{copy + 101}"
        numbers = {d.doc_id: _LAST_DIGITS.sub(rf"{mark}\1", d.doc_id) for d in world.book.documents}
        documents += [
            replace(d, doc_id=numbers[d.doc_id], customer_no=mark + d.customer_no)
            for d in world.book.documents
        ]
        customers += [
            replace(
                c,
                customer_no=mark + c.customer_no,
                name=f"{_word(copy)} {c.name}",
                accounts=tuple(mark + a for a in c.accounts),
                parent=mark + c.parent if c.parent else "",
            )
            for c in world.book.customers
        ]
        advices += [
            replace(
                a,
                payer_text=f"{_word(copy)} {a.payer_text}",
                lines=tuple(
                    replace(x, reference=numbers.get(x.reference, x.reference)) for x in a.lines
                ),
            )
            for a in world.book.advices
        ]
        for payment in world.payments:
            memo = payment.memo
            for doc_id in world.truths[payment.payment_id].parts:
                memo = memo.replace(doc_id, numbers[doc_id])
            payments.append(
                replace(
                    payment,
                    payment_id=f"{mark}{payment.payment_id}",
                    bank_ref=f"{mark}{payment.bank_ref}",
                    memo=memo,
                    payer_name=f"{_word(copy)} {payment.payer_name}",
                    payer_account=payment.payer_account and mark + payment.payer_account,
                )
            )
    return Book(tuple(documents), tuple(customers), tuple(advices)), payments


def _word(copy: int) -> str:
    letters = "BCDFGHJKLMNPQRSTVWXZ"
    return f"{letters[copy % 20]}{'AEIOU'[copy % 5]}{letters[copy // 20 % 20]}O{letters[copy % 13]}"
