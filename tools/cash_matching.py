"""Matches the receipts of a night against the whole book, and says how each may be applied."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from typing import Any

from sqlmodel import Session

from engines.matching.classify import states_deduction
from engines.matching.match import match_payments
from engines.matching.memory import Memory
from engines.matching.model import (
    Action,
    Advice,
    AdviceLine,
    Alternative,
    Book,
    Customer,
    OpenDocument,
    Outcome,
    Payment,
    Reason,
)
from engines.matching.rules import MatchRules
from ledger.actions import Allocation, ApplyReceipt, CashEvidence
from ledger.queries import cash_matching as reads
from ledger.tables.receivable import RemittanceLine
from policies.schema import CashPolicy

CLOSED_DAYS = 180
ON_ACCOUNT = "on_account"
_LONGEST_CLAIM = 300

_EVIDENCE: dict[str, CashEvidence] = {
    "named": "named_invoice",
    "named_part": "named_part_payment",
    "named_credit": "named_credit_note",
    "named_discount": "named_less_discount",
    "named_fee": "named_less_fee",
    "named_tail": "nearly_named_invoice",
    "named_slip": "nearly_named_invoice",
    "advised": "remittance_advice",
    "advised_discount": "advice_less_discount",
    "advised_part": "advice_part_payment",
    "amount_account": "unique_exact_amount",
    "amount_number": "unique_exact_amount",
    "amount_name": "unique_exact_amount",
    "set_account": "unique_set_of_items",
    "set_number": "unique_set_of_items",
    "set_name": "unique_set_of_items",
    "run": "run_by_due_date",
    "due_to_date": "run_by_due_date",
    "whole_book": "whole_account",
    "equal_amount": "equal_amounts",
    "combination": "likely_combination",
    "short_pay": "short_payment",
    "over": "overpayment",
    "conflict": "conflicting_reference",
    "conflict_named": "conflicting_reference",
    "oldest_first": "oldest_first",
}


@dataclass(frozen=True, slots=True)
class Way:
    """One way to apply a receipt on one account; minor units.

    Attributes:
        cash: Cash per invoice.
        numbers: The documents with what the payer spends on each, credits below zero.
        credits: (credit memo, invoice, amount) of credits that are netted.
        given_up: (kind, invoice, amount) of a fee, a discount or a deduction.
        on_account_minor: Cash that stays unapplied.
    """

    account_id: str
    cash: tuple[tuple[str, int], ...]
    numbers: tuple[tuple[str, int], ...]
    credits: tuple[tuple[str, str, int], ...]
    given_up: tuple[tuple[str, str, int], ...]
    on_account_minor: int
    evidence: CashEvidence
    pattern: str
    probability: float

    def action(self, receipt_id: str, evidence: CashEvidence | None = None) -> ApplyReceipt:
        """The cash leg as an action."""
        return ApplyReceipt(
            account_id=self.account_id,
            receipt_id=receipt_id,
            allocations=tuple(Allocation(invoice_id=i, amount_minor=m) for i, m in self.cash),
            evidence=evidence or self.evidence,
        )


@dataclass(frozen=True, slots=True)
class Matched:
    """What the engine says of a receipt, in ids of the ledger; ways are best first.

    Attributes:
        account_id: Whose receipt it is known to be.
        again: It was looked at before and set aside.
        claim: Why the payer kept something back, in its own words; nothing where it is silent.
    """

    receipt_id: str
    account_id: str | None
    currency: str
    action: Action
    reason: str
    ways: tuple[Way, ...]
    again: bool
    claim: str = ""


def match_receipts(
    session: Session, as_of: date, policy: CashPolicy, memory: Memory | None = None
) -> list[Matched]:
    """Match everything that waits; a receipt that once paid something is left as it stands.

    Args:
        session: A read transaction.
        as_of: The business date.
        policy: Tolerances.
        memory: What people confirmed.
    """
    again = {reason.value for reason in Reason}
    since = as_of - timedelta(days=policy.advice_days)
    found = reads.waiting_receipts(session, as_of, since, again)
    if not found:
        return []
    touched = reads.ever_applied(session)
    asked = reads.ever_proposed(session, since)
    left = [row for row in found if row.id in touched]
    rows = [row for row in found if row.id not in touched and not _was_asked(row, asked)]
    desk = _Desk(session, as_of, policy, rows)
    payments = [_payment(row, row.account_id or row.payer_account or "") for row in rows]
    outcomes = match_payments(desk.book, payments, rules_of(policy), memory)
    matched = [desk.matched(row, out) for row, out in zip(rows, outcomes, strict=True)]
    kept = [
        Matched(row.id, row.account_id, row.currency, Action.HOLD, ON_ACCOUNT, (), again=False)
        for row in left
        if row.hold_reason is None
    ]
    return matched + kept


def _was_asked(row: Any, asked: set[str]) -> bool:
    return row.hold_reason is not None and row.id in asked


def rules_of(policy: CashPolicy) -> MatchRules:
    """The tolerances of policy as the engine takes them."""
    return MatchRules(
        fee_most_minor=0,
        fees_most_minor=policy.fees_most_minor,
        fee_most_permille=policy.fee_most_permille,
        earned_discount_permille=policy.earned_discount_permille,
        discount_days_early=policy.discount_days_early,
        short_pay_percent=policy.short_pay_percent,
        set_most_documents=policy.set_most_documents,
        advice_days=policy.advice_days,
        duplicate_days=policy.duplicate_days,
        new_accounts_most_minor=policy.new_accounts_most_minor,
    )


def _payment(row: Any, payer_account: str) -> Payment:
    """A receipt as the engine reads it."""
    return Payment(
        payment_id=row.id,
        value_on=row.received_on,
        amount_minor=row.amount_minor,
        currency=row.currency,
        channel=row.code or "",
        payer_name=row.payer_name,
        payer_account=payer_account,
        bank_ref=row.bank_ref or "",
        memo=row.memo,
    )


class _Desk:
    """The book of a batch, and the way back from the engine's numbers to ids."""

    def __init__(
        self, session: Session, as_of: date, policy: CashPolicy, rows: Sequence[Any]
    ) -> None:
        documents = [*reads.open_invoices(session, as_of), *reads.open_credits(session, as_of)]
        self.rows = _by_document(documents)
        oldest = min((row.received_on for row in rows), default=as_of)
        window = timedelta(days=policy.advice_days)
        self.book = Book(
            tuple(_document(doc_id, row) for doc_id, row in self.rows.items()),
            tuple(_customers(session, rows)),
            tuple(_advices(reads.advised_between(session, oldest - window, as_of + window))),
            reads.closed_since(session, as_of - timedelta(days=CLOSED_DAYS)),
            tuple(_paid_before(session, oldest - timedelta(days=policy.duplicate_days), as_of)),
        )

    def matched(self, row: Any, outcome: Outcome) -> Matched:
        """An outcome in ids of the ledger; what no account of ours can take is held."""
        ways = [self._way(each, row.currency) for each in outcome.alternatives]
        fit = tuple(way for way in ways if way and row.account_id in (None, way.account_id))
        action, reason = outcome.action, outcome.reason.value if outcome.reason else ""
        if action is Action.AUTO and not fit:
            reason = Reason.PAYER_CONFLICT.value
        action = action if fit else Action.HOLD
        again = row.hold_reason is not None
        reason = reason or ("" if action is Action.AUTO else Reason.AMBIGUOUS_COMBINATION.value)
        claim = self._claim(row, fit[0]) if fit and reason == Reason.SHORT_PAY else ""
        return Matched(row.id, row.account_id, row.currency, action, reason, fit, again, claim)

    def _claim(self, row: Any, way: Way) -> str:
        """Why less was paid: the words of the memo, else of the advice with that total."""
        if states_deduction(row.memo):
            return row.memo[:_LONGEST_CLAIM]
        numbers = {number for number, _minor in way.numbers}
        said = (
            line.reason_text
            for advice in self.book.advices
            if (advice.total_minor, advice.currency) == (row.amount_minor, row.currency)
            for line in advice.lines
            if line.deduction_minor > 0 and line.reference.strip() in numbers
        )
        return next((words[:_LONGEST_CLAIM] for words in said if words.strip()), "")

    def _way(self, given: Alternative, currency: str) -> Way | None:
        """An alternative in ids; None where it spans accounts or currencies, or pays nothing."""
        parts = [(self.rows[part.doc_id], part.cash_minor) for part in given.parts]
        owners = {row.account_id for row, _minor in parts}
        if len(owners) != 1:
            return None
        cash, netted = _net(parts)
        if not cash or {row.currency for row, _minor in parts} != {currency}:
            return None
        return Way(
            account_id=owners.pop(),
            cash=cash,
            numbers=tuple((row.number, minor) for row, minor in parts),
            credits=netted,
            given_up=tuple(
                (each.kind, self.rows[each.doc_id].id, each.minor) for each in given.differences
            ),
            on_account_minor=given.on_account_minor,
            evidence=_EVIDENCE.get(given.pattern.partition("/")[0], "person"),
            pattern=given.pattern,
            probability=given.probability,
        )


