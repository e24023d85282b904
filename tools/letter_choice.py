"""Which real accounts a template is tried on: one invoice, several, and orders or currencies."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import func, select
from sqlmodel import Session

from ledger.errors import NotFound
from ledger.facts import AccountFacts
from ledger.queries.account_facts import load_facts
from ledger.tables.account import Contact
from ledger.tables.receivable import Invoice
from policies.letter_template import LetterTemplate
from policies.schema import Policy
from tools.account_names import find_account
from tools.letter_trial import WANTED, is_reminder

_MANY = 25  # invoices of a long but readable letter


def choose_cases(
    session: Session,
    template: LetterTemplate,
    policy: Policy,
    as_of: date,
    named: Sequence[str] = (),
) -> tuple[tuple[str, AccountFacts], ...]:
    """Accounts to try a template on, each with the shape it stands for.

    Args:
        session: A reading session.
        template: What is to be tried.
        policy: Tells our own currency.
        as_of: The business date.
        named: Accounts to take instead, by id, number or name.

    Raises:
        NotFound: The home has no account with something open that fits the template.
    """
    if named:
        chosen = {find_account(session, each): "named" for each in named}
    else:
        chosen = _shapes(_candidates(session, template, as_of), policy.company.currency)
    if not chosen:
        raise NotFound(
            f"no account here has anything open that {template.name} could be about; "
            "import invoices and contacts first"
        )
    facts = load_facts(session, as_of, list(chosen))
    return tuple((shape, facts[account]) for account, shape in chosen.items())


def _candidates(session: Session, template: LetterTemplate, as_of: date) -> list[Any]:
    """(account, invoices, with an order number, first and last currency) of reachable accounts."""
    address = Contact.phone if template.channel == "sms" else Contact.email
    reachable = select(Contact.account_id).where(
        address.is_not(None), Contact.opted_out.is_(False), Contact.bounced.is_(False)
    )
    query = (
        select(
            Invoice.account_id,
            func.count().label("invoices"),
            func.count(Invoice.po_number).label("orders"),
            func.min(Invoice.currency).label("first"),
            func.max(Invoice.currency).label("last"),
        )
        .where(Invoice.open_minor > 0, Invoice.account_id.in_(reachable))
        .group_by(Invoice.account_id)
        .order_by(Invoice.account_id)
    )
    if template.id == "pre_due":
        query = query.where(Invoice.due_on >= as_of)
    elif is_reminder(template):
        query = query.where(Invoice.due_on < as_of)
    return list(session.execute(query))


def _shapes(rows: list[Any], currency: str) -> dict[str, str]:
    """One account a shape, then any others until there are enough."""
    chosen: dict[str, str] = {}
    several = sorted((r for r in rows if 1 < r.invoices <= _MANY), key=lambda r: -r.invoices)
    for shape, fitting in (
        ("one invoice", [r for r in rows if r.invoices == 1]),
        ("several invoices", several),
        ("another currency", [r for r in rows if {r.first, r.last} != {currency}]),
        ("an order number", [r for r in rows if r.orders]),
        ("any account", rows),
        ("any account", rows),
    ):
        free = next((r.account_id for r in fitting if r.account_id not in chosen), None)
        if free is not None and len(chosen) < WANTED:
            chosen[free] = shape
    return chosen
