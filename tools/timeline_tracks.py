"""What can happen to an account, and how each kind of row tells it on the timeline.

Every entry names the row it comes from. Words from outside are kept apart from ours.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlmodel import Session

from ledger.money import Money
from ledger.tables.account import ContractNote, Hold, Ticket
from ledger.tables.case import Dispute, Plan, Promise
from ledger.tables.inbound import Claim, Inbound
from ledger.tables.notes import AccountNote
from ledger.tables.receivable import Application, CreditMemo, Invoice, Receipt, ReceiptReturn
from ledger.tables.work import (
    CallTask,
    Decision,
    DispositionRow,
    Message,
    Outbox,
    Person,
    Proposal,
    Run,
)
from tools.account_pages import name_of, shown_text
from tools.assist_notes import MAX_NOTE
from tools.contract import MoneyOut, Result

MAX_WORDS = 6000


class Entry(Result):
    """Something that happened.

    Attributes:
        kind: What sort of thing it is; a key of `TRACKS`.
        source: Table and id of the row that says so.
        says: Our words for it.
        words: What was written, by us or by them, as it stood.
        outside: Whether `words` come from outside.
    """

    on: date
    kind: str
    source: str
    says: str
    amount: MoneyOut | None = None
    words: str = ""
    outside: bool = False
    proposal_id: str | None = None


@dataclass(frozen=True, slots=True)
class Track:
    """One kind of entry: the newest rows of an account before a day."""

    rows: Callable[[Session, str, date | None, int], Iterable[Any]]
    entry: Callable[[Any], Entry]


def _newest(table: Any, on: Any, *where: Any) -> Callable[..., Iterable[Any]]:
    def rows(session: Session, account_id: str, before: date | None, limit: int) -> Iterable[Any]:
        behind = [] if before is None else [on < before]
        return session.scalars(
            select(table)
            .where(table.account_id == account_id, *where, *behind)
            .order_by(on.desc(), table.id)
            .limit(limit)
        )

    return rows


def _money(minor: int | None, currency: str | None) -> Money | None:
    return None if minor is None or currency is None else Money(minor, currency)


def _plain(word: str | None) -> str:
    return (word or "").replace("_", " ")


def _invoice(row: Invoice) -> Entry:
    return Entry(
        on=row.issued_on,
        kind="invoice",
        source=f"invoice {row.id}",
        says=f"Invoice {name_of(row.invoice_number)} issued, due {row.due_on}",
        amount=Money(row.amount_minor, row.currency),
    )


def _credit(row: CreditMemo) -> Entry:
    return Entry(
        on=row.issued_on,
        kind="credit",
        source=f"credit_memo {row.id}",
        says=f"Credit memo {name_of(row.credit_number)} issued",
        amount=Money(row.amount_minor, row.currency),
    )


def _payment(row: Receipt) -> Entry:
    return Entry(
        on=row.received_on,
        kind="payment",
        source=f"receipt {row.id}",
        says=f"Payment {name_of(row.receipt_number)} came in",
        amount=Money(row.amount_minor, row.currency),
        words=shown_text(row.memo, 300),
        outside=True,
    )


def _applied_rows(
    session: Session, account_id: str, before: date | None, limit: int
) -> Iterable[Any]:
    behind = [] if before is None else [Application.applied_on < before]
    return session.execute(
        select(Application, Invoice.invoice_number)
        .join(Invoice, Invoice.id == Application.invoice_id)
        .where(Application.account_id == account_id, *behind)
        .order_by(Application.applied_on.desc(), Application.id)
        .limit(limit)
    )


def _applied(row: Any) -> Entry:
    application, number = row
    verb = "taken back from" if application.amount_minor < 0 else "set against"
    return Entry(
        on=application.applied_on,
        kind="application",
        source=f"application {application.id}",
        says=f"{_plain(application.kind).capitalize()} {verb} {name_of(number)}",
        amount=Money(application.amount_minor, application.currency),
    )


def _return_rows(
    session: Session, account_id: str, before: date | None, limit: int
) -> Iterable[Any]:
    behind = [] if before is None else [ReceiptReturn.returned_on < before]
    return session.scalars(
        select(ReceiptReturn)
        .join(Receipt, Receipt.id == ReceiptReturn.receipt_id)
        .where(Receipt.account_id == account_id, *behind)
        .order_by(ReceiptReturn.returned_on.desc(), ReceiptReturn.id)
        .limit(limit)
    )


def _returned(row: ReceiptReturn) -> Entry:
    return Entry(
        on=row.returned_on,
        kind="return",
        source=f"receipt_return {row.id}",
        says=f"Money went back: {_plain(row.reason) or 'no reason given'}",
        amount=Money(row.amount_minor, row.currency),
    )


def _letter_rows(
    session: Session, account_id: str, before: date | None, limit: int
) -> Iterable[Any]:
    behind = [] if before is None else [Message.sent_on < before]
    return session.execute(
        select(Message, Outbox)
        .outerjoin(Outbox, Outbox.id == Message.outbox_id)
        .where(Message.account_id == account_id, Message.direction == "out", *behind)
        .order_by(Message.sent_on.desc(), Message.id)
        .limit(limit)
    )


def _letter(row: Any) -> Entry:
    message, sent = row
    stage = f", stage {message.stage}" if message.stage else ""
    words = f"{sent.subject}\n\n{sent.body}" if sent else f"{message.subject}\n\n{message.body}"
    to = f" to {name_of(sent.recipient)}" if sent else ""
    return Entry(
        on=message.sent_on,
        kind="letter",
        source=f"outbox {sent.id}" if sent else f"message {message.id}",
        says=f"{_plain(message.purpose).capitalize()}{stage} by {message.channel}{to}",
        words=shown_text(words.strip(), MAX_WORDS),
        proposal_id=sent.proposal_id if sent else None,
    )


def _reply(row: Inbound) -> Entry:
    return Entry(
        on=row.received_on,
        kind="reply",
        source=f"inbound {row.id}",
        says=f"{name_of(row.sender) or 'The customer'} wrote by {row.channel}",
        words=shown_text(f"{row.subject}\n\n{row.body}".strip(), MAX_WORDS),
        outside=True,
    )


def _claim(row: Claim) -> Entry:
    until = f", chasing pauses until {row.pauses_until}" if row.pauses_until else ""
    return Entry(
        on=row.claimed_on,
        kind="claim",
        source=f"claim {row.id}",
        says=f"Read as {_plain(row.kind)} ({row.state}){until}",
        words=shown_text(row.quote, 600),
        outside=True,
    )


def _dispute(row: Dispute) -> Entry:
    settled = f"; {_plain(row.resolution)} on {row.resolved_on}" if row.resolved_on else ""
    return Entry(
        on=row.opened_on,
        kind="dispute",
        source=f"dispute {row.id}",
        says=f"Dispute opened: {_plain(row.reason)} ({row.state}){settled}",
        amount=_money(row.amount_minor, row.currency),
        words=shown_text(row.quote, 600),
        outside=True,
    )


def _promise(row: Promise) -> Entry:
    whose = "They promised" if row.direction == "theirs" else "We promised"
    return Entry(
        on=row.promised_on,
        kind="promise",
        source=f"promise {row.id}",
        says=f"{whose} {_plain(row.kind)} by {row.due_on} ({_plain(row.state)})",
        amount=_money(row.amount_minor, row.currency),
    )


def _plan(row: Plan) -> Entry:
    return Entry(
        on=row.proposed_on or row.agreed_on or date.min,
        kind="plan",
        source=f"plan {row.id}",
        says=f"Payment plan, {row.frequency} ({_plain(row.state)})",
        amount=Money(row.amount_minor, row.currency),
    )


def _hold(row: Hold) -> Entry:
    ends = f" until {row.ends_on}" if row.ends_on else ""
    lifted = f"; lifted by {row.lifted_by}" if row.lifted_at else ""
    return Entry(
        on=row.placed_on,
        kind="hold",
        source=f"hold {row.id}",
        says=f"Hold: {_plain(row.reason)}{ends}, placed by {row.placed_by or 'import'}{lifted}",
    )


def _decision_rows(
    session: Session, account_id: str, before: date | None, limit: int
) -> Iterable[Any]:
    at = Decision.decided_at
    behind = [] if before is None else [at < datetime.fromisoformat(f"{before}T00:00:00+00:00")]
    return session.execute(
        select(Decision, Proposal.action_type, Person.name)
        .join(Proposal, Proposal.id == Decision.proposal_id)
        .outerjoin(Person, Person.id == Decision.decided_by)
        .where(Proposal.account_id == account_id, *behind)
        .order_by(at.desc(), Decision.id)
        .limit(limit)
    )


def _decided(row: Any) -> Entry:
    decision, action_type, name = row
    return Entry(
        on=decision.decided_at.date(),
        kind="decision",
        source=f"decision {decision.id}",
        says=f"{name or decision.decided_by} said {decision.verb} to {_plain(action_type)}",
        words=shown_text(decision.reason, 600),
        proposal_id=decision.proposal_id,
    )


def _night_rows(
    session: Session, account_id: str, before: date | None, limit: int
) -> Iterable[Any]:
    behind = [] if before is None else [Run.as_of < before]
    return session.execute(
        select(DispositionRow, Run.as_of)
        .join(Run, Run.id == DispositionRow.run_id)
        .where(DispositionRow.account_id == account_id, *behind)
        .order_by(Run.as_of.desc(), DispositionRow.seq.desc())
        .limit(limit)
    )


def _night(row: Any) -> Entry:
    decided, as_of = row
    return Entry(
        on=as_of,
        kind="night",
        source=f"disposition {decided.seq}",
        says=f"The night decided: {_plain(decided.kind)} ({_plain(decided.account_class)})",
        words=shown_text(decided.reason, 1000),
    )


def _task(row: CallTask) -> Entry:
    return Entry(
        on=row.due_on,
        kind="task",
        source=f"call_task {row.id}",
        says=f"{_plain(row.kind).capitalize()} for {row.assignee or 'anybody'} ({row.state})",
        words=shown_text(row.summary, 1000),
    )


def _logged_rows(
    session: Session, account_id: str, before: date | None, limit: int
) -> Iterable[Any]:
    behind = [] if before is None else [AccountNote.noted_on < before]
    return session.execute(
        select(AccountNote, Person.name)
        .outerjoin(Person, Person.id == AccountNote.noted_by)
        .where(AccountNote.account_id == account_id, *behind)
        .order_by(AccountNote.noted_on.desc(), AccountNote.noted_at.desc(), AccountNote.id)
        .limit(limit)
    )


def _logged(row: Any) -> Entry:
    note, name = row
    return Entry(
        on=note.noted_on,
        kind="logged",
        source=f"account_note {note.id}",
        says=f"{'Call' if note.kind == 'call' else 'Note'} by {name or note.noted_by}",
        words=shown_text(note.body, MAX_NOTE),
    )


def _note(row: ContractNote) -> Entry:
    return Entry(
        on=row.noted_on,
        kind="note",
        source=f"contract_note {row.id}",
        says=f"Contract note from {name_of(row.source) or 'the contract system'}",
        words=shown_text(row.body, 1500),
        outside=True,
    )


def _ticket(row: Ticket) -> Entry:
    return Entry(
        on=row.opened_on,
        kind="ticket",
        source=f"ticket {row.id}",
        says=f"Ticket {name_of(row.ticket_number)}, severity {row.severity} ({row.state})",
        words=shown_text(row.subject, 300),
        outside=True,
    )


TRACKS: dict[str, Track] = {
    "night": Track(_night_rows, _night),
    "decision": Track(_decision_rows, _decided),
    "letter": Track(_letter_rows, _letter),
    "reply": Track(_newest(Inbound, Inbound.received_on), _reply),
    "claim": Track(_newest(Claim, Claim.claimed_on), _claim),
    "promise": Track(_newest(Promise, Promise.promised_on), _promise),
    "plan": Track(_newest(Plan, Plan.proposed_on, Plan.proposed_on.is_not(None)), _plan),
    "dispute": Track(_newest(Dispute, Dispute.opened_on), _dispute),
    "hold": Track(_newest(Hold, Hold.placed_on), _hold),
    "payment": Track(_newest(Receipt, Receipt.received_on), _payment),
    "application": Track(_applied_rows, _applied),
    "return": Track(_return_rows, _returned),
    "credit": Track(_newest(CreditMemo, CreditMemo.issued_on), _credit),
    "invoice": Track(_newest(Invoice, Invoice.issued_on), _invoice),
    "task": Track(_newest(CallTask, CallTask.due_on), _task),
    "logged": Track(_logged_rows, _logged),
    "note": Track(_newest(ContractNote, ContractNote.noted_on), _note),
    "ticket": Track(_newest(Ticket, Ticket.opened_on), _ticket),
}
ORDER = {kind: place for place, kind in enumerate(reversed(TRACKS))}