def _by_document(rows: Iterable[Any]) -> dict[str, Any]:
    """Rows under their number; numbers that several accounts use are told apart by the owner's."""
    grouped: dict[str, list[Any]] = {}
    for row in rows:
        grouped.setdefault(row.number, []).append(row)
    found = {}
    for number, same in grouped.items():
        for place, row in enumerate(same):
            found[number if len(same) == 1 else f"{number}@{row.account_number}/{place}"] = row
    return found


def _document(doc_id: str, row: Any) -> OpenDocument:
    numbers = (row.po_number or "", "" if doc_id == row.number else row.number)
    return OpenDocument(
        doc_id,
        row.account_number,
        row.minor,
        row.currency,
        row.due_on,
        references=tuple(number for number in numbers if number),
    )


def _customers(session: Session, rows: Sequence[Any]) -> Iterable[Customer]:
    """Every account; one that is known to have paid a receipt is known by its own id."""
    paying = {row.account_id for row in rows}
    for row in reads.payers(session):
        known = (row.id,) if row.id in paying else ()
        yield Customer(row.account_number, row.name, known, row.parent or "")


def _advices(lines: Sequence[RemittanceLine]) -> Iterable[Advice]:
    for key, group in groupby(lines, key=lambda line: line.advice_key):
        of_one = list(group)
        first = of_one[0]
        yield Advice(
            first.advice_number or key,
            first.advised_on,
            first.payer_name,
            first.total_minor,
            first.currency,
            tuple(
                AdviceLine(
                    each.reference,
                    each.gross_minor,
                    each.deduction_minor,
                    each.net_minor,
                    each.reason,
                )
                for each in of_one
            ),
        )


def _paid_before(session: Session, since: date, through: date) -> Iterable[Payment]:
    """Earlier receipts under everything their payer is known by."""
    for row in reads.paid_between(session, since, through):
        told = [each for each in (row.account_id, row.payer_account) if each]
        for known in dict.fromkeys([*told, ""] if row.payer_name else told):
            yield _payment(row, known)


def _net(
    parts: Sequence[tuple[Any, int]],
) -> tuple[tuple[tuple[str, int], ...], tuple[tuple[str, str, int], ...]]:
    """Cash per invoice once credits are taken off, last invoice first, and what those pay."""
    cash = {row.id: minor for row, minor in parts if minor > 0}
    netted = []
    for row, minor in parts:
        rest = max(0, -minor)
        for invoice_id in reversed(cash):
            taken = min(rest, cash[invoice_id])
            if taken:
                netted.append((row.id, invoice_id, taken))
                cash[invoice_id] -= taken
                rest -= taken
    return tuple((i, minor) for i, minor in cash.items() if minor), tuple(netted)
