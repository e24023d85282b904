"""One page on an account for a person: what is open, what happened, what others wrote.

Everything that came from outside is shown without characters that hide or reorder what is read,
cut to a length, and marked with its source.
"""

from datetime import date
from typing import Any

from sqlmodel import Session

from guardrails.formats import printable
from ledger.errors import NotFound
from ledger.facts import AccountFacts
from ledger.money import Money
from ledger.queries.account_facts import load_facts
from ledger.queries.inbox import AccountRecords, account_records
from ledger.tables.account import Account
from ledger.tables.work import Message
from tools.account_lines import (
    AccountPage,
    ContactLine,
    DisputeLine,
    HoldLine,
    ItemLine,
    KeptLine,
    LoggedLine,
    MessageLine,
    PaymentLine,
    PromiseLine,
    Quote,
    TicketLine,
)
from tools.promise_book import kept_line, kept_records

MAX_ITEMS = 40
MAX_QUOTE = 600
MAX_NAME = 120


def shown_text(text: str, limit: int = MAX_QUOTE) -> str:
    """Text from outside that is safe to show: line by line printable, and cut."""
    clean = "\n".join(printable(line) for line in text[: limit * 4].splitlines()).strip("\n")
    return clean if len(clean) <= limit else f"{clean[:limit]} [cut]"


def name_of(text: str) -> str:
    """A name from outside on one line."""
    return shown_text(printable(text), MAX_NAME)


def account_page(session: Session, account_id: str, as_of: date) -> AccountPage:
    """Build the page of an account.

    Raises:
        NotFound: No such account.
    """
    facts = load_facts(session, as_of, [account_id]).get(account_id)
    if facts is None:
        raise NotFound(f"no account {account_id!r}")
    records = account_records(session, account_id, as_of)
    limit = facts.credit_limit_minor
    known = limit is not None and facts.credit_currency is not None
    return AccountPage(
        account_id=facts.account_id,
        account_number=facts.account_number,
        name=name_of(facts.name),
        as_of=as_of,
        segment=facts.segment,
        strategic=facts.strategic,
        debtor_type=facts.debtor_type,
        owner=facts.owner,
        language=facts.language,
        places=facts.places,
        disposition=session.get_one(Account, account_id).disposition,
        credit_limit=Money(limit, facts.credit_currency) if known else None,
        credit_hold=facts.credit_hold,
        renewal_on=facts.renewal_on,
        promises_broken=facts.broken_promises,
        promise_record=_record(session, account_id, as_of),
        proposals_waiting=tuple(w.proposal_id for w in facts.proposals_waiting),
        item_count=len(facts.open_items),
        **_balances(facts),
        **_lines(facts, records),
    )


def _record(session: Session, account_id: str, as_of: date) -> KeptLine | None:
    """How often they keep their word; nothing where no promise of theirs has matured."""
    found = kept_records(session, as_of, [account_id])[account_id]
    return kept_line(found) if found.kept or found.failed else None


def _balances(facts: AccountFacts) -> dict[str, Any]:
    late = [item for item in facts.open_items if item.due_on < facts.as_of]
    return {
        "open": _sums((i.currency, i.open_minor) for i in facts.open_items),
        "overdue": _sums((i.currency, i.overdue_minor(facts.as_of)) for i in late),
        "oldest_days_overdue": max(((facts.as_of - i.due_on).days for i in late), default=0),
        "unapplied_cash": _sums((r.currency, r.unapplied_minor) for r in facts.receipts),
        "open_credits": _sums((c.currency, c.unapplied_minor) for c in facts.credits),
    }


def _sums(amounts: Any) -> tuple[Money, ...]:
    sums: dict[str, int] = {}
    for currency, minor in amounts:
        sums[currency] = sums.get(currency, 0) + minor
    return tuple(Money(minor, currency) for currency, minor in sorted(sums.items()))


