"""The statements behind the checks: each selects (subject, expected, found) of what does not hold.

All of them compare sets in the database and order what they find, so that a caller may stream the
first violations of a book of any size.
"""

from datetime import date
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Select,
    String,
    Subquery,
    Table,
    and_,
    cast,
    func,
    literal,
    or_,
    select,
    union_all,
)

from ledger.queries.as_of import (
    application,
    credit_memo,
    due_parts,
    instalment,
    invoice,
    receipt,
    receipt_return,
    total,
)
from ledger.states import ApplicationKind
from ledger.tables.all_tables import metadata

_SIGNED = (ApplicationKind.ADJUSTMENT, ApplicationKind.FX)
"""What may go both ways: only these may raise an open balance again without a reversal."""

bank_line = metadata.tables["bank_line"]
plan = metadata.tables["plan"]
plan_instalment = metadata.tables["plan_instalment"]


def projections_off(documents: Table, column: str, source: str) -> Select:
    """Documents whose kept balance is not their amount less all their applications and returns."""
    applied = _applied_by(source)
    kept = documents.c[column]
    expected = documents.c.amount_minor - func.coalesce(applied.c.minor, 0)
    return _with_applied(documents, applied, expected, kept).where(kept != expected)


def sources_overapplied(documents: Table, source: str) -> Select:
    """Receipts or credit memos applied, or gone back, for more than they are."""
    applied = _applied_by(source)
    amount, used = documents.c.amount_minor, func.coalesce(applied.c.minor, 0)
    return _with_applied(documents, applied, amount, used).where(used > amount)


def returns_off(as_of: date) -> Select:
    """Returns that do not fit the receipt they take from, or the line of the bank they rest on."""
    known = receipt_return.c.returned_on <= as_of
    of_receipt = and_(
        receipt.c.currency == receipt_return.c.currency,
        receipt.c.received_on <= receipt_return.c.returned_on,
        receipt_return.c.amount_minor > 0,
    )
    of_line = or_(
        receipt_return.c.bank_line_id.is_(None),
        and_(
            bank_line.c.currency == receipt_return.c.currency,
            bank_line.c.amount_minor == -receipt_return.c.amount_minor,
        ),
    )
    expected = receipt.c.currency + " after " + cast(receipt.c.received_on, String)
    found = receipt_return.c.currency + " on " + cast(receipt_return.c.returned_on, String)
    return (
        select(receipt_return.c.id, expected, found)
        .join(receipt, receipt.c.id == receipt_return.c.receipt_id)
        .outerjoin(bank_line, bank_line.c.id == receipt_return.c.bank_line_id)
        .where(known, or_(~of_receipt, ~of_line))
        .order_by(receipt_return.c.id)
    )


def invoices_overapplied(_as_of: date) -> Select:
    """Invoices below zero by more than adjustments took off.

    What a customer pays too much stays unapplied on the receipt. Only an adjustment, such as an
    exchange difference, may push an open balance below zero, and only by its own amount.
    """
    applied = _applied_by("invoice_id")
    adjusted = (
        select(application.c.invoice_id, total(application.c.amount_minor).label("minor"))
        .where(application.c.kind.in_(_SIGNED))
        .group_by(application.c.invoice_id)
        .subquery()
    )
    open_minor = invoice.c.amount_minor - func.coalesce(applied.c.minor, 0)
    floor = -func.coalesce(adjusted.c.minor, 0)
    return (
        _with_applied(invoice, applied, floor, open_minor)
        .outerjoin(adjusted, adjusted.c.invoice_id == invoice.c.id)
        .where(open_minor < 0, open_minor < floor)
    )


def applications_off_invoice(_as_of: date) -> Select:
    """Applications in another currency or for another account than their invoice."""
    mine, theirs = application.c, invoice.c
    return (
        select(application.c.id, _text(theirs, "account_id"), _text(mine, "account_id"))
        .join(invoice, theirs.id == mine.invoice_id)
        .where(or_(mine.account_id != theirs.account_id, mine.currency != theirs.currency))
        .order_by(mine.id)
    )


def applications_off_source(_as_of: date) -> Select:
    """Applications that do not name exactly the document their kind takes from, or its currency."""
    kind, by_receipt, by_credit = (
        application.c.kind,
        application.c.receipt_id.is_not(None),
        application.c.credit_memo_id.is_not(None),
    )
    fits = or_(
        and_(kind == ApplicationKind.CASH, by_receipt, ~by_credit),
        and_(kind == ApplicationKind.CREDIT, by_credit, ~by_receipt),
        and_(
            kind.not_in((ApplicationKind.CASH, ApplicationKind.CREDIT)),
            ~by_receipt,
            ~by_credit,
        ),
    )
    source_currency = func.coalesce(
        receipt.c.currency, credit_memo.c.currency, application.c.currency
    )
    named = func.coalesce(application.c.receipt_id, application.c.credit_memo_id, "no document")
    return (
        select(
            application.c.id,
            kind + " in " + source_currency,
            named + " in " + application.c.currency,
        )
        .outerjoin(receipt, receipt.c.id == application.c.receipt_id)
        .outerjoin(credit_memo, credit_memo.c.id == application.c.credit_memo_id)
        .where(or_(~fits, source_currency != application.c.currency))
        .order_by(application.c.id)
    )


