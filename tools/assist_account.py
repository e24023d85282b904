"""Read tools that answer one thing about one account, or set two accounts side by side."""

from datetime import date

from sqlalchemy import func, select

from engines.dunning import plan_contact
from ledger.facts import AccountFacts
from ledger.money import Money
from ledger.states import PlanState
from ledger.tables.account import Account, Contact
from ledger.tables.receivable import Application, CreditMemo, Invoice, Receipt
from ledger.tables.work import CallTask, Person
from policies.describe import describe_stage
from tools.accounts import oldest_days, overdue_sums, totals
from tools.assist_notes import notes_of
from tools.contract import (
    AccountRef,
    Limit,
    MoneyOut,
    Result,
    Scope,
    ToolContext,
    ToolRetry,
    read_tool,
)
from tools.promise_book import kept_line, kept_records


class AppliedLine(Result):
    """What reduced an invoice: cash, a credit, a write-off, a discount."""

    kind: str
    number: str | None
    applied_on: date
    amount: MoneyOut


class InvoiceDetail(Result):
    """An invoice with what was set against it, newest first; `applied_count` is how many in all."""

    invoice_id: str
    invoice_number: str
    account_number: str
    name: str
    issued_on: date
    due_on: date
    days_past_due: int
    amount: MoneyOut
    open: MoneyOut
    po_number: str | None
    dunning_level: int
    last_dunned_on: date | None
    applied: tuple[AppliedLine, ...]
    applied_count: int


class ContactRow(Result):
    """Somebody at the account, and how they can be reached."""

    contact_id: str
    name: str
    role: str
    email: str | None
    email_works: bool
    phone: str | None
    language: str | None
    consents: tuple[str, ...]
    opted_out: bool


class Contacts(Result):
    """Contacts of an account, and who of us owns it."""

    account_number: str
    name: str
    owner: str | None
    preferred_channel: str
    contacts: tuple[ContactRow, ...]


class PromiseRecord(Result):
    """How often an account keeps its promises to pay, in percent, with an 80 % interval."""

    account_id: str
    account_number: str
    name: str
    kept: int
    failed: int
    percent: int
    from_percent: int
    to_percent: int


class SideLine(Result):
    """One account of two."""

    account_id: str
    account_number: str
    name: str
    open: tuple[MoneyOut, ...]
    overdue: tuple[MoneyOut, ...]
    oldest_days_past_due: int
    unapplied_cash: tuple[MoneyOut, ...]
    open_disputes: int
    promises_broken: int
    kept_percent: int
    holds: tuple[str, ...]
    disposition: str | None
    last_payment_on: date | None


class Comparison(Result):
    """Two accounts side by side."""

    as_of: date
    accounts: tuple[SideLine, SideLine]


class NoteLine(Result):
    """A call or a note, in the words of the colleague who wrote it."""

    note_id: str
    kind: str
    noted_on: date
    noted_by: str
    words: str


class AccountLog(Result):
    """Calls and notes of colleagues, newest first."""

    account_number: str
    name: str
    notes: tuple[NoteLine, ...]


class NextSteps(Result):
    """What comes next for an account: by the ladder, the calendar, promises and people."""

    account_id: str
    account_number: str
    name: str
    as_of: date
    disposition: str | None
    next_action_on: date | None
    steps: tuple[str, ...]


@read_tool()
def invoice_detail(ctx: ToolContext, account: AccountRef, invoice_number: str) -> InvoiceDetail:
    """Read one invoice: dates, amount, what is open, and everything set against it.

    Args:
        ctx: Who asks, on which ledger.
        account: The account; the number of the invoice names it too.
        invoice_number: The number of the invoice.
    """
    facts = ctx.facts(account)
    invoice = ctx.session.scalar(
        select(Invoice).where(
            Invoice.account_id == account, Invoice.invoice_number == invoice_number.strip()
        )
    )
    if invoice is None:
        raise ToolRetry(f"{facts.name} has no invoice {invoice_number[:40]}")
    rows = ctx.session.execute(
        select(Application, Receipt.receipt_number, CreditMemo.credit_number)
        .outerjoin(Receipt, Receipt.id == Application.receipt_id)
        .outerjoin(CreditMemo, CreditMemo.id == Application.credit_memo_id)
        .where(Application.invoice_id == invoice.id)
        .order_by(Application.applied_on.desc(), Application.id.desc())
        .limit(40)
    ).all()
    of_invoice = Application.invoice_id == invoice.id
    count = ctx.session.scalar(select(func.count()).select_from(Application).where(of_invoice))
    item = next((each for each in facts.open_items if each.invoice_id == invoice.id), None)
    late = (ctx.as_of - item.due_on).days if item and item.open_minor > 0 else 0
    return InvoiceDetail(
        invoice_id=invoice.id,
        invoice_number=invoice.invoice_number,
        account_number=facts.account_number,
        name=facts.name,
        issued_on=invoice.issued_on,
        due_on=invoice.due_on,
        days_past_due=max(0, late),
        amount=Money(invoice.amount_minor, invoice.currency),
        open=Money(invoice.open_minor, invoice.currency),
        po_number=invoice.po_number,
        dunning_level=invoice.dunning_level,
        last_dunned_on=invoice.dunned_on,
        applied_count=count or 0,
        applied=tuple(
            AppliedLine(
                kind=row.kind,
                number=receipt or credit,
                applied_on=row.applied_on,
                amount=Money(row.amount_minor, row.currency),
            )
            for row, receipt, credit in rows
        ),
    )