def _lines(facts: AccountFacts, records: AccountRecords) -> dict[str, Any]:
    numbers = {item.invoice_id: item.invoice_number for item in facts.open_items}
    return {
        "items": _items(facts),
        "payments": tuple(
            PaymentLine(
                receipt_number=row.receipt_number,
                received_on=row.received_on,
                amount=Money(row.amount_minor, row.currency),
                unapplied=Money(row.unapplied_minor, row.currency),
                memo=shown_text(row.memo, MAX_NAME),
            )
            for row in records.payments
        ),
        "disputes": tuple(
            DisputeLine(
                dispute_id=row.id,
                invoice_number=numbers.get(row.invoice_id or "", row.invoice_id),
                reason=row.reason,
                state=row.state,
                opened_on=row.opened_on,
                quote=_quote("the customer", row.quote, row.opened_on),
            )
            for row in records.disputes
        ),
        "promises": tuple(
            PromiseLine(
                direction=row.direction,
                kind=row.kind,
                due_on=row.due_on,
                amount=Money(row.amount_minor, row.currency)
                if row.amount_minor is not None and row.currency
                else None,
                state=row.state,
            )
            for row in records.promises
        ),
        "holds": tuple(
            HoldLine(
                hold_id=row.id,
                reason=row.reason,
                invoice_number=numbers.get(row.invoice_id or "", row.invoice_id),
                placed_on=row.placed_on,
                ends_on=row.ends_on,
                lift_role=row.lift_role,
            )
            for row in records.holds
        ),
        **_spoken(facts, records),
    }


def _items(facts: AccountFacts) -> tuple[ItemLine, ...]:
    disputed = {dispute.invoice_id for dispute in facts.disputes}
    return tuple(
        ItemLine(
            invoice_id=item.invoice_id,
            invoice_number=item.invoice_number,
            due_on=item.due_on,
            days_overdue=max(0, (facts.as_of - item.due_on).days),
            amount=Money(item.amount_minor, item.currency),
            open=item.open,
            stage=item.dunning_level,
            disputed=item.invoice_id in disputed or None in disputed,
            po_number=name_of(item.po_number) if item.po_number else None,
        )
        for item in facts.open_items[:MAX_ITEMS]
    )


def _spoken(facts: AccountFacts, records: AccountRecords) -> dict[str, Any]:
    """What people said and wrote."""
    return {
        "tickets": tuple(
            TicketLine(
                ticket_number=row.ticket_number,
                opened_on=row.opened_on,
                severity=row.severity,
                state=row.state,
                subject=shown_text(printable(row.subject), MAX_NAME),
            )
            for row in records.tickets
        ),
        "contract_notes": tuple(
            quote
            for row in records.notes
            if (quote := _quote(row.source or "contract system", row.body, row.noted_on))
        ),
        "contacts": tuple(
            ContactLine(
                contact_id=contact.contact_id,
                name=name_of(contact.name),
                role=contact.role,
                email=name_of(contact.email) if contact.email else None,
                phone=name_of(contact.phone) if contact.phone else None,
                reachable=bool(contact.email) and not contact.bounced and not contact.opted_out,
                opted_out=contact.opted_out,
            )
            for contact in facts.contacts
        ),
        "messages": tuple(_message(row) for row in records.messages),
        "logged": tuple(
            LoggedLine(kind=row.kind, on=row.noted_on, by=row.noted_by, words=shown_text(row.body))
            for row in records.logged
        ),
    }


def _message(row: Message) -> MessageLine:
    theirs = row.direction == "in"
    return MessageLine(
        direction=row.direction,
        sent_on=row.sent_on,
        channel=row.channel,
        purpose=row.purpose,
        subject=shown_text(printable(row.subject), MAX_NAME),
        words=_quote("the customer", row.body, row.sent_on) if theirs else None,
    )


def _quote(source: str, text: str, on: date | None) -> Quote | None:
    return Quote(source=name_of(source), on=on, text=shown_text(text)) if text.strip() else None
