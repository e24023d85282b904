"""Read tools for an account as a whole: its brief, open items and aging."""

from datetime import date

from engines.dunning import choose_contact, plan_contact
from engines.metrics import BUCKETS, age
from ledger.actions import SendReminder
from ledger.facts import AccountFacts, ContactFact, OpenItem
from ledger.money import Money
from policies.describe import describe_stage
from tools.contract import AccountRef, Limit, MoneyOut, Result, ToolContext, read_tool


class ContactLine(Result):
    """Somebody to talk to."""

    contact_id: str
    name: str
    role: str
    email_works: bool
    phone: bool
    opted_out: bool
    language: str | None


class NextReminder(Result):
    """The reminder the ladder calls for today; whether it may leave is the gate's question."""

    stage: int
    words: str
    template_id: str
    contact_id: str
    language: str
    currency: str
    invoice_ids: tuple[str, ...]
    total: MoneyOut


class AccountBrief(Result):
    """One page on an account; totals are complete, add nothing."""

    account_id: str
    account_number: str
    name: str
    as_of: date
    segment: str
    strategic: bool
    owner: str | None
    language: str
    open: tuple[MoneyOut, ...]
    overdue: tuple[MoneyOut, ...]
    oldest_days_past_due: int
    unapplied_cash: tuple[MoneyOut, ...]
    open_credits: tuple[MoneyOut, ...]
    open_disputes: int
    holds: tuple[str, ...]
    on_hold_as_a_whole: bool
    promises_pending: int
    promises_broken: int
    plans: int
    tickets_open: int
    renewal_on: date | None
    sensitive_contract: bool
    customer_waits_for_answer: bool
    last_contact_on: date | None
    next_reminders: tuple[NextReminder, ...]
    past_last_stage_in: tuple[str, ...]
    best_contact_id: str | None
    contacts: tuple[ContactLine, ...]
    waiting_proposals: tuple[str, ...]


class OpenItemLine(Result):
    """An invoice with an open balance."""

    invoice_id: str
    invoice_number: str
    issued_on: date
    due_on: date
    days_past_due: int
    amount: MoneyOut
    open: MoneyOut
    po_number: str | None
    dunning_level: int
    disputed: bool


class OpenItems(Result):
    """Open items, oldest due date first, with complete totals per currency."""

    account_number: str
    name: str
    as_of: date
    items: tuple[OpenItemLine, ...]
    shown: int
    count: int
    totals: tuple[MoneyOut, ...]
    overdue: tuple[MoneyOut, ...]


class AgingLine(Result):
    """Open balance of one currency by days past due; the buckets sum to the total."""

    currency: str
    buckets: dict[str, MoneyOut]
    total: MoneyOut
    unapplied_cash: MoneyOut
    open_credits: MoneyOut


class AccountAging(Result):
    """Aging of an account, a line a currency."""

    account_number: str
    name: str
    as_of: date
    lines: tuple[AgingLine, ...]


def totals(amounts: list[tuple[str, int]]) -> tuple[Money, ...]:
    """Sums per currency, without those that are zero."""
    sums: dict[str, int] = {}
    for currency, minor in amounts:
        sums[currency] = sums.get(currency, 0) + minor
    return tuple(Money(minor, currency) for currency, minor in sorted(sums.items()) if minor)


@read_tool()
def get_account_brief(ctx: ToolContext, account: AccountRef) -> AccountBrief:
    """Read one page on an account: balances, disputes, promises, holds, contacts, next stage.

    Use it first. Totals are per currency and complete; do not add amounts yourself.
    """
    facts = ctx.facts(account)
    plan = plan_contact(facts, ctx.policy)
    best = choose_contact(facts)
    return AccountBrief(
        account_id=facts.account_id,
        account_number=facts.account_number,
        name=facts.name,
        as_of=ctx.as_of,
        segment=facts.segment,
        strategic=facts.strategic,
        owner=facts.owner,
        language=facts.language,
        open=_open(facts.open_items),
        overdue=overdue_sums(facts),
        oldest_days_past_due=oldest_days(facts),
        unapplied_cash=totals([(r.currency, r.unapplied_minor) for r in facts.receipts]),
        open_credits=totals([(c.currency, c.unapplied_minor) for c in facts.credits]),
        open_disputes=len(facts.disputes),
        holds=tuple(sorted({hold.reason for hold in facts.holds})),
        on_hold_as_a_whole=any(hold.invoice_id is None for hold in facts.holds),
        promises_pending=len(facts.promises),
        promises_broken=facts.broken_promises,
        plans=len(facts.plans),
        tickets_open=len(facts.tickets),
        renewal_on=facts.renewal_on,
        sensitive_contract=facts.sensitive_contract,
        customer_waits_for_answer=facts.inbound_unanswered,
        last_contact_on=facts.contact_history[-1].sent_on if facts.contact_history else None,
        next_reminders=tuple(_next_reminder(ctx, facts, each) for each in plan.reminders),
        past_last_stage_in=plan.past_last_stage,
        best_contact_id=best.contact_id if best else None,
        contacts=tuple(_contact_line(contact) for contact in facts.contacts[:8]),
        waiting_proposals=tuple(each.proposal_id for each in facts.proposals_waiting),
    )


