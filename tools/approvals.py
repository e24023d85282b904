"""Read tool for what waits for a person. Reading is all there is: nobody approves by a tool."""

from datetime import date

from sqlalchemy import ColumnElement, func, select

from ledger.journal import decode_roles
from ledger.money import Money
from ledger.queries.inbox import waiting_now
from ledger.tables.account import Account
from ledger.tables.work import Proposal
from tools.contract import AccountRef, Limit, MoneyOut, Result, ToolContext, read_tool


class WaitingLine(Result):
    """A request before a person."""

    proposal_id: str
    account_number: str
    name: str
    action: str
    why: str
    approvers: tuple[str, ...]
    at_stake: MoneyOut | None
    days_waiting: int
    expires_on: date


class WaitingApprovals(Result):
    """What waits for approval, most valuable first, with the complete count."""

    as_of: date
    requests: tuple[WaitingLine, ...]
    count: int


@read_tool()
def list_waiting_approvals(
    ctx: ToolContext, account: AccountRef | None = None, limit: Limit = 10
) -> WaitingApprovals:
    """List the requests that wait for a person's decision, most valuable first.

    Args:
        ctx: Who asks, on which ledger.
        account: One account; left out, the whole book.
        limit: How many requests to return.
    """
    return waiting_approvals(ctx, limit, *([Proposal.account_id == account] if account else []))


def waiting_approvals(
    ctx: ToolContext, limit: int, *where: ColumnElement[bool]
) -> WaitingApprovals:
    """Those of the inbox that fit, in its order: a snoozed one waits again from its date on."""
    where = (*waiting_now(ctx.as_of), *where)
    rows = ctx.session.execute(
        select(Proposal, Account.account_number, Account.name)
        .join(Account, Account.id == Proposal.account_id)
        .where(*where)
        .order_by(Proposal.priority_minor.desc(), Proposal.id.desc())
        .limit(limit)
    ).all()
    count = ctx.session.scalar(select(func.count()).select_from(Proposal).where(*where)) or 0
    return WaitingApprovals(
        as_of=ctx.as_of,
        count=count,
        requests=tuple(_line(row[0], row[1], row[2], ctx.as_of) for row in rows),
    )


def _line(proposal: Proposal, number: str, name: str, as_of: date) -> WaitingLine:
    """A request as a line."""
    at_stake = Money(proposal.priority_minor, proposal.currency) if proposal.currency else None
    return WaitingLine(
        proposal_id=proposal.id,
        account_number=number,
        name=name,
        action=proposal.action_type,
        why=proposal.why[:400],
        approvers=tuple(" or ".join(roles) for roles in decode_roles(proposal.approver_roles)),
        at_stake=at_stake,
        days_waiting=(as_of - proposal.created_on).days,
        expires_on=proposal.expires_on,
    )
