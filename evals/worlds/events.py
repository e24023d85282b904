"""What happened around the money: holds, disputes, promises, plans, tickets, notes and mail."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta

from evals.worlds.inbound import LETTERS
from evals.worlds.rows import Row
from evals.worlds.story import Story
from ledger.ids import make_id
from ledger.money import Money
from ledger.states import DisputeState, HoldReason, PlanState, PromiseState, TicketState
from ledger.tables.account import ContractNote, Hold, Renewal, Ticket
from ledger.tables.case import Dispute, Plan, PlanInstalment, Promise
from ledger.tables.work import Message

# Who may lift a hold, where it is not finance.
_LIFTED_BY = {
    HoldReason.LEGAL_MATTER: "legal",
    HoldReason.LEGAL_REPRESENTATION: "legal",
    HoldReason.INSOLVENCY: "legal",
    HoldReason.DECEASED: "legal",
}
# The event that ends a hold without an end date.
_ENDS_WITH = {
    HoldReason.DISPUTE: "dispute_resolved",
    HoldReason.PROMISED_CREDIT: "credit_posted",
    HoldReason.ALREADY_PAID_CLAIM: "receipt_found",
    HoldReason.PROCUREMENT: "purchase_order_received",
}


def place_hold(
    story: Story,
    reason: HoldReason,
    *,
    invoice: Row | None = None,
    ends_on: date | None = None,
    days_ago: int = 12,
    lifted: bool = False,
) -> Row:
    """Stop messages for the account or one invoice; a lifted hold is history."""
    placed_on = story.world.before(days_ago)
    lifted_at = datetime.combine(placed_on + timedelta(days=4), time(9, tzinfo=UTC))
    return story.world.rows.add(
        Hold,
        id=make_id("hld", story.account_id, reason.value, next(story.world.serials)),
        account_id=story.account_id,
        invoice_id=invoice["id"] if invoice else None,
        reason=reason.value,
        placed_on=placed_on,
        ends_on=ends_on,
        ends_with=_ENDS_WITH.get(reason),
        lift_role=_LIFTED_BY.get(reason, "finance_lead"),
        placed_by="cora.lind",
        source="history",
        lifted_at=lifted_at if lifted else None,
        lifted_by="felix.ortega" if lifted else None,
    )


def dispute(
    story: Story,
    invoice: Row | None,
    reason: str,
    quote: str,
    opened_on: date,
    state: DisputeState = DisputeState.OPEN,
) -> Row:
    """Record that an invoice, or without one the account, is contested."""
    resolved = state is DisputeState.RESOLVED
    return story.world.rows.add(
        Dispute,
        id=make_id("dsp", story.account_id, next(story.world.serials)),
        account_id=story.account_id,
        invoice_id=invoice["id"] if invoice else None,
        reason=reason,
        amount_minor=invoice["amount_minor"] // 4 if invoice else None,
        currency=invoice["currency"] if invoice else None,
        opened_on=opened_on,
        state=state.value,
        owner="cora.lind",
        resolution="deny" if resolved else None,
        resolved_on=opened_on + timedelta(days=9) if resolved else None,
        quote=quote,
    )


def promise(
    story: Story,
    invoices: Sequence[Row],
    due_on: date,
    state: PromiseState = PromiseState.PENDING,
    *,
    ours: bool = False,
) -> Row:
    """Record their promise to pay the invoices, or ours to credit the first of them."""
    amount = sum(invoice["open_minor"] or invoice["amount_minor"] for invoice in invoices)
    return story.world.rows.add(
        Promise,
        id=make_id("prm", story.account_id, next(story.world.serials)),
        account_id=story.account_id,
        direction="ours" if ours else "theirs",
        kind="credit" if ours else "payment",
        amount_minor=amount // 10 if ours else amount,
        currency=invoices[0]["currency"],
        promised_on=min(due_on, story.as_of) - timedelta(days=6),
        due_on=due_on,
        invoice_ids=",".join(invoice["id"] for invoice in invoices),
        state=state.value,
        source="call",
    )


def agree_plan(story: Story, invoices: Sequence[Row], state: PlanState, first_in_days: int) -> Row:
    """Spread the invoices over four monthly parts that sum to what is open."""
    total = Money(sum(invoice["open_minor"] for invoice in invoices), invoices[0]["currency"])
    proposed = state is PlanState.PROPOSED
    plan_id = make_id("pln", story.account_id, next(story.world.serials))
    for number, part in enumerate(total.split([1, 1, 1, 1]), start=1):
        story.world.rows.add(
            PlanInstalment,
            id=make_id("pin", plan_id, number),
            plan_id=plan_id,
            number=number,
            due_on=story.as_of + timedelta(days=first_in_days + 30 * (number - 1)),
            amount_minor=part.minor,
        )
    return story.world.rows.add(
        Plan,
        id=plan_id,
        account_id=story.account_id,
        state=state.value,
        amount_minor=total.minor,
        currency=total.currency,
        agreed_on=None if proposed else story.world.before(max(10, 10 - first_in_days)),
        invoice_ids=",".join(invoice["id"] for invoice in invoices),
    )


def open_ticket(story: Story, state: TicketState, severity: int, subject: str) -> Row:
    """Record a service ticket."""
    serial = next(story.world.serials)
    return story.world.rows.add(
        Ticket,
        id=make_id("tkt", story.account_id, serial),
        account_id=story.account_id,
        ticket_number=f"T-{40_000 + serial}",
        opened_on=story.world.before(60 if state is TicketState.CLOSED else 5),
        severity=severity,
        state=state.value,
        subject=subject,
    )


def note_contract(story: Story, body: str, *, sensitive: bool = False) -> Row:
    """Keep a note of the contract system."""
    return story.world.rows.add(
        ContractNote,
        id=make_id("cnt", story.account_id, next(story.world.serials)),
        account_id=story.account_id,
        noted_on=story.world.before(story.rng.randint(30, 300)),
        source="contract system",
        body=body,
        sensitive=sensitive,
    )


def negotiate_renewal(story: Story, renews_in_days: int, *, active: bool = True) -> Row:
    """Record a contract renewal."""
    return story.world.rows.add(
        Renewal,
        id=make_id("rnw", story.account_id, next(story.world.serials)),
        account_id=story.account_id,
        renews_on=story.as_of + timedelta(days=renews_in_days),
        active=active,
        owner="amara.diallo",
    )


def write_in(story: Story, letter: str, item: Row, sent_on: date, *, answered: bool = False) -> Row:
    """The customer writes about an item, in the account's language where the letter has it."""
    text = LETTERS[letter].get(story.account["language"]) or LETTERS[letter]["en"]
    amount = Money(item["open_minor"], item["currency"])
    filled = text.format(invoice=item["invoice_number"], amount=amount)
    subject, _, body = filled.partition("\n")
    return story.world.rows.add(
        Message,
        id=make_id("msg", story.account_id, "in", next(story.world.serials)),
        account_id=story.account_id,
        direction="in",
        currency=item["currency"],
        sent_on=sent_on,
        sent_at=datetime.combine(sent_on, time(10, 12, tzinfo=UTC)),
        subject=subject,
        body=body,
        answered=answered,
        invoice_ids=item["id"],
    )
