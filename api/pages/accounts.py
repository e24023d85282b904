"""Accounts: the list with its filters, and the whole story of one."""

from datetime import date, timedelta
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response
from sqlmodel import Session

from api.cursors import read_cursor, write_cursor
from api.pages.access import SignedIn, Visitor
from api.pages.inbox_card import may_decide
from api.pages.render import page
from api.pages.today import BUCKET_WORDS
from ledger.errors import BadInput, NotFound
from ledger.queries.listing import Due, accounts_page, open_sums, overdue_sums
from ledger.states import Disposition, Segment
from tools.account_names import find_account
from tools.account_pages import account_page, name_of
from tools.account_timeline import timeline
from tools.colleagues import takers
from tools.inbound_by_hand import unanswered
from tools.tasks import TaskFilter, open_tasks
from tools.timeline_tracks import TRACKS
from tools.why import Why, why

router = APIRouter(prefix="/desk/accounts", include_in_schema=False)
_PAGE = 50
_TASKS = 20
_DAYS_PAST_DUE = {"1-30": (1, 30), "31-60": (31, 60), "61-90": (61, 90), "90+": (91, None)}
_Word = Query(max_length=80)


@router.get("")
def list_accounts(
    request: Request,
    visitor: SignedIn,
    words: Annotated[str, _Word] = "",
    bucket: Annotated[str, _Word] = "",
    currency: Annotated[str, _Word] = "",
    disposition: Annotated[str, _Word] = "",
    segment: Annotated[str, _Word] = "",
    owner: Annotated[str, _Word] = "",
    cursor: Annotated[str, Query(max_length=200)] = "",
) -> Response:
    """A page of accounts, by account number."""
    as_of = visitor.house.business_date()
    filters = {
        "words": words,
        "bucket": bucket,
        "currency": currency,
        "disposition": disposition,
        "segment": segment,
        "owner": owner,
    }
    with visitor.house.ledger.read() as session:
        found = accounts_page(
            session,
            _PAGE + 1,
            read_cursor(cursor or None),
            words or None,
            disposition or None,
            owner or None,
            segment or None,
            Due(*due_range(bucket, as_of), as_of, currency or None) if bucket or currency else None,
        )
        rows = found[:_PAGE]
        ids = [row.id for row in rows]
        sums, late = open_sums(session, ids), overdue_sums(session, ids, as_of)
        lines = [
            {
                "id": row.id,
                "number": row.account_number,
                "name": name_of(row.name),
                "segment": row.segment,
                "owner": row.owner,
                "disposition": row.disposition,
                "open": sums.get(row.id, []),
                "overdue": late.get(row.id, []),
            }
            for row in rows
        ]
    kept = {name: value for name, value in filters.items() if value}
    more = len(found) > _PAGE
    following = urlencode(kept | {"cursor": write_cursor(rows[-1].account_number)}) if more else ""
    return page(
        request,
        "accounts/list.html",
        visitor,
        lines=lines,
        filters=filters,
        following=following,
        buckets=BUCKET_WORDS,
        dispositions=[each.value for each in Disposition],
        segments=[each.value for each in Segment],
    )


def due_range(bucket: str, as_of: date) -> tuple[date, date]:
    """The due dates of an aging bucket, from the first to the last; any of none.

    Raises:
        BadInput: There is no such bucket.
    """
    if not bucket:
        return date.min, date.max
    if bucket == "not_due":
        return as_of, date.max
    if bucket not in _DAYS_PAST_DUE:
        raise BadInput(f"no aging bucket {bucket!r}: use {', '.join(BUCKET_WORDS)}")
    least, most = _DAYS_PAST_DUE[bucket]
    first = date.min if most is None else as_of - timedelta(days=most)
    return first, as_of - timedelta(days=least)


@router.get("/{named}")
def show_account(
    request: Request,
    named: str,
    visitor: SignedIn,
    before: date | None = None,
    kind: Annotated[list[str] | None, Query(max_length=30)] = None,
) -> Response:
    """The brief of an account and its story on one timeline."""
    house = visitor.house
    as_of = house.business_date()
    wanted = tuple(each for each in kind or () if each)
    with house.ledger.read() as session:
        account_id = find_account(session, named)
        story = timeline(session, account_id, before, wanted)
        following = [("kind", each) for each in wanted]
        return page(
            request,
            "accounts/page.html",
            visitor,
            account=account_page(session, account_id, as_of),
            decided=_decided(session, visitor, account_id),
            story=story,
            unanswered=unanswered(session, account_id),
            tasks=open_tasks(session, as_of, TaskFilter(account_id=account_id), _TASKS),
            takers=takers(session, house.policy),
            may_act=may_decide(visitor),
            kinds=tuple(TRACKS),
            wanted=wanted,
            following=urlencode([*following, ("before", story.before.isoformat())])
            if story.before
            else "",
        )


def _decided(session: Session, visitor: Visitor, account_id: str) -> Why | None:
    """The last decision of a night; none before the first one."""
    try:
        return why(session, account_id, visitor.house.business_date(), visitor.house.policy_of)
    except NotFound:
        return None
