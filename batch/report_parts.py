"""The parts of the morning report, each built from a set-based read."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from sqlmodel import Session

from guardrails.feeds import stale_feeds
from ledger.actions import Escalate, ProposedAction, read_action
from ledger.facts import AccountFacts
from ledger.journal import decode_roles
from ledger.money import Money
from ledger.queries import report as reads
from ledger.queries.account_facts import load_facts
from ledger.queries.as_of import ours_due
from ledger.queries.inbox import QueueFilter, queue_length, queue_page
from ledger.states import Disposition, OutboxState, ProposalState
from policies.schema import Policy
from tools.account_pages import name_of, shown_text
from tools.action_words import action_words
from tools.morning_report import (
    AppliedLine,
    Cash,
    FeedLine,
    ForecastWeek,
    NotDone,
    OurPromises,
    Reason,
    Sent,
    SentLine,
    SettledPromise,
    UnappliedLine,
    Waiting,
    WaitingCase,
    WaitingKind,
)

SHOWN_CASES = 15
SHOWN_SUMMARY = 220
UNAPPLIED_SAYS = {
    None: "Not looked at yet",
    "unknown_payer": "The payer is not known",
    "ambiguous_equal_amounts": "Several open items have this amount",
    "ambiguous_combination": "It names several invoices and does not fit their sum",
    "partial_payment": "It may be a part of an invoice; nobody said of which",
    "short_pay": "It is less than the invoices it names",
    "discount_unearned": "A discount was taken that was not earned",
    "overpayment": "It is more than the invoices it names",
    "bank_fee": "A bank fee may have been taken off",
    "credit_not_named": "An open credit memo may have been taken off; nobody named it",
    "duplicate_payment": "The same invoices seem to be paid twice",
    "duplicate_bank_line": "The same bank line seems to have come twice",
    "payer_conflict": "It names an invoice of another customer",
    "reference_conflict": "Its references point to different customers",
    "reference_not_open": "The invoice it names is not open any more",
    "fx": "It is in another currency than the invoices",
    "reversal": "It takes an earlier payment back",
    "not_a_customer_payment": "It does not look like a customer's payment",
    "multi_customer": "It names invoices of several customers",
    "on_account": "What is left after its invoices, on account",
    "open_credit": "An open credit memo",
}
TASK_SAYS = {
    "call": "to call",
    "find_contact": "to find a contact",
    "review": "to review",
    "follow_up": "to follow up",
}
MESSAGE_SAYS = {"send_statement": "Statement", "answer_query": "Answer to a customer"}
_NOT_DONE = (Disposition.HELD, Disposition.NEEDS_PERSON)


def waiting_part(session: Session, as_of: date, policy: Policy) -> Waiting:
    """The queue, highest value first."""
    groups: dict[str, list[Any]] = defaultdict(list)
    for row in reads.waiting_by_kind(session, as_of):
        groups[row.action_type].append(row)
    kinds = [
        WaitingKind(
            action_type=action_type,
            cases=sum(row.cases for row in rows),
            values=_amounts((row.currency, row.value_minor) for row in rows if row.currency),
            oldest_days=(as_of - min(row.oldest for row in rows)).days,
        )
        for action_type, rows in groups.items()
    ]
    expiries = [row.first_expiry for rows in groups.values() for row in rows]
    snoozed = QueueFilter(states=(ProposalState.SNOOZED.value,))
    return Waiting(
        cases=sum(kind.cases for kind in kinds),
        snoozed=queue_length(session, snoozed, as_of),
        first_expiry=min(expiries, default=None),
        kinds=tuple(sorted(kinds, key=lambda kind: -kind.cases)),
        shown=_shown_cases(session, as_of, policy),
    )


def _shown_cases(session: Session, as_of: date, policy: Policy) -> tuple[WaitingCase, ...]:
    page = queue_page(session, QueueFilter(), as_of, SHOWN_CASES)
    facts = load_facts(session, as_of, sorted({row[0].account_id for row in page}))
    return tuple(
        _case(proposal, number, name_of(name), facts[proposal.account_id], policy)
        for proposal, number, name in page
    )


def _case(
    proposal: Any, number: str, name: str, facts: AccountFacts, policy: Policy
) -> WaitingCase:
    action = read_action(proposal.action)
    roles = decode_roles(proposal.approver_roles)
    return WaitingCase(
        id=proposal.id,
        account_number=number,
        name=name,
        action=action_words(action, facts),
        value=Money(proposal.priority_minor, proposal.currency) if proposal.currency else None,
        why=_why(action, proposal.rule_ids, policy),
        needs=" and ".join(" or ".join(each) for each in roles).replace("_", " "),
        age_days=(facts.as_of - proposal.created_on).days,
        expires_on=proposal.expires_on,
        command=f"dunwell inbox show {proposal.id}",
    )


def _why(action: ProposedAction, rule_ids: str, policy: Policy) -> str:
    """What a role says of a case it hands over, made inert; else what the rules say."""
    if isinstance(action, Escalate):
        return shown_text(" ".join(action.summary.split()), SHOWN_SUMMARY)
    rules = [policy.approval.by_id.get(rule) for rule in rule_ids.split(",")]
    return " ".join(rule.says for rule in rules if rule) or "A person is asked."


def sent_part(session: Session, as_of: date, run_id: str, policy: Policy) -> Sent:
    """What left, by stage and currency, and what did not after all."""
    lines = [
        SentLine(
            what=_message_words(row.purpose, row.stage, policy),
            stage=row.stage,
            messages=row.messages,
            amount=Money(row.amount_minor, row.currency) if row.currency else None,
        )
        for row in reads.sent_by_stage(session, as_of)
    ]
    left = reads.outbox_left_over(session, run_id)
    by_state: dict[str, int] = defaultdict(int)
    for row in left:
        by_state[row.state] += row.messages
    return Sent(
        messages=sum(line.messages for line in lines),
        lines=tuple(lines),
        stopped=tuple(
            Reason(why=row.stopped_by, count=row.messages)
            for row in left
            if row.state == OutboxState.STOPPED
        ),
        uncertain=by_state[OutboxState.UNCERTAIN] + by_state[OutboxState.SENDING],
        queued=by_state[OutboxState.QUEUED],
    )


def _message_words(purpose: str, stage: int, policy: Policy) -> str:
    if purpose != "send_reminder":
        return MESSAGE_SAYS.get(purpose, purpose.replace("_", " ").capitalize())
    known = policy.dunning.stage(stage)
    if stage == 0:
        return "Reminder outside the stages"
    return f"Reminder {stage} ({known.tone})" if known else f"Reminder {stage}"


def promises_part(session: Session, promise_ids: list[str]) -> tuple[SettledPromise, ...]:
    """The promises this night settled, largest first."""
    return tuple(
        SettledPromise(
            account_number=number,
            name=name_of(name),
            state=promise.state,
            amount=Money(promise.amount_minor, promise.currency)
            if promise.amount_minor is not None and promise.currency
            else None,
            due_on=promise.due_on,
        )
        for promise, number, name in reads.promises_named(session, promise_ids)
    )


def ours_part(session: Session, as_of: date) -> OurPromises:
    """What we promised customers, and how much of it was done by its date."""
    tally = ours_due(session, as_of - timedelta(days=90), as_of)
    return OurPromises(in_time=tally.in_time, late=tally.late, overdue=tally.overdue)


def cash_part(session: Session, as_of: date) -> Cash:
    """Cash applied on the date, and money and credits that wait with their reasons."""
    applied = [
        AppliedLine(
            receipts=row.receipts,
            invoices=row.invoices,
            amount=Money(row.amount_minor, row.currency),
        )
        for row in reads.cash_applied_on(session, as_of)
    ]
    unapplied = [
        _unapplied(row.hold_reason, row.receipts, row, as_of)
        for row in reads.cash_unapplied(session, as_of)
    ]
    memos = [
        _unapplied("open_credit", row.credits, row, as_of)
        for row in reads.credits_unapplied(session, as_of)
    ]
    return Cash(applied=tuple(applied), unapplied=tuple(unapplied), credits=tuple(memos))


def _unapplied(reason: str | None, count: int, row: Any, as_of: date) -> UnappliedLine:
    code = reason or "not_looked_at"
    return UnappliedLine(
        reason=code,
        says=UNAPPLIED_SAYS.get(reason, code.replace("_", " ").capitalize()),
        count=count,
        amount=Money(row.amount_minor, row.currency),
        oldest_days=(as_of - row.oldest).days,
    )


def not_done_part(session: Session, policy: Policy) -> tuple[NotDone, ...]:
    """Accounts that stand held or need a person, each counted once under its leading rule."""
    accounts: dict[tuple[str, str], set[str]] = defaultdict(set)
    amounts: dict[tuple[str, str], list[tuple[str, int]]] = defaultdict(list)
    says: dict[tuple[str, str], str] = {}
    for row in reads.standing_accounts(session, [kind.value for kind in _NOT_DONE]):
        rule_id = _leading_rule(row.rule_ids, row.kind, policy)
        key = (row.kind, rule_id)
        rule = policy.approval.by_id.get(rule_id)
        says.setdefault(key, rule.says if rule else name_of(row.reason))
        accounts[key].add(row.account_id)
        amounts[key].append((row.currency, row.open_minor))
    lines = [
        NotDone(
            kind=key[0],
            rule_id=key[1],
            says=says[key],
            accounts=len(accounts[key]),
            open=_amounts(amounts[key]),
        )
        for key in accounts
    ]
    return tuple(sorted(lines, key=lambda line: (line.kind, -line.accounts, line.rule_id)))


def _leading_rule(rule_ids: str, kind: str, policy: Policy) -> str:
    """The first rule that leads to the disposition; the first at all where none says so."""
    ids = rule_ids.split(",")
    fits = (i for i in ids if (rule := policy.approval.by_id.get(i)) and rule.disposition == kind)
    return next(fits, ids[0])


def feeds_part(session: Session, as_of: date, policy: Policy) -> tuple[FeedLine, ...]:
    """Every source policy asks for and every one that was read, and which are too old."""
    read = {feed.name: feed.read_through for feed in reads.feeds_read(session)}
    allowed = policy.contact.feed_max_age_days
    stale = stale_feeds(read, policy, as_of)
    return tuple(
        FeedLine(
            name=name,
            read_through=read.get(name),
            allowed_days=allowed.get(name, 0),
            stale=name in stale,
        )
        for name in sorted(set(read) | set(allowed))
    )


def forecast_part(weeks: list[list[Any]]) -> tuple[ForecastWeek, ...]:
    """The forecast the night made, a line a week: (week, currency, expected, P10, P90) each."""
    by_week: dict[str, list[list[Any]]] = defaultdict(list)
    for row in weeks:
        by_week[row[0]].append(row)

    def sums(found: list[list[Any]], place: int) -> tuple[Money, ...]:
        return _amounts((row[1], row[place]) for row in found if len(row) > place)

    return tuple(
        ForecastWeek(
            week_start=date.fromisoformat(week),
            amounts=sums(found, 2),
            low=sums(found, 3),
            high=sums(found, 4),
        )
        for week, found in sorted(by_week.items())
    )


def _amounts(pairs: Iterable[tuple[str, int]]) -> tuple[Money, ...]:
    sums: dict[str, int] = defaultdict(int)
    for currency, minor in pairs:
        sums[currency] += minor
    return tuple(Money(minor, currency) for currency, minor in sorted(sums.items()))