@read_tool()
def list_contacts(ctx: ToolContext, account: AccountRef) -> Contacts:
    """List who to talk to at an account, how they can be reached, and who of us owns it."""
    facts = ctx.facts(account)
    rows = ctx.session.scalars(
        select(Contact).where(Contact.account_id == account).order_by(Contact.id).limit(12)
    )
    return Contacts(
        account_number=facts.account_number,
        name=facts.name,
        owner=_person_name(ctx, facts.owner),
        preferred_channel=facts.preferred_channel,
        contacts=tuple(
            ContactRow(
                contact_id=row.id,
                name=row.name,
                role=row.role,
                email=row.email,
                email_works=bool(row.email) and not row.bounced,
                phone=row.phone,
                language=row.language,
                consents=tuple(each for each in row.consents.split(",") if each),
                opted_out=row.opted_out,
            )
            for row in rows
        ),
    )


def _person_name(ctx: ToolContext, person_id: str | None) -> str | None:
    person = ctx.session.get(Person, person_id) if person_id else None
    return person.name if person else person_id


@read_tool()
def promise_record(ctx: ToolContext, account: AccountRef) -> PromiseRecord:
    """Read how often an account keeps its promises; with few promises it leans to the house's."""
    facts = ctx.facts(account)
    line = kept_line(kept_records(ctx.session, ctx.as_of, [account])[account])
    return PromiseRecord(
        account_id=facts.account_id,
        account_number=facts.account_number,
        name=facts.name,
        **line.model_dump(),
    )


@read_tool(Scope.BOOK)
def compare_accounts(ctx: ToolContext, account: AccountRef, other: str) -> Comparison:
    """Set two accounts side by side: balances, disputes, promises, holds, last payment.

    Args:
        ctx: Who asks, on which ledger.
        account: The first account.
        other: The second account: number, id or name.
    """
    second = ctx.account(other)
    if second == account:
        raise ToolRetry("name two different accounts")
    return Comparison(as_of=ctx.as_of, accounts=(_side(ctx, account), _side(ctx, second)))


def _side(ctx: ToolContext, account: str) -> SideLine:
    facts = ctx.facts(account)
    paid_on = ctx.session.scalar(
        select(Receipt.received_on)
        .where(Receipt.account_id == account)
        .order_by(Receipt.received_on.desc())
        .limit(1)
    )
    record = kept_line(kept_records(ctx.session, ctx.as_of, [account])[account])
    return SideLine(
        account_id=facts.account_id,
        account_number=facts.account_number,
        name=facts.name,
        open=totals([(i.currency, i.open_minor) for i in facts.open_items]),
        overdue=overdue_sums(facts),
        oldest_days_past_due=oldest_days(facts),
        unapplied_cash=totals([(r.currency, r.unapplied_minor) for r in facts.receipts]),
        open_disputes=len(facts.disputes),
        promises_broken=facts.broken_promises,
        kept_percent=record.percent,
        holds=tuple(sorted({hold.reason for hold in facts.holds})),
        disposition=ctx.session.get_one(Account, account).disposition,
        last_payment_on=paid_on,
    )


@read_tool()
def account_log(ctx: ToolContext, account: AccountRef, limit: Limit = 10) -> AccountLog:
    """Read the calls and notes colleagues wrote down about an account, newest first."""
    facts = ctx.facts(account)
    rows = notes_of(ctx.session, account, limit)
    return AccountLog(
        account_number=facts.account_number,
        name=facts.name,
        notes=tuple(
            NoteLine(
                note_id=row.id,
                kind=row.kind,
                noted_on=row.noted_on,
                noted_by=row.noted_by,
                words=row.body[:600],
            )
            for row in rows
        ),
    )


def _held(facts: AccountFacts) -> list[str]:
    """What a hold stops: everything, or the items it is on."""
    whole = next((hold for hold in facts.holds if hold.invoice_id is None), None)
    if whole:
        return [f"on hold ({whole.reason}): nothing may leave"]
    numbers = {item.invoice_id: item.invoice_number for item in facts.open_items}
    return [
        f"invoice {numbers.get(hold.invoice_id or '', hold.invoice_id)} is on hold "
        f"({hold.reason}): nothing may leave about it"
        for hold in facts.holds[:4]
    ]


@read_tool()
def next_steps(ctx: ToolContext, account: AccountRef) -> NextSteps:
    """Say what comes next for an account: ladder, tasks, promises due, requests that wait."""
    facts = ctx.facts(account)
    row = ctx.session.get_one(Account, account)
    steps: list[str] = []
    for reminder in plan_contact(facts, ctx.policy).reminders:
        steps.append(f"the ladder calls for {describe_stage(ctx.policy, reminder.stage)}")
    tasks = ctx.session.scalars(
        select(CallTask)
        .where(CallTask.account_id == account, CallTask.state == "open")
        .order_by(CallTask.due_on, CallTask.id)
        .limit(4)
    )
    steps += [f"task of {task.due_on}: {task.kind.replace('_', ' ')}" for task in tasks]
    for promise in sorted(facts.promises, key=lambda each: each.due_on)[:4]:
        whose = "our promise" if promise.direction == "ours" else "their promise"
        steps.append(f"{whose} ({promise.kind}) is due on {promise.due_on}")
    agreed = [each for each in facts.plans if each.state != PlanState.PROPOSED]
    for plan in agreed[:2]:
        if plan.next_due_on:
            steps.append(f"an instalment of plan {plan.plan_id} is due on {plan.next_due_on}")
    steps += [
        f"request {each.proposal_id} ({each.action_type.replace('_', ' ')}) waits for approval"
        for each in facts.proposals_waiting[:4]
    ]
    if facts.inbound_unanswered:
        steps.insert(0, "answer the customer's message first")
    steps[:0] = _held(facts)
    return NextSteps(
        account_id=facts.account_id,
        account_number=facts.account_number,
        name=facts.name,
        as_of=ctx.as_of,
        disposition=row.disposition,
        next_action_on=row.next_action_on,
        steps=tuple(steps),
    )
