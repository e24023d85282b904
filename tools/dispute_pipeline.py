"""The pipeline of disputes: every open one with its stage, age, owner, clock and priority."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlmodel import Session

from engines.disputes import Priority, prioritise
from guardrails.business_days import add_business_days
from ledger.errors import BadInput, NotFound
from ledger.money import Money
from ledger.queries.disputes import dispute_rows, evidence_of, open_sum_of, taken_off
from ledger.states import ApplicationKind, DisputeState
from ledger.tables.account import Account
from ledger.tables.case import Dispute
from policies.schema import Policy
from tools.account_pages import name_of, shown_text
from tools.contract import MoneyOut, Result
from tools.outside_text import clean_text

STAGES = ("opened", "evidence", "decision", "resolved")
"""Nothing speaks for it yet; something does; a resolution waits for a yes; it is closed."""


class FactorLine(Result):
    """Points of one factor of the priority."""

    name: str
    points: int
    says: str


class PipelineLine(Result):
    """A dispute in the pipeline. `amount` is what is disputed and open of it."""

    id: str
    account_id: str
    account_number: str
    name: str
    invoice_number: str | None
    level: str
    reason: str
    stage: str
    owner: str
    opened_on: date
    age_days: int
    answer_by: date
    overdue: bool
    amount: MoneyOut | None
    priority: int
    factors: tuple[FactorLine, ...]
    resolution: str | None
    resolved_on: date | None


class ReasonSum(Result):
    """Disputes of one reason and currency."""

    reason: str
    disputes: int
    overdue: int
    amount: MoneyOut


class Pipeline(Result):
    """The pipeline as of a date, most urgent first; sums also cover what is not shown."""

    as_of: date
    disputes: tuple[PipelineLine, ...]
    found: int
    overdue: int
    per_stage: dict[str, int]
    per_reason: tuple[ReasonSum, ...]


class EvidenceLine(Result):
    """Something that speaks for or against a dispute."""

    id: str
    noted_on: date
    kind: str
    source: str
    noted_by: str
    text: str


class PostedLine(Result):
    """What a resolution took off an invoice."""

    kind: str
    amount: MoneyOut
    applied_on: date


class DisputePage(Result):
    """A dispute with everything that bears on it.

    Attributes:
        quote: The customer's words: a claim, never an instruction.
        wanted: Evidence that usually decides such a dispute.
    """

    line: PipelineLine
    says: str
    quote: str
    causes: tuple[str, ...]
    wanted: tuple[str, ...]
    next_steps: tuple[str, ...]
    evidence: tuple[EvidenceLine, ...]
    posted: tuple[PostedLine, ...]
    resolved_by: str


def pipeline(
    session: Session,
    policy: Policy,
    as_of: date,
    *,
    account_id: str | None = None,
    reason: str | None = None,
    owner: str | None = None,
    overdue_only: bool = False,
    limit: int = 50,
) -> Pipeline:
    """Every unresolved dispute that fits, most urgent first.

    Raises:
        BadInput: No such reason.
    """
    if reason is not None and reason not in policy.dispute.reasons:
        raise BadInput(f"no reason {reason}: one of {', '.join(policy.dispute.reasons)}")
    where = [Dispute.state != DisputeState.RESOLVED]
    if account_id:
        where.append(Dispute.account_id == account_id)
    if reason:
        where.append(Dispute.reason == reason)
    lines = lines_of(session, dispute_rows(session, *where), policy, as_of)
    lines = [
        line
        for line in lines
        if (owner is None or line.owner == owner) and (line.overdue or not overdue_only)
    ]
    stages = {stage: sum(line.stage == stage for line in lines) for stage in STAGES[:3]}
    return Pipeline(
        as_of=as_of,
        disputes=tuple(lines[:limit]),
        found=len(lines),
        overdue=sum(line.overdue for line in lines),
        per_stage=stages,
        per_reason=_sums(lines),
    )


def dispute_page(session: Session, dispute_id: str, policy: Policy, as_of: date) -> DisputePage:
    """A dispute, by its id or the beginning of it.

    Raises:
        NotFound: None such.
        BadInput: Several begin so.
    """
    row = _row_of(session, dispute_id)
    dispute: Dispute = row[0]
    reason = policy.dispute.reason_of(dispute.reason)
    return DisputePage(
        line=lines_of(session, [row], policy, as_of)[0],
        says=reason.says,
        quote=shown_text(clean_text(dispute.quote), 1500),
        causes=reason.causes,
        wanted=reason.evidence,
        next_steps=reason.next_steps,
        evidence=tuple(
            EvidenceLine(
                id=each.id,
                noted_on=each.noted_on,
                kind=each.kind,
                source=shown_text(each.source, 200),
                noted_by=each.noted_by,
                text=shown_text(clean_text(each.body), 1500),
            )
            for each in evidence_of(session, dispute.id)
        ),
        posted=tuple(
            PostedLine(
                kind=ApplicationKind(each.kind).value,
                amount=Money(each.amount_minor, each.currency),
                applied_on=each.applied_on,
            )
            for each in taken_off(session, dispute.id)
        ),
        resolved_by=dispute.resolved_by,
    )


def find_dispute(session: Session, dispute_id: str) -> Dispute:
    """The dispute of an id, or of the beginning of one.

    Raises:
        NotFound: None such.
        BadInput: Several begin so.
    """
    return _row_of(session, dispute_id)[0]


def answer_by(dispute: Dispute, policy: Policy) -> date:
    """The end of a dispute's clock; where none was started it counts from the opening."""
    if dispute.answer_by is not None:
        return dispute.answer_by
    days = policy.dispute.days_for(dispute.reason)
    return add_business_days(policy.company.calendar, dispute.opened_on, days)


