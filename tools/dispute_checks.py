"""Billing errors found before the customer complains, as a note for billing before the due date.

Only what the ledger itself shows is compared: an order number that is missing where it is the
habit, one that belongs to a relative, the same thing billed twice, an amount off its series.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlmodel import Session

from guardrails.business_days import is_business_day
from guardrails.verdict import Allow
from ledger.actions import CreateCallTask
from ledger.journal import audit
from ledger.money import Money
from ledger.queries.account_facts import load_facts
from ledger.queries.billing import (
    FOUND,
    billed_twice,
    off_the_series,
    order_of_another,
    without_order_number,
)
from policies.schema import Policy
from tools.account_pages import shown_text
from tools.proposals import submit

AUTHOR = "dispute_analyst"
_MOST_AT_ONCE = 200


@dataclass(frozen=True, slots=True)
class BillingFinding:
    """One thing about an invoice that will likely be disputed.

    Attributes:
        reason: The code a dispute about it would have.
    """

    invoice_id: str
    account_id: str
    invoice_number: str
    due_on: date
    amount: Money
    reason: str
    says: str


def billing_findings(session: Session, policy: Policy, as_of: date) -> list[BillingFinding]:
    """Everything found in invoices due soon that billing was not told of yet."""
    checks = policy.dispute.billing_checks
    ahead = checks.look_ahead_days
    found = [
        *_missing(
            without_order_number(
                session,
                as_of,
                ahead,
                checks.history_days,
                checks.least_invoices,
                checks.order_number_percent,
            )
        ),
        *_of_another(order_of_another(session, as_of, ahead)),
        *_twice(billed_twice(session, as_of, ahead, checks.duplicate_days)),
        *_off(off_the_series(session, as_of, ahead, checks.least_invoices)),
    ]
    return sorted(found, key=lambda each: (each.due_on, each.invoice_id, each.reason))


def tell_billing(
    session: Session, policy: Policy, as_of: date, now: datetime, run_id: str | None
) -> tuple[BillingFinding, ...]:
    """Write a task for each invoice with a finding, once; returns the findings told."""
    groups: dict[str, list[BillingFinding]] = defaultdict(list)
    for finding in billing_findings(session, policy, as_of):
        groups[finding.invoice_id].append(finding)
    chosen = list(groups.values())[:_MOST_AT_ONCE]
    facts = load_facts(session, as_of, sorted({each[0].account_id for each in chosen}))
    told = []
    for findings in chosen:
        first = findings[0]
        done = submit(
            session,
            [_task(findings, policy)],
            author=AUTHOR,
            role=AUTHOR,
            facts=facts[first.account_id],
            policy=policy,
            now=now,
            run_id=run_id,
        )
        if all(isinstance(each.verdict, Allow) for each in done):
            reasons = sorted({each.reason for each in findings})
            audit(session, now, FOUND, first.invoice_id, AUTHOR, reasons=reasons)
            told += findings
    return tuple(told)


def _task(findings: list[BillingFinding], policy: Policy) -> CreateCallTask:
    first = findings[0]
    says = "; ".join(each.says for each in findings)
    summary = f"For billing: {first.invoice_number} ({first.amount}): {says}."
    return CreateCallTask(
        account_id=first.account_id,
        kind="review",
        summary=summary[:500],
        due_on=_note_by(first.due_on, policy),
    )


def _note_by(due_on: date, policy: Policy) -> date:
    """So many business days before the due date."""
    day, left = due_on, policy.dispute.billing_checks.note_before_days
    while left:
        day -= timedelta(days=1)
        left -= is_business_day(policy.company.calendar, day)
    return day


def _finding(row: Any, reason: str, says: str) -> BillingFinding:
    return BillingFinding(
        row.id,
        row.account_id,
        shown_text(row.invoice_number, 60),
        row.due_on,
        Money(row.amount_minor, row.currency),
        reason,
        says,
    )


def _missing(rows: list[Any]) -> Iterator[BillingFinding]:
    for row in rows:
        why = f"{row.numbered} of {row.others} invoices of the account carry one"
        if row.noted:
            why += ", and a contract note speaks of it"
        yield _finding(row, "PO_MISSING", f"no order number, though {why}")


def _of_another(rows: list[Any]) -> Iterator[BillingFinding]:
    for row in rows:
        order, relative = shown_text(row.po_number, 60), shown_text(row.relative, 60)
        says = f"order {order} was so far billed to {relative}, a relative of this account"
        yield _finding(row, "BILL_TO_WRONG", says)


def _twice(rows: list[Any]) -> Iterator[BillingFinding]:
    seen = set()
    for row in rows:
        if row.id not in seen:
            seen.add(row.id)
            first, order = shown_text(row.first, 60), shown_text(row.po_number, 60)
            says = f"order {order} and amount are those of {first} of {row.first_on}"
            yield _finding(row, "DUPLICATE_BILL", says)


def _off(rows: list[Any]) -> Iterator[BillingFinding]:
    for row in rows:
        usual, order = Money(row.usual_minor, row.currency), shown_text(row.po_number, 60)
        says = f"all {row.earlier} earlier invoices of order {order} were over {usual}"
        yield _finding(row, "PRICE", says)