@read_tool()
def list_open_items(
    ctx: ToolContext, account: AccountRef, overdue_only: bool = False, limit: Limit = 25
) -> OpenItems:
    """List an account's open items, oldest due date first.

    Use it before proposing any contact. The totals cover every item, shown or not.

    Args:
        ctx: Who asks, on which ledger.
        account: The account.
        overdue_only: Leave out what is not due yet.
        limit: How many items to return.
    """
    facts = ctx.facts(account)
    overdue = [item for item in facts.open_items if item.due_on < ctx.as_of]
    wanted = overdue if overdue_only else list(facts.open_items)
    disputed = {dispute.invoice_id for dispute in facts.disputes}
    return OpenItems(
        account_number=facts.account_number,
        name=facts.name,
        as_of=ctx.as_of,
        items=tuple(_item_line(item, ctx.as_of, disputed) for item in wanted[:limit]),
        shown=min(limit, len(wanted)),
        count=len(wanted),
        totals=_open(wanted),
        overdue=overdue_sums(facts),
    )


@read_tool()
def aging_of_account(ctx: ToolContext, account: AccountRef) -> AccountAging:
    """Read an account's aging: open balance by days past due, a line a currency."""
    facts = ctx.facts(account)
    return AccountAging(
        account_number=facts.account_number,
        name=facts.name,
        as_of=ctx.as_of,
        lines=tuple(_aging_line(facts, currency) for currency in facts.currencies),
    )


def _next_reminder(ctx: ToolContext, facts: AccountFacts, reminder: SendReminder) -> NextReminder:
    named = set(reminder.invoice_ids)
    items = [item for item in facts.open_items if item.invoice_id in named]
    total = sum(part.open_minor for item in items for part in item.asked(facts.as_of))
    return NextReminder(
        stage=reminder.stage,
        words=describe_stage(ctx.policy, reminder.stage),
        template_id=reminder.template_id,
        contact_id=reminder.contact_id,
        language=reminder.language,
        currency=reminder.currency,
        invoice_ids=reminder.invoice_ids,
        total=Money(total, reminder.currency),
    )


def oldest_days(facts: AccountFacts) -> int:
    """Days past due of the oldest open item, 0 when nothing is overdue."""
    return max((max(0, (facts.as_of - item.due_on).days) for item in facts.open_items), default=0)


def overdue_sums(facts: AccountFacts) -> tuple[Money, ...]:
    """What is past due per currency; of an invoice in instalments only the parts past due."""
    return totals([(item.currency, item.overdue_minor(facts.as_of)) for item in facts.open_items])


def _open(items: list[OpenItem] | tuple[OpenItem, ...]) -> tuple[Money, ...]:
    return totals([(item.currency, item.open_minor) for item in items])


def _item_line(item: OpenItem, as_of: date, disputed: set[str | None]) -> OpenItemLine:
    return OpenItemLine(
        invoice_id=item.invoice_id,
        invoice_number=item.invoice_number,
        issued_on=item.issued_on,
        due_on=item.due_on,
        days_past_due=max(0, (as_of - item.due_on).days),
        amount=Money(item.amount_minor, item.currency),
        open=item.open,
        po_number=item.po_number,
        dunning_level=item.dunning_level,
        disputed=item.invoice_id in disputed or None in disputed,
    )


def _aging_line(facts: AccountFacts, currency: str) -> AgingLine:
    parts = [part for item in facts.open_items if item.currency == currency for part in item.parts]
    items = [(part.due_on, part.open_minor) for part in parts]
    cash = sum(r.unapplied_minor for r in facts.receipts if r.currency == currency)
    credit = sum(c.unapplied_minor for c in facts.credits if c.currency == currency)
    aging = age(items, facts.as_of, cash, credit)
    return AgingLine(
        currency=currency,
        buckets={
            name: Money(minor, currency) for name, minor in zip(BUCKETS, aging.buckets, strict=True)
        },
        total=Money(aging.open_minor, currency),
        unapplied_cash=Money(cash, currency),
        open_credits=Money(credit, currency),
    )


def _contact_line(contact: ContactFact) -> ContactLine:
    return ContactLine(
        contact_id=contact.contact_id,
        name=contact.name,
        role=contact.role,
        email_works=bool(contact.email) and not contact.bounced,
        phone=bool(contact.phone),
        opted_out=contact.opted_out,
        language=contact.language,
    )