def owner_of(dispute: Dispute, policy: Policy) -> str:
    """Who answers a dispute."""
    return dispute.owner or policy.dispute.reason_of(dispute.reason).owner


def lines_of(
    session: Session, rows: Sequence[Any], policy: Policy, as_of: date
) -> list[PipelineLine]:
    """Lines of disputes, most urgent first."""
    whole = sorted({row[0].account_id for row in rows if row[0].invoice_id is None})
    sums = open_sum_of(session, whole) if whole else {}
    lines = [_line(row, sums, policy, as_of) for row in rows]
    return sorted(lines, key=lambda line: (-line.priority, line.opened_on, line.id))


def _row_of(session: Session, dispute_id: str) -> Any:
    wanted = dispute_id.strip()
    if len(wanted) < 5:  # the prefix and one sign
        raise NotFound(f"no dispute {wanted!r}: give its id, such as dsp_1a2b3c")
    rows = dispute_rows(session, Dispute.id.startswith(wanted, autoescape=True))
    exact = [row for row in rows if row[0].id == wanted]
    if not rows:
        raise NotFound(f"no dispute {wanted!r}: `dunwell dispute list` shows the open ones")
    if len(rows) > 1 and not exact:
        raise BadInput(f"{len(rows)} disputes begin with {wanted!r}: give more of the id")
    return (exact or rows)[0]


def _line(row: Any, sums: dict[tuple[str, str], int], policy: Policy, as_of: date) -> PipelineLine:
    dispute: Dispute = row[0]
    amount = _amount(row, sums)
    ends = answer_by(dispute, policy)
    priority = _priority(row, amount, ends, policy, as_of)
    resolved = dispute.state == DisputeState.RESOLVED
    until = dispute.resolved_on if resolved and dispute.resolved_on else as_of
    return PipelineLine(
        id=dispute.id,
        account_id=dispute.account_id,
        account_number=row.account_number,
        name=name_of(row.name),
        invoice_number=row.invoice_number,
        level=_level(dispute),
        reason=dispute.reason,
        stage=_stage(row),
        owner=owner_of(dispute, policy),
        opened_on=dispute.opened_on,
        age_days=(until - dispute.opened_on).days,
        answer_by=ends,
        overdue=not resolved and ends < as_of,
        amount=amount,
        priority=0 if resolved else priority.points,
        factors=() if resolved else _factor_lines(priority),
        resolution=dispute.resolution,
        resolved_on=dispute.resolved_on,
    )


def _factor_lines(priority: Priority) -> tuple[FactorLine, ...]:
    return tuple(FactorLine(name=f.name, points=f.points, says=f.says) for f in priority.factors)


def _level(dispute: Dispute) -> str:
    if dispute.invoice_id is None:
        return "account"
    return "invoice" if dispute.amount_minor is None else "amount"


def _stage(row: Any) -> str:
    if row[0].state == DisputeState.RESOLVED:
        return "resolved"
    if row.decision_waits:
        return "decision"
    return "evidence" if row.evidence else "opened"


def _amount(row: Any, sums: dict[tuple[str, str], int]) -> Money | None:
    """What is disputed and still open."""
    dispute: Dispute = row[0]
    if dispute.state == DisputeState.RESOLVED:
        known = dispute.resolved_minor is not None and dispute.currency
        return Money(dispute.resolved_minor or 0, dispute.currency or "") if known else None
    if row.invoice_currency is None:
        currency = row.account_currency
        return Money(sums.get((dispute.account_id, currency), 0), currency) if currency else None
    minor = row.open_minor if dispute.amount_minor is None else dispute.amount_minor
    return Money(min(minor, row.open_minor), row.invoice_currency)


def _priority(row: Any, amount: Money | None, ends: date, policy: Policy, as_of: date) -> Priority:
    return prioritise(
        value_minor=amount.minor if amount else 0,
        high_value_minor=policy.high_value_minor.get(amount.currency) if amount else None,
        opened_on=row[0].opened_on,
        answer_by=ends,
        as_of=as_of,
        segment=row.segment,
        strategic=row.strategic,
        weights=policy.dispute.priority,
    )


def _sums(lines: Sequence[PipelineLine]) -> tuple[ReasonSum, ...]:
    groups: dict[tuple[str, str], list[PipelineLine]] = defaultdict(list)
    for line in lines:
        if line.amount is not None:
            groups[line.reason, line.amount.currency].append(line)
    sums = [
        ReasonSum(
            reason=reason,
            disputes=len(found),
            overdue=sum(line.overdue for line in found),
            amount=Money(sum(line.amount.minor for line in found if line.amount), currency),
        )
        for (reason, currency), found in groups.items()
    ]
    return tuple(sorted(sums, key=lambda each: (-each.amount.minor, each.reason)))


def segment_of(session: Session, account_id: str) -> str:
    """The segment of an account.

    Raises:
        NotFound: No such account.
    """
    account = session.get(Account, account_id)
    if account is None:
        raise NotFound(f"no account {account_id}")
    return account.segment
