"""Validation passes over the books: what does not hold comes back as values, nothing is raised.

Every check is set-based and returns only violations, so a million invoices stay in the database.
Amounts in errors are minor units, as they are stored.
"""

from collections.abc import Callable, Generator
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from itertools import islice
from typing import Any

from sqlalchemy import Select, Table, select
from sqlmodel import Session

from ledger.chains import GENESIS, audit_content, chain_hash, permit_content
from ledger.queries import violations
from ledger.queries.as_of import ROWS_AT_ONCE, credit_memo, invoice, receipt
from ledger.tables.all_tables import metadata

audit = metadata.tables["audit"]
permit = metadata.tables["permit"]

Violations = Generator[tuple[Any, Any, Any]]  # subject, expected, found
FIRST_ERRORS = 20


@dataclass(frozen=True, slots=True)
class LedgerError:
    """One thing in the books that does not hold."""

    check: str
    subject_id: str
    expected: str
    found: str
    message: str


@dataclass(frozen=True, slots=True)
class Check:
    """One pass: its name, the sentence of a violation, and where violations come from."""

    name: str
    says: str
    find: Callable[[Session, date], Violations]


def check_ledger(session: Session, as_of: date, limit: int = FIRST_ERRORS) -> list[LedgerError]:
    """Run every check and return the first `limit` errors of each; none means the books hold.

    Args:
        session: A read transaction, so that all checks see the same books.
        as_of: The date on which aging must sum to the open balance.
        limit: Errors returned per check, so that a broken import does not fill the memory.
    """
    found: list[LedgerError] = []
    for check in CHECKS:
        with closing(errors_of(check, session, as_of)) as errors:
            found += islice(errors, limit)
    return found


def errors_of(check: Check, session: Session, as_of: date) -> Generator[LedgerError]:
    """Stream the violations of one check as errors, in a stable order.

    Close it when leaving early: it holds a cursor of the database.
    A stored value that is not of its column's type ends the check with an error that says so:
    whoever changes a file by hand is not bound to types.
    """
    try:
        with closing(check.find(session, as_of)) as violations_found:
            for subject, expected, found in violations_found:
                message = check.says.format(subject=subject, expected=expected, found=found)
                yield LedgerError(check.name, str(subject), str(expected), str(found), message)
    except ValueError as unreadable:
        message = f"{check.name} stopped at a value it cannot read: {unreadable}"
        yield LedgerError(check.name, "unreadable", "a readable value", str(unreadable), message)


def _broken_seals(
    records: Table, content: Callable[[dict[str, Any]], tuple[object, ...]]
) -> Callable[[Session, date], Violations]:
    """A pass that seals each record again, behind the seal that stands before it."""
    query = select(records).order_by(records.c.seq).execution_options(yield_per=ROWS_AT_ONCE)

    def broken(session: Session, _as_of: date) -> Violations:
        seal = GENESIS
        with session.execute(query) as stored:
            for row in stored.mappings():
                expected = chain_hash(seal, *content(dict(row)))
                if (row["prev_hash"], row["hash"]) != (seal, expected):
                    yield row["seq"], expected, row["hash"]
                seal = row["hash"]

    return broken


def _rows(statement: Callable[[date], Select]) -> Callable[[Session, date], Violations]:
    """A pass that streams the rows of one statement."""

    def rows(session: Session, as_of: date) -> Violations:
        query = statement(as_of).execution_options(yield_per=ROWS_AT_ONCE)
        with session.execute(query) as found:
            yield from found

    return rows


CHECKS = (
    Check(
        "invoice_open_equals_postings",
        "invoice {subject}: open balance kept as {found}, its postings leave {expected}",
        _rows(lambda _: violations.projections_off(invoice, "open_minor", "invoice_id")),
    ),
    Check(
        "receipt_unapplied_equals_postings",
        "receipt {subject}: unapplied kept as {found}, its postings leave {expected}",
        _rows(lambda _: violations.projections_off(receipt, "unapplied_minor", "receipt_id")),
    ),
    Check(
        "credit_unapplied_equals_postings",
        "credit memo {subject}: unapplied kept as {found}, its postings leave {expected}",
        _rows(
            lambda _: violations.projections_off(credit_memo, "unapplied_minor", "credit_memo_id")
        ),
    ),
    Check(
        "receipt_not_overapplied",
        "receipt {subject}: {found} applied, only {expected} received",
        _rows(lambda _: violations.sources_overapplied(receipt, "receipt_id")),
    ),
    Check(
        "return_fits_its_receipt",
        "return {subject}: booked in {found}, its receipt or bank line is in {expected}",
        _rows(violations.returns_off),
    ),
    Check(
        "credit_not_overapplied",
        "credit memo {subject}: {found} applied, only {expected} credited",
        _rows(lambda _: violations.sources_overapplied(credit_memo, "credit_memo_id")),
    ),
    Check(
        "invoice_not_overapplied",
        "invoice {subject}: open balance {found}, adjustments explain no less than {expected}",
        _rows(violations.invoices_overapplied),
    ),
    Check(
        "application_matches_invoice",
        "application {subject}: posted to {found}, its invoice is of {expected}",
        _rows(violations.applications_off_invoice),
    ),
    Check(
        "application_matches_source",
        "application {subject}: {expected} expected, it names {found}",
        _rows(violations.applications_off_source),
    ),
    Check(
        "application_not_early",
        "application {subject}: dated {found}, before {expected} when what it joins was there",
        _rows(violations.applications_early),
    ),
    Check(
        "reversal_mirrors_application",
        "application {subject}: a reversal of {found}, expected {expected}",
        _rows(violations.reversals_off),
    ),
    Check(
        "only_reversals_are_negative",
        "application {subject}: amount {found} without {expected}",
        _rows(violations.negative_applications),
    ),
    Check(
        "instalments_sum_to_invoice",
        "invoice {subject}: instalments sum to {found}, the invoice is {expected}",
        _rows(violations.instalments_off),
    ),
    Check(
        "plan_parts_sum_to_plan",
        "plan {subject}: parts sum to {found}, the plan is {expected}",
        _rows(violations.plan_parts_off),
    ),
    Check(
        "aging_sums_to_open_balance",
        "account {subject}: aging sums to {found}, invoices less applications to {expected}",
        _rows(violations.aging_off),
    ),
    Check(
        "audit_is_sealed",
        "journal record {subject}: sealed {found}, its content gives {expected}",
        _broken_seals(audit, audit_content),
    ),
    Check(
        "audit_is_gap_free",
        "journal record {subject} stands where {expected} should",
        _rows(lambda _: violations.sequence_gaps(audit)),
    ),
    Check(
        "permit_is_sealed",
        "permit {subject}: sealed {found}, its content gives {expected}",
        _broken_seals(permit, permit_content),
    ),
    Check(
        "permit_is_gap_free",
        "permit {subject} stands where {expected} should",
        _rows(lambda _: violations.sequence_gaps(permit)),
    ),
)
