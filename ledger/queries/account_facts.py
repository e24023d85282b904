"""Builds account snapshots in bulk: one statement per concept for a whole set of accounts."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import aliased
from sqlmodel import Session

from ledger.facts import AccountFacts, FeedFact, UnappliedReceipt
from ledger.queries.dispute_facts import less_disputed
from ledger.queries.fact_money import read_unidentified
from ledger.queries.fact_parts import read_feeds, read_parts, split_list
from ledger.queries.grouping import BUDGET_DAYS, Rows, among
from ledger.queries.settled_cases import with_settled
from ledger.states import Segment
from ledger.tables.account import Account


def load_facts(
    session: Session,
    as_of: date,
    account_ids: Sequence[str],
    extra_receipts: Sequence[str] = (),
) -> dict[str, AccountFacts]:
    """Snapshots of accounts by id, as the ledger stands in this transaction.

    Args:
        session: An open read or write transaction.
        as_of: The business date; promises, holds and history are read relative to it.
        account_ids: At most a few thousand; unknown ids are left out.
        extra_receipts: Receipts without an account, shown to every snapshot (cash application).
    """
    parent = aliased(Account)
    accounts = session.execute(
        select(
            Account.id,
            Account.account_number,
            Account.name,
            Account.segment,
            Account.strategic,
            Account.owner,
            Account.language,
            Account.debtor_type,
            Account.places,
            Account.time_zones,
            Account.preferred_channel,
            Account.credit_limit_minor,
            Account.credit_hold,
            Account.currency,
            Account.parent_id,
            parent.strategic.label("parent_strategic"),
            parent.segment.label("parent_segment"),
        )
        .outerjoin(parent, Account.parent_id == parent.id)
        .where(among(Account.id, account_ids))
    ).all()
    parts = read_parts(session, as_of, account_ids)
    feeds = read_feeds(session)
    unidentified = read_unidentified(session, extra_receipts)
    found = {row.id: _snapshot(row, as_of, parts, feeds, unidentified) for row in accounts}
    return with_settled(session, found)


def _snapshot(
    row: Any,
    as_of: date,
    parts: dict[str, Rows],
    feeds: tuple[FeedFact, ...],
    unidentified: tuple[UnappliedReceipt, ...],
) -> AccountFacts:
    def of(concept: str) -> tuple[Any, ...]:
        return tuple(parts[concept].get(row.id, ()))

    return AccountFacts(
        account_id=row.id,
        account_number=row.account_number,
        name=row.name,
        as_of=as_of,
        segment=row.segment,
        strategic=row.strategic or _strategic_parent(row),
        owner=row.owner,
        language=row.language,
        debtor_type=row.debtor_type,
        places=split_list(row.places),
        time_zones=split_list(row.time_zones),
        preferred_channel=row.preferred_channel,
        credit_limit_minor=row.credit_limit_minor,
        credit_hold=row.credit_hold,
        credit_currency=row.currency,
        parent_id=row.parent_id,
        open_items=less_disputed(of("items"), of("disputes")),
        credits=of("credits"),
        receipts=of("receipts") + unidentified,
        disputes=of("disputes"),
        promises=of("promises"),
        plans=of("plans"),
        holds=of("holds"),
        tickets=of("tickets"),
        contacts=of("contacts"),
        contact_history=of("history"),
        feeds=feeds,
        renewal_on=next(iter(parts["renewals"].get(row.id, ())), None),
        sensitive_contract=bool(parts["sensitive"].get(row.id)),
        inbound_unanswered=bool(of("inbound")),
        unanswered=of("inbound"),
        proposals_waiting=of("waiting"),
        broken_promises=len(of("broken")),
        in_flight=of("in_flight"),
        rejected=of("rejected"),
        payments=of("payments"),
        returned=of("returned"),
        suggested=of("suggested"),
        arms=of("arms"),
        broken_lately=tuple(
            each for each in of("broken") if each.due_on > as_of - timedelta(days=BUDGET_DAYS)
        ),
    )


def _strategic_parent(row: Any) -> bool:
    """A branch of a strategic customer is treated as strategic: doubt resolves upward."""
    return bool(row.parent_strategic) or row.parent_segment in (
        Segment.STRATEGIC,
        Segment.ENTERPRISE,
    )
