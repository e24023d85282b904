"""What the customer's page shows: their open items as the ledger holds them, and nothing of ours.

Holds, risk, notes and other accounts never come here.
"""

import hmac
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation

from sqlalchemy import select
from sqlmodel import Session

from guardrails.formats import printable
from ledger.facts import AccountFacts, OpenItem
from ledger.money import Money
from ledger.queries.account_facts import load_facts
from ledger.tables.receivable import Invoice, Receipt
from ledger.tables.work import Message, Outbox

_SHOWN_END = 3
_FACT_DAYS = 730
_MOST_FACTS = 5000
_MESSAGES_SHOWN = 10


@dataclass(frozen=True, slots=True)
class PageItem:
    """An open item as the page lists it.

    Attributes:
        number: As our books write it, on one line and without hidden signs.
        state: open, overdue, disputed, promised or planned.
    """

    invoice_id: str
    number: str
    order: str
    issued_on: date
    due_on: date
    open: Money
    state: str

    @property
    def end(self) -> str:
        """The end of the number, for a reader who has not told the fact yet."""
        return f"…{self.number[-_SHOWN_END:]}" if len(self.number) > _SHOWN_END else "…"


@dataclass(frozen=True, slots=True)
class Lowering:
    """A credit memo or a payment that is not applied yet."""

    kind: str
    number: str
    on: date
    amount: Money


@dataclass(frozen=True, slots=True)
class PageMessage:
    """A message of ours that is read here."""

    on: date
    subject: str
    body: str


@dataclass(frozen=True, slots=True)
class CustomerPage:
    """What the page of an account shows.

    Attributes:
        items: What is shown of the open items, the oldest due date first.
        more: Open items beyond those.
        totals: Of all open items, by currency.
        balances: The totals less what lowers them.
    """

    account_id: str
    account_number: str
    name: str
    as_of: date
    items: tuple[PageItem, ...]
    more: int
    totals: tuple[Money, ...]
    lowering: tuple[Lowering, ...]
    balances: tuple[Money, ...]
    promises: tuple[tuple[date, Money | None], ...]

    def chosen(self, invoice_ids: Iterable[str]) -> tuple[PageItem, ...]:
        """The shown items among some ids, each once, in the order of the page."""
        wanted = set(invoice_ids)
        return tuple(item for item in self.items if item.invoice_id in wanted)


def page_of(session: Session, account_id: str, as_of: date, most: int) -> CustomerPage:
    """Read the page of an account."""
    return page_from(load_facts(session, as_of, [account_id])[account_id], most)


def page_from(facts: AccountFacts, most: int) -> CustomerPage:
    """The page of an account from its facts."""
    ranked = sorted(facts.open_items, key=lambda item: (item.due_on, item.invoice_number))
    lowering = (
        *(
            Lowering("credit", printable(c.credit_number), c.issued_on, _money(c))
            for c in facts.credits
        ),
        *(
            Lowering("receipt", printable(r.receipt_number), r.received_on, _money(r))
            for r in facts.receipts
        ),
    )
    totals = _sums(item.open for item in facts.open_items)
    return CustomerPage(
        account_id=facts.account_id,
        account_number=printable(facts.account_number),
        name=printable(facts.name),
        as_of=facts.as_of,
        items=tuple(_item(item, facts) for item in ranked[:most]),
        more=max(0, len(ranked) - most),
        totals=totals,
        lowering=tuple(each for each in lowering if each.amount.minor),
        balances=_sums([*totals, *(-each.amount for each in lowering)]),
        promises=tuple(
            (p.due_on, Money(p.amount_minor, p.currency) if p.amount_minor and p.currency else None)
            for p in facts.promises
            if p.direction == "theirs"
        ),
    )


def _money(each: object) -> Money:
    return Money(each.unapplied_minor, each.currency)  # type: ignore[attr-defined]


def _item(item: OpenItem, facts: AccountFacts) -> PageItem:
    return PageItem(
        invoice_id=item.invoice_id,
        number=printable(item.invoice_number),
        order=printable(item.po_number or ""),
        issued_on=item.issued_on,
        due_on=item.due_on,
        open=item.open,
        state=_state(item, facts),
    )


def _state(item: OpenItem, facts: AccountFacts) -> str:
    if any(each.invoice_id in (item.invoice_id, None) for each in facts.disputes):
        return "disputed"
    if any(item.invoice_id in plan.invoice_ids for plan in facts.plans if plan.state == "active"):
        return "planned"
    if any(
        not each.invoice_ids or item.invoice_id in each.invoice_ids
        for each in facts.promises
        if each.direction == "theirs"
    ):
        return "promised"
    return "overdue" if item.due_on < facts.as_of else "open"


def _sums(amounts: Iterable[Money]) -> tuple[Money, ...]:
    sums: dict[str, int] = {}
    for each in amounts:
        sums[each.currency] = sums.get(each.currency, 0) + each.minor
    return tuple(Money(minor, currency) for currency, minor in sorted(sums.items()))


def knows_a_fact(session: Session, account_id: str, told: str, as_of: date) -> bool:
    """Whether words are the whole number of an invoice of theirs, or the amount of a payment.

    Neither stands on the page before, and a payment with money not applied is none, as the page
    lists it. Every one is compared, in time that does not tell how near.
    """
    since = as_of - timedelta(days=_FACT_DAYS)
    numbers = session.scalars(
        select(Invoice.invoice_number)
        .where(Invoice.account_id == account_id, Invoice.issued_on >= since)
        .limit(_MOST_FACTS)
    ).all()
    paid = session.execute(
        select(Receipt.amount_minor, Receipt.currency)
        .where(
            Receipt.account_id == account_id,
            Receipt.received_on >= since,
            Receipt.unapplied_minor == 0,
        )
        .limit(_MOST_FACTS)
    ).all()
    plain = _plain(told)
    amounts = {format(Money(minor, currency).amount, "f") for minor, currency in paid}
    said = _amount(told)
    found = [hmac.compare_digest(_plain(number), plain) for number in numbers]
    found += [hmac.compare_digest(amount, said) for amount in amounts]
    return bool(plain) and any(found)


def _plain(text: str) -> str:
    return "".join(sign for sign in text.upper() if sign.isascii() and sign.isalnum())


def _amount(text: str) -> str:
    """An amount as we compare it, whichever mark stands before its decimals."""
    bare = "".join(sign for sign in text if sign.isdigit() or sign in ".,")
    head, mark, tail = bare.rpartition("," if bare.rfind(",") > bare.rfind(".") else ".")
    whole = head.replace(",", "").replace(".", "") if mark else tail
    try:
        return format(Decimal(f"{whole}.{tail}" if mark else whole), "f")
    except InvalidOperation:
        return ""


def messages_for(session: Session, contact_id: str) -> Sequence[PageMessage]:
    """The newest messages that were sent to a contact to be read here."""
    rows = session.execute(
        select(Message.sent_on, Message.subject, Message.body)
        .join(Outbox, Outbox.id == Message.outbox_id)
        .where(
            Message.direction == "out",
            Message.channel == "portal",
            Outbox.contact_id == contact_id,
        )
        .order_by(Message.sent_on.desc(), Message.id)
        .limit(_MESSAGES_SHOWN)
    )
    return [PageMessage(*row) for row in rows]
