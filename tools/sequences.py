"""Which letters work: of each stage, how often an answer, a payment or a complaint followed."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable
from datetime import date, timedelta
from typing import NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import aliased
from sqlmodel import Session

from engines.intervals import wilson
from ledger.states import ApplicationKind
from ledger.tables.account import Account
from ledger.tables.inbound import Claim, Inbound
from ledger.tables.receivable import Application, Receipt
from ledger.tables.work import Message
from tools.contract import Result

WITHIN_DAYS = 14
PERIOD_DAYS = 180
COMPLAINTS = ("complaint_tone", "stop_contact", "legal_threat")


class Share(Result):
    """A share with its 95 % interval (Wilson), in percent; None where nothing was counted."""

    hits: int
    of: int
    percent: float | None
    low_percent: float | None
    high_percent: float | None


class SequenceLine(Result):
    """What followed the letters of one purpose, stage, channel and segment within the days.

    Only letters whose days are over are counted, so a fresh letter lowers no share; a letter that
    names no invoice cannot be followed by its payment, so `paid` is of those that name some.
    """

    purpose: str
    stage: int
    channel: str
    segment: str
    letters: int
    paid: Share
    answered: Share
    complained: Share


class _Letter(NamedTuple):
    account_id: str
    invoices: tuple[str, ...]
    sent_on: date


def sequences(
    session: Session, as_of: date, *, by_segment: bool = False
) -> tuple[SequenceLine, ...]:
    """What followed the letters of the last half year, by stage.

    What followed need not have been caused by the letter: only a hold-out group tells that
    (`dunwell metrics uplift`).
    """
    first, last = as_of - timedelta(days=PERIOD_DAYS), as_of - timedelta(days=WITHIN_DAYS + 1)
    rows = session.execute(
        select(
            Message.purpose,
            Message.stage,
            Message.channel,
            Account.segment,
            Message.account_id,
            Message.invoice_ids,
            Message.sent_on,
        )
        .join(Account, Account.id == Message.account_id)
        .where(Message.direction == "out", Message.sent_on.between(first, last))
    )
    groups: dict[tuple[str, int, str, str], list[_Letter]] = defaultdict(list)
    for purpose, stage, channel, segment, account_id, invoice_ids, sent_on in rows:
        named = tuple(filter(None, invoice_ids.split(",")))
        key = purpose, stage, channel, segment if by_segment else ""
        groups[key].append(_Letter(account_id, named, sent_on))
    paid, answers, complaints = (
        _paid_days(session, first, as_of),
        _answer_days(session, first, as_of),
        _complaint_days(session, first, as_of),
    )
    return tuple(
        SequenceLine(
            purpose=purpose,
            stage=stage,
            channel=channel,
            segment=segment,
            letters=len(letters),
            paid=_share(
                (any(_followed(paid, i, each.sent_on) for i in each.invoices) for each in letters),
                sum(bool(each.invoices) for each in letters),
            ),
            answered=_share(
                (_followed(answers, each.account_id, each.sent_on) for each in letters),
                len(letters),
            ),
            complained=_share(
                (_followed(complaints, each.account_id, each.sent_on) for each in letters),
                len(letters),
            ),
        )
        for (purpose, stage, channel, segment), letters in sorted(groups.items())
    )


def _followed(days: dict[str, list[date]], key: str, sent_on: date) -> bool:
    """Whether something happened after the day of sending and within the days."""
    known = days.get(key)
    if not known or known[-1] <= sent_on:
        return False
    place = bisect_right(known, sent_on)
    return place < len(known) and known[place] <= sent_on + timedelta(days=WITHIN_DAYS)


def _sorted(rows: Iterable[tuple[str | None, date]]) -> dict[str, list[date]]:
    days: dict[str, list[date]] = defaultdict(list)
    for key, day in rows:
        if key is not None:
            days[key].append(day)
    return {key: sorted(each) for key, each in days.items()}


def _paid_days(session: Session, first: date, last: date) -> dict[str, list[date]]:
    """Days the money came, however late it was applied; what was taken back paid nothing."""
    day = func.coalesce(Receipt.received_on, Application.applied_on)
    taken_back = aliased(Application)
    return _sorted(
        (row[0], row[1])
        for row in session.execute(
            select(Application.invoice_id, day)
            .outerjoin(Receipt, Receipt.id == Application.receipt_id)
            .where(
                Application.kind == ApplicationKind.CASH,
                Application.amount_minor > 0,
                day.between(first, last),
                ~select(taken_back.id).where(taken_back.reverses_id == Application.id).exists(),
            )
        )
    )


def _answer_days(session: Session, first: date, last: date) -> dict[str, list[date]]:
    return _sorted(
        (row[0], row[1])
        for row in session.execute(
            select(Inbound.account_id, Inbound.received_on).where(
                Inbound.kind == "message", Inbound.received_on.between(first, last)
            )
        )
    )


def _complaint_days(session: Session, first: date, last: date) -> dict[str, list[date]]:
    return _sorted(
        (row[0], row[1])
        for row in session.execute(
            select(Claim.account_id, Claim.claimed_on).where(
                Claim.kind.in_(COMPLAINTS), Claim.claimed_on.between(first, last)
            )
        )
    )


def _share(hits: Iterable[bool], of: int) -> Share:
    number = sum(hits)
    if not of:
        return Share(hits=0, of=0, percent=None, low_percent=None, high_percent=None)
    low, high = wilson(number, of)
    return Share(
        hits=number,
        of=of,
        percent=round(100 * number / of, 1),
        low_percent=round(100 * low, 1),
        high_percent=round(100 * high, 1),
    )
