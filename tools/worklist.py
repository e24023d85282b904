"""Read tools over the whole book: whom to work today and why, and why a case was routed."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from typing import Any

from sqlalchemy import func, or_, select

from ledger.errors import NotFound
from ledger.money import Money
from ledger.queries.as_of import due_parts
from ledger.queries.candidates import read_suggested
from ledger.queries.fact_money import read_receipts
from ledger.queries.inbox import waits_now
from ledger.states import OPEN_PROPOSAL_STATES, Disposition, DisputeState, PromiseState
from ledger.tables.account import Account, Hold
from ledger.tables.case import Dispute, Promise
from ledger.tables.receivable import Invoice
from ledger.tables.work import CallTask, DispositionRow, Message, Proposal
from policies.describe import describe_rule
from tools.contract import AccountRef, Limit, MoneyOut, Result, Scope, ToolContext, read_tool
from tools.forecast_record import newest_forecast
from tools.trials import held_out
from tools.why import why


class WorkLine(Result):
    """An account worth a person's time today, and why.

    `group` is act_now, pays_alone or other_strategy, `rank` the order of the night by the late
    money-days that a contact is assumed to save, `rank_without_effect` that by what is at stake.
    """

    account_number: str
    name: str
    overdue: MoneyOut
    oldest_days_past_due: int
    reasons: tuple[str, ...]
    caution: tuple[str, ...]
    group: str | None = None
    rank: int | None = None
    rank_without_effect: int | None = None
    within_capacity: bool = False
    factors: tuple[str, ...] = ()


class Worklist(Result):
    """Accounts to work, most urgent first."""

    as_of: date
    accounts: tuple[WorkLine, ...]
    overdue_accounts: int
    method: str = "overdue balance; no night has ranked yet"


class Routing(Result):
    """What the last night decided about an account, what would have made it routine, what moved."""

    account_number: str
    name: str
    disposition: str | None = None
    reason: str
    rules: tuple[str, ...] = ()
    counterfactual: str = ""
    moved: tuple[str, ...] = ()
    account_class: str | None = None
    next_action_on: date | None = None
    waiting: tuple[str, ...] = ()


@read_tool(Scope.BOOK)
def list_accounts_to_work(ctx: ToolContext, limit: Limit = 10) -> Worklist:
    """List the accounts to work today, most urgent first, each with its reasons.

    Accounts with something for a person come first, then those where acting now is expected to
    gain most, as the last night ranked them; before any night, the largest overdue balances
    against the high-value threshold of their currency. `caution` says what forbids chasing.
    """
    part = due_parts(ctx.as_of, skip_settled=True).subquery()
    overdue = ctx.session.execute(
        select(
            part.c.account_id,
            part.c.currency,
            func.sum(part.c.open_minor),
            func.min(part.c.due_on),
        )
        .where(part.c.open_minor > 0, part.c.due_on < ctx.as_of)
        .group_by(part.c.account_id, part.c.currency)
    ).all()
    reasons, ranks = _reasons(ctx), _ranks(ctx)
    ranked = sorted(overdue, key=lambda row: _urgency(row, reasons, ranks, ctx), reverse=True)
    best: dict[str, Any] = {}
    for row in ranked:
        if len(best) < limit:
            best.setdefault(row[0], row)
    named = _names(ctx, best)
    cautions = _cautions(ctx, best)
    for account, says in held_out(ctx.session, ctx.policy, ctx.as_of).items():
        cautions[account].append(says)
    lines = [
        WorkLine(
            account_number=named[account][0],
            name=named[account][1],
            overdue=Money(int(row[2]), row[1]),
            oldest_days_past_due=(ctx.as_of - row[3]).days,
            reasons=tuple(reasons.get(account) or [_why_listed(ranks.get(account))]),
            caution=tuple(cautions.get(account, ())),
            **{name: ranks[account][name] for name in _SHOWN if account in ranks},
        )
        for account, row in best.items()
    ]
    count = len({row[0] for row in overdue})
    told = {"method": _method(ctx)} if ranks else {}
    return Worklist(as_of=ctx.as_of, accounts=tuple(lines), overdue_accounts=count, **told)


_SHOWN = ("group", "rank", "rank_without_effect", "within_capacity", "factors")


def _ranks(ctx: ToolContext) -> dict[str, dict[str, Any]]:
    """The order of the newest night by account; empty where it is not that of the date."""
    kept = newest_forecast(ctx.session)
    if kept is None or kept.as_of != ctx.as_of:
        return {}
    return {each["account_id"]: each for each in kept.priority}


def _method(ctx: ToolContext) -> str:
    rule = ctx.policy.priority
    return (
        f"late money-days ahead over {rule.horizon_days} days; a contact is assumed to save "
        f"{rule.effect_percent['act_now']} % of them; {rule.calls_a_day} calls a day"
    )


def _why_listed(rank: dict[str, Any] | None) -> str:
    if rank is None:
        return "the largest overdue balances"
    words = {
        "act_now": "acting now is expected to gain most",
        "pays_alone": "likely to pay alone",
        "other_strategy": "asks for another strategy than a reminder",
    }
    return words[rank["group"]]


def _urgency(
    row: Any, reasons: dict[str, list[str]], ranks: dict[str, dict[str, Any]], ctx: ToolContext
) -> tuple[Any, ...]:
    threshold = ctx.policy.high_value_minor.get(row[1])
    score = int(row[2]) / threshold if threshold else 1.0  # nobody knows that it is small
    rank = ranks.get(row[0])
    gain = -rank["rank"] if rank else float("-inf")
    return (bool(reasons.get(row[0])), gain, score, (ctx.as_of - row[3]).days, row[0])


def _reasons(ctx: ToolContext) -> dict[str, list[str]]:
    """Why a person should look at an account, one statement a kind of reason."""
    latest = select(func.max(DispositionRow.seq)).group_by(DispositionRow.account_id)
    reads = {
        "the customer wrote and waits for an answer": select(Message.account_id).where(
            Message.direction == "in", Message.answered.is_(False)
        ),
        "a promise was broken": select(Promise.account_id).where(
            Promise.direction == "theirs", Promise.state == PromiseState.BROKEN
        ),
        "a promise to pay is due": select(Promise.account_id).where(
            Promise.direction == "theirs",
            Promise.state == PromiseState.PENDING,
            Promise.due_on <= ctx.as_of,
        ),
        "a task is due": select(CallTask.account_id).where(
            CallTask.state == "open", CallTask.due_on <= ctx.as_of
        ),
        "a request waits for approval": select(Proposal.account_id).where(waits_now(ctx.as_of)),
    }
    found: dict[str, list[str]] = defaultdict(list)
    for account, reason in ctx.session.execute(
        select(DispositionRow.account_id, DispositionRow.reason).where(
            DispositionRow.seq.in_(latest), DispositionRow.kind == Disposition.NEEDS_PERSON
        )
    ):
        found[account].append(reason or "the last night left it to a person")
    for reason, query in reads.items():
        for account in ctx.session.scalars(query.distinct()):
            found[account].append(reason)
    return found


def _names(ctx: ToolContext, accounts: Iterable[str]) -> dict[str, tuple[str, str]]:
    rows = ctx.session.execute(
        select(Account.id, Account.account_number, Account.name).where(Account.id.in_(accounts))
    )
    return {row[0]: (row[1], row[2]) for row in rows}


def _cautions(ctx: ToolContext, accounts: Iterable[str]) -> dict[str, list[str]]:
    """What to leave alone: the account as a whole, or one invoice of it."""
    found: dict[str, list[str]] = defaultdict(list)
    disputed = (Dispute.account_id.in_(accounts), Dispute.state != DisputeState.RESOLVED)
    for account, reason, number in ctx.session.execute(_of_what(Dispute, disputed)):
        found[account].append(f"{_about(number)}disputed ({reason}): do not chase")
    held = (
        Hold.account_id.in_(accounts),
        Hold.lifted_at.is_(None),
        or_(Hold.ends_on.is_(None), Hold.ends_on >= ctx.as_of),
    )
    for account, reason, number in ctx.session.execute(_of_what(Hold, held)):
        stops = "nothing may leave about it" if number else "nothing may leave"
        found[account].append(f"{_about(number)}on hold ({reason}): {stops}")
    for account, money in read_suggested(ctx.session, list(accounts)).items():
        told = ", ".join(dict.fromkeys(f"payment {each.receipt_number}" for each in money))
        found[account].append(f"money that may be theirs waits ({told}): do not chase")
    for account, money in read_receipts(ctx.session, list(accounts)).items():
        told = ", ".join(f"payment {each.receipt_number}" for each in money)
        found[account].append(f"unapplied cash waits ({told}): do not chase")
    return found


def _of_what(table: Any, where: tuple[Any, ...]) -> Any:
    """Account, reason, and the number of the invoice where it is about one alone."""
    rows = select(table.account_id, table.reason, Invoice.invoice_number).where(*where)
    rows = rows.outerjoin(Invoice, Invoice.id == table.invoice_id)
    return rows.distinct().order_by(table.account_id, Invoice.invoice_number, table.reason)


def _about(number: str | None) -> str:
    return f"invoice {number} is " if number else ""


@read_tool()
def why_routed(ctx: ToolContext, account: AccountRef) -> Routing:
    """Say why an account stands where the last night put it, and what would make it routine."""
    facts = ctx.facts(account)
    waiting = ctx.session.execute(
        select(Proposal.id, Proposal.action_type, Proposal.why).where(
            Proposal.account_id == account, Proposal.state.in_(sorted(OPEN_PROPOSAL_STATES))
        )
    ).all()
    told = tuple(f"{each[0]}: {each[1]}. {each[2][:400]}" for each in waiting)
    base = {"account_number": facts.account_number, "name": facts.name, "waiting": told}
    try:
        decided = why(ctx.session, account, ctx.as_of, lambda _hash: ctx.policy)
    except NotFound:
        return Routing(reason="no night has looked at this account yet", **base)
    return Routing(
        disposition=decided.disposition,
        reason=decided.reason,
        rules=tuple(describe_rule(ctx.policy.approval.by_id[rule.id]) for rule in decided.rules),
        counterfactual=decided.counterfactual,
        moved=decided.moved,
        account_class=decided.account_class,
        next_action_on=decided.next_action_on,
        **base,
    )
