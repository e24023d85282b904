"""Takes bank files into the books, once: every line under its key, money that came in as receipts.

The same file twice, statements that overlap and any order of files post nothing a second time.
"""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import orjson
from sqlalchemy import func, select
from sqlmodel import Session

from adapters.bank_files.model import BankFile
from engines.matching.same_money import Joined
from ledger.clock import Clock, SystemClock
from ledger.errors import BadInput
from ledger.ids import make_id
from ledger.journal import audit, insert_new, mark_feed
from ledger.money import Money
from ledger.postings_bulk import add_rows
from ledger.queries.same_money import IN_DOUBT
from ledger.session import Ledger
from ledger.tables.receivable import BankLine, RemittanceLine
from ledger.tables.work import ImportBatch
from tools.bank_lines import Row, advice_lines, booked_lines, names_no_currency, receipt_of
from tools.cash_book import book_bank_receipts
from tools.same_money import join_bank_receipts

FEED = "receipts"
_BATCH = 500


@dataclass(frozen=True, slots=True)
class Unmatched:
    """A new line of the bank that is no receipt: a return, a fee, our own, or not known."""

    booked_on: date
    amount: Money
    kind: str
    payer_name: str
    memo: str


@dataclass(frozen=True, slots=True)
class TakenIn:
    """What became of a file.

    Attributes:
        known: Lines that were in the books already.
        joined: Receipts the accounting system had told of already; they are booked once.
        in_doubt: Receipts that may be such a one; a person is asked.
        to_look_at: New lines that are no receipts; a person looks at them.
        warnings: What was assumed.
    """

    batch_id: str
    receipts: int
    received: tuple[Money, ...]
    advice_lines: int
    known: int
    to_look_at: tuple[Unmatched, ...]
    warnings: tuple[str, ...]
    joined: int = 0
    in_doubt: int = 0


def take_in_bank_file(
    ledger: Ledger,
    name: str,
    data: bytes,
    file: BankFile,
    *,
    as_of: date,
    currency: str,
    accept_difference: bool = False,
    actor: str = "bank",
    clock: Clock | None = None,
    tells_how_fresh: bool = True,
) -> TakenIn:
    """Book what is new in a file, in one transaction; a file that is refused leaves nothing.

    Args:
        ledger: The books.
        name: What journal and errors call the file.
        data: Its bytes.
        file: The same, as read.
        as_of: Business date; the feed of receipts is fresh no further than this.
        currency: Our own, for lines of which file and statement name none.
        accept_difference: Take it in although its lines do not lead to its balances.
        actor: Who takes it in, for the journal.
        clock: Instant of the journal record.
        tells_how_fresh: Whether its days say how far the bank was read; a single card payment
            says nothing about that.

    Raises:
        BadInput: Its balances differ, or an amount cannot be kept.
    """
    if file.balances == "differ" and not accept_difference:
        raise BadInput(_difference(name, file))
    file_digest = hashlib.sha256(data).hexdigest()
    lines = booked_lines(name, file, file_digest, as_of, currency)
    advised = advice_lines(name, file, file_digest, as_of, currency)
    at = (clock or SystemClock()).now()
    with ledger.write() as session:
        count = session.scalar(select(func.count()).select_from(ImportBatch)) or 0
        batch_id = make_id("imp", file_digest, count)
        new = _new(session, BankLine, lines)
        receipts, joined = _book_lines(session, new, batch_id)
        told = [row | {"batch_id": batch_id} for row in _new(session, RemittanceLine, advised)]
        add_rows(session, RemittanceLine, told)
        if lines and tells_how_fresh:
            mark_feed(session, FEED, min(as_of, max(row["booked_on"] for row in lines)), at)
        counts = {
            "lines_added": len(new),
            "receipts_added": len(receipts),
            "advice_lines_added": len(told),
        }
        counts |= {"receipts_joined": len(joined.same)} if joined.same else {}
        counts |= {"receipts_in_doubt": len(joined.doubtful)} if joined.doubtful else {}
        report = orjson.dumps({"counts": counts, "format": file.format}).decode()
        batch = {
            "id": batch_id,
            "kind": "bank",
            "file_name": name,
            "file_digest": file_digest,
            "rows": len(lines) + len(advised),
            "imported_on": as_of,
            "report": report,
        }
        insert_new(session, ImportBatch, [batch])
        audit(
            session,
            at,
            "bank_file_taken_in",
            batch_id,
            actor,
            file=name,
            file_digest=file_digest,
            format=file.format,
            balances=file.balances,
            as_of=as_of.isoformat(),
            counts=counts,
        )
    return TakenIn(
        batch_id=batch_id,
        receipts=len(receipts),
        received=_sums(receipts),
        advice_lines=len(told),
        known=len(lines) - len(new),
        joined=len(joined.same),
        in_doubt=len(joined.doubtful),
        to_look_at=tuple(_unmatched(row) for row in new if row["receipt_id"] is None),
        warnings=_warnings(name, file, currency),
    )


def _book_lines(session: Session, new: Sequence[Row], batch_id: str) -> tuple[list[Row], Joined]:
    """Book new lines, and a receipt for each that came in and that nobody told of before."""
    for row in new:
        row |= {"batch_id": batch_id, "receipt_id": None}
    lines = [row for row in new if row["kind"] == "receipt"]
    receipts = [receipt_of(row, batch_id) for row in lines]
    joined = join_bank_receipts(session, receipts, lines)
    for row, receipt in zip(lines, receipts, strict=True):
        row["receipt_id"] = joined.same.get(receipt["id"], receipt["id"])
        if receipt["id"] in joined.doubtful:
            receipt["hold_reason"] = IN_DOUBT
    booked = [receipt for receipt in receipts if receipt["id"] not in joined.same]
    book_bank_receipts(session, booked)
    add_rows(session, BankLine, new)
    return booked, joined


def _new(session: Session, table: Any, rows: Sequence[Row]) -> list[Row]:
    """Those whose key is not in the books yet."""
    keys = [row["line_key"] for row in rows]
    known: set[str] = set()
    for start in range(0, len(keys), _BATCH):
        batch = keys[start : start + _BATCH]
        known.update(session.scalars(select(table.line_key).where(table.line_key.in_(batch))))
    return [row for row in rows if row["line_key"] not in known]


def _difference(name: str, file: BankFile) -> str:
    """By how much the first statement that differs does, on one line."""
    differs = (
        (number, each)
        for number, each in enumerate(file.statements, start=1)
        if each.balances == "differ"
    )
    number, statement = next(differs, (0, None))
    if statement is None:
        told = "the file does not reach its control totals"
    elif statement.currency:
        money = Money(statement.difference_minor, statement.currency)
        told = f"statement {number} misses {money} to its closing balance"
    else:
        told = f"statement {number} does not reach its closing balance"
    return f"{name}: {told}; ask the bank for it again, or take it in with --accept-difference"


def _warnings(name: str, file: BankFile, currency: str) -> tuple[str, ...]:
    if not names_no_currency(file):
        return ()
    return (f"{name}: the file names no currency; {currency} of policies/company is taken",)


def _unmatched(row: Row) -> Unmatched:
    money = Money(row["amount_minor"], row["currency"])
    return Unmatched(row["booked_on"], money, row["kind"], row["payer_name"], row["memo"])


def _sums(receipts: Iterable[Row]) -> tuple[Money, ...]:
    sums: dict[str, int] = {}
    for row in receipts:
        sums[row["currency"]] = sums.get(row["currency"], 0) + row["amount_minor"]
    return tuple(Money(minor, currency) for currency, minor in sorted(sums.items()))
