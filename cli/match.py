"""`dunwell match`: the matching engine alone over files."""

from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

from cli.csv_out import write_csv
from cli.output import emit, say

if TYPE_CHECKING:
    from engines.matching.model import Outcome, Payment

HEADS = ("payment_id", "action", "doc_id", "cash", "reason", "rank")


def run(
    open_items: Path,
    customers: Path | None,
    payments: Path,
    remittances: Path | None,
    out: Path,
    as_json: bool,
) -> None:
    """Match payments to open items and write one row per document.

    Args:
        open_items: Open invoices and credit notes.
        customers: Who pays from which accounts; None if nobody is known.
        payments: Lines of the bank.
        remittances: Remittance advices, if there are any.
        out: Where the answer goes; it is there whole or not at all.
        as_json: Print one JSON document.
    """
    from cli.match_files import read_customers, read_open_items, read_payments, read_remittances
    from engines.matching.match import match_payments
    from engines.matching.model import Book

    lines = read_payments(payments)
    book = Book(
        read_open_items(open_items),
        read_customers(customers) if customers else (),
        read_remittances(remittances) if remittances else (),
    )
    outcomes = match_payments(book, lines)
    answered = zip(lines, outcomes, strict=True)
    write_csv(out, HEADS, (row for payment, outcome in answered for row in _rows(payment, outcome)))
    actions = Counter(outcome.action.value for outcome in outcomes)
    reasons = Counter(o.reason.value for o in outcomes if o.reason and o.action != "auto")
    if as_json:
        emit({"payments": len(lines), "actions": actions, "reasons": reasons, "out": out})
        return
    told = ", ".join(f"{actions[each]} {each}" for each in ("auto", "suggest", "hold"))
    say(f"{len(lines)} payments: {told}; written to {out}")


def _rows(payment: "Payment", outcome: "Outcome") -> Iterator[tuple[str, ...]]:
    """One row per document; what stays on account has no document; a hold has only its reason."""
    reason = outcome.reason.value if outcome.reason else ""
    first = (outcome.payment_id, outcome.action.value)
    if not outcome.alternatives:
        yield (*first, "", "", reason, "")
    for rank, alternative in enumerate(outcome.alternatives, start=1):
        parts = [(part.doc_id, part.cash_minor) for part in alternative.parts]
        if alternative.on_account_minor:
            parts.append(("", alternative.on_account_minor))
        for doc_id, minor in parts:
            yield (*first, doc_id, _decimal(minor, payment.currency), reason, str(rank))


def _decimal(minor: int, currency: str) -> str:
    from ledger.money import currency_digits

    return f"{Decimal(minor).scaleb(-currency_digits(currency)):f}"
