"""How a case ended: a fixed projection of the ledger and of what left, as plain values.

It reads rows and asks no rule, so it can judge those that do. `expect` of a scenario names keys of
it; docs/howto/evals.md lists them.
"""

from typing import Any

import orjson
from sqlalchemy import select
from sqlmodel import Session

from evals.stage.scene import Item, Scene
from ledger.money import Money
from ledger.states import OPEN_PROPOSAL_STATES
from ledger.tables.account import Account, Contact, Hold
from ledger.tables.case import Dispute, Plan, Promise
from ledger.tables.inbound import Inbound
from ledger.tables.receivable import Application, CreditMemo, Invoice, Receipt
from ledger.tables.work import Audit, CallTask, Message, Outbox, Proposal, Run


def end_state(scene: Scene) -> Item:
    """The projection of the customer of a case.

    Returns:
        Lists of short texts in a stable order, amounts such as `"500.00 USD"`, and what steps said.
    """
    with scene.house.ledger.read() as session:
        account = session.get(Account, scene.account_id)
        held = dict(scene.said)
        if account is None:
            return held
        own = _Own(session, scene.account_id)
        return {
            **_messages(own),
            **_requests(own),
            **_money(own),
            **_cases(own),
            "disposition": account.disposition or "",
            "credit": _credit(account),
            "contacts": [_contact(each) for each in own.rows(Contact)],
            "runs": [f"{each.as_of} {each.state}" for each in session.scalars(select(Run))],
            **held,
        }


class _Own:
    """Rows of one customer."""

    def __init__(self, session: Session, account_id: str) -> None:
        self.session, self.account_id = session, account_id

    def rows(self, table: Any, *where: Any) -> list[Any]:
        own = select(table).where(table.account_id == self.account_id, *where)
        return list(self.session.scalars(own.order_by(table.id)))


def _messages(own: _Own) -> Item:
    out = own.rows(Outbox)
    logged = own.rows(Message, Message.direction == "out", Message.outbox_id.is_not(None))
    return {
        "sent": sorted(_letter(each) for each in out if each.state == "sent"),
        "queued": sorted(_letter(each) for each in out if each.state == "queued"),
        "stopped": sorted(f"{_letter(each)}: {each.stopped_by}" for each in out if each.stopped_by),
        "recipients": sorted({each.recipient for each in out if each.state == "sent"}),
        "text": "\n".join(f"{x.subject}\n{x.body}" for x in out if x.state != "stopped"),
        "leaves_at": sorted(each.release_at.isoformat() for each in out),
        "sent_at": sorted(each.sent_at.isoformat() for each in out if each.sent_at),
        "logged": len(logged),
        "read": sorted(each.state for each in own.rows(Inbound)),
    }


def _letter(row: Outbox) -> str:
    action = orjson.loads(row.action)
    stage = f" {action['stage']}" if "stage" in action else ""
    named = f" {action['template_id']}" if action["type"] == "answer_query" else ""
    return f"{action['type']}{stage}{named} {row.channel}"


def _requests(own: _Own) -> Item:
    waiting = own.rows(Proposal, Proposal.state.in_(sorted(OPEN_PROPOSAL_STATES)))
    settled = own.rows(Proposal, Proposal.state.not_in(sorted(OPEN_PROPOSAL_STATES)))
    keys = [each.id for each in (*waiting, *settled)]
    refused = own.session.scalars(
        select(Audit.payload).where(
            Audit.kind == "action_refused", Audit.subject_id.in_([*keys, own.account_id])
        )
    )
    return {
        "waiting": sorted(each.action_type for each in waiting),
        "waiting_rules": sorted({rule for each in waiting for rule in _split(each.rule_ids)}),
        "waiting_roles": sorted({role for each in waiting for role in _split(each.approver_roles)}),
        "settled": sorted(f"{each.action_type} {each.state}" for each in settled),
        "refused": sorted({rule for each in refused for rule in orjson.loads(each)["rules"]}),
        "tasks": sorted(each.kind for each in own.rows(CallTask, CallTask.state == "open")),
    }


def _money(own: _Own) -> Item:
    invoices = own.rows(Invoice)
    return {
        "open": _sums((each.open_minor, each.currency) for each in invoices),
        "unapplied": _sums((each.unapplied_minor, each.currency) for each in own.rows(Receipt)),
        "credits": _sums((each.unapplied_minor, each.currency) for each in own.rows(CreditMemo)),
        "applied": sorted(
            f"{each.kind} {_amount(each.amount_minor, each.currency)}"
            for each in own.rows(Application)
        ),
        "set_aside": sorted(each.hold_reason for each in own.rows(Receipt) if each.hold_reason),
        "levels": [each.dunning_level for each in invoices if each.open_minor],
    }


def _sums(pairs: Any) -> list[str]:
    totals: dict[str, int] = {}
    for minor, currency in pairs:
        totals[currency] = totals.get(currency, 0) + minor
    return [_amount(minor, currency) for currency, minor in sorted(totals.items()) if minor]


def _amount(minor: int | None, currency: str | None) -> str:
    return str(Money(minor, currency)) if minor is not None and currency else ""


def _cases(own: _Own) -> Item:
    held = own.rows(Hold, Hold.lifted_at.is_(None))
    return {
        "holds": sorted(each.reason for each in held),
        "disputes": sorted(f"{each.reason} {each.state}" for each in own.rows(Dispute)),
        "disputed": sorted(
            _amount(each.amount_minor, each.currency)
            for each in own.rows(Dispute, Dispute.state != "resolved")
        ),
        "promises": sorted(
            f"{x.direction} {x.state} {_amount(x.amount_minor, x.currency)} {x.due_on}"
            for x in own.rows(Promise)
        ),
        "plans": sorted(f"{each.state}" for each in own.rows(Plan)),
    }


def _credit(account: Account) -> str:
    limit = _amount(account.credit_limit_minor, account.currency) or "no limit"
    return f"{limit}, on hold" if account.credit_hold else limit


def _contact(contact: Contact) -> str:
    states = [name for name in ("opted_out", "bounced") if getattr(contact, name)]
    return " ".join((contact.email or contact.phone or "nothing", *states))


def _split(names: str) -> list[str]:
    return [name for name in names.split(",") if name]