def applications_early(as_of: date) -> Select:
    """Applications dated before a document they join, or before what they reverse.

    As of the days between, one of the two would stand without the other. Documents dated after
    `as_of` are not in those books yet.
    """
    original = application.alias("original")
    sources = (
        (invoice, application.c.invoice_id, invoice.c.issued_on),
        (receipt, application.c.receipt_id, receipt.c.received_on),
        (credit_memo, application.c.credit_memo_id, credit_memo.c.issued_on),
        (original, application.c.reverses_id, original.c.applied_on),
    )
    early = union_all(
        *(
            select(application.c.id, dated.label("expected"), application.c.applied_on)
            .join(source, source.c.id == named)
            .where(application.c.applied_on < dated, dated <= as_of)
            for source, named, dated in sources
        )
    ).subquery()
    return select(early).order_by(early.c.id, early.c.expected)


def reversals_off(_as_of: date) -> Select:
    """Reversals that are not their application with the opposite sign."""
    original = application.alias("original")
    expected = _mirror(original, -original.c.amount_minor)
    found = _mirror(application, application.c.amount_minor)
    return (
        select(application.c.id, expected, found)
        .join(original, original.c.id == application.c.reverses_id)
        .where(expected != found)
        .order_by(application.c.id)
    )


def negative_applications(_as_of: date) -> Select:
    """Negative applications that reverse nothing; only an adjustment may go both ways."""
    return (
        select(application.c.id, literal("reverses_id"), application.c.amount_minor)
        .where(
            application.c.amount_minor < 0,
            application.c.reverses_id.is_(None),
            application.c.kind.not_in(_SIGNED),
        )
        .order_by(application.c.id)
    )


def instalments_off(_as_of: date) -> Select:
    """Invoices whose instalments in force do not sum to the invoice."""
    found = total(instalment.c.amount_minor)
    return (
        select(invoice.c.id, invoice.c.amount_minor, found)
        .join(instalment, instalment.c.invoice_id == invoice.c.id)
        .where(instalment.c.ended_on.is_(None))
        .group_by(invoice.c.id, invoice.c.amount_minor)
        .having(found != invoice.c.amount_minor)
        .order_by(invoice.c.id)
    )


def plan_parts_off(_as_of: date) -> Select:
    """Plans whose parts do not sum to the plan; a plan without parts sums to nothing."""
    found = total(plan_instalment.c.amount_minor)
    return (
        select(plan.c.id, plan.c.amount_minor, found)
        .outerjoin(plan_instalment, plan_instalment.c.plan_id == plan.c.id)
        .group_by(plan.c.id, plan.c.amount_minor)
        .having(found != plan.c.amount_minor)
        .order_by(plan.c.id)
    )


def aging_off(as_of: date) -> Select:
    """Accounts whose aging does not sum to invoices less applications as of the date."""
    due = due_parts(as_of).subquery()
    none = literal(0, BigInteger)
    sides = union_all(
        select(
            due.c.account_id,
            due.c.currency,
            none.label("books"),
            due.c.open_minor.label("aging"),
        ),
        select(invoice.c.account_id, invoice.c.currency, invoice.c.amount_minor, none).where(
            invoice.c.issued_on <= as_of
        ),
        select(invoice.c.account_id, invoice.c.currency, -application.c.amount_minor, none)
        .join(application, application.c.invoice_id == invoice.c.id)
        .where(application.c.applied_on <= as_of),
    ).subquery()
    books, aging = total(sides.c.books), total(sides.c.aging)
    return (
        select(sides.c.account_id + " in " + sides.c.currency, books, aging)
        .group_by(sides.c.account_id, sides.c.currency)
        .having(books != aging)
        .order_by(sides.c.account_id, sides.c.currency)
    )


def sequence_gaps(records: Table) -> Select:
    """Records whose number does not follow the one before; the first is 1."""
    before = func.lag(records.c.seq, 1, 0).over(order_by=records.c.seq)
    numbered = select(records.c.seq, (before + 1).label("expected")).subquery()
    return (
        select(numbered.c.seq, numbered.c.expected, numbered.c.seq.label("found"))
        .where(numbered.c.seq != numbered.c.expected)
        .order_by(numbered.c.seq)
    )


def _applied_by(source: str) -> Subquery:
    """Everything ever applied to an invoice, or taken from a receipt or credit memo."""
    document = application.c[source]
    used = select(document.label("document_id"), application.c.amount_minor).where(
        document.is_not(None)
    )
    if source == "receipt_id":
        back = select(receipt_return.c.receipt_id, receipt_return.c.amount_minor)
        moved = union_all(used, back).subquery()
        return (
            select(moved.c.document_id, total(moved.c.amount_minor).label("minor"))
            .group_by(moved.c.document_id)
            .subquery()
        )
    return (
        select(document.label("document_id"), total(application.c.amount_minor).label("minor"))
        .where(document.is_not(None))
        .group_by(document)
        .subquery()
    )


def _with_applied(
    documents: Table, applied: Subquery, expected: ColumnElement[int], found: ColumnElement[int]
) -> Select:
    return (
        select(documents.c.id, expected, found)
        .outerjoin(applied, applied.c.document_id == documents.c.id)
        .order_by(documents.c.id)
    )


def _text(columns: Any, first: str) -> ColumnElement[str]:
    return columns[first] + " in " + columns.currency


def _mirror(row: Any, amount: ColumnElement[int]) -> ColumnElement[str]:
    """What a reversal shares with its application, and the amount it should have."""
    text = row.c.kind + " " + cast(amount, String) + " " + row.c.currency
    for name in ("account_id", "invoice_id", "receipt_id", "credit_memo_id"):
        text = text + " " + func.coalesce(row.c[name], "-")
    return text
