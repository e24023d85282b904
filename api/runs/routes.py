"""Nights: what they did, and what they decided about every account."""

from datetime import date, datetime
from typing import Annotated, Any

import orjson
from fastapi import APIRouter, Path, Query

from api.access import Reader
from api.cursors import read_cursor, write_cursor
from ledger.errors import BadInput, NotFound
from ledger.queries.listing import dispositions_page, runs_page
from ledger.states import Disposition
from ledger.tables.work import Run
from tools.account_pages import name_of, shown_text
from tools.contract import Result

router = APIRouter(prefix="/runs", tags=["runs"])
RunId = Annotated[str, Path(max_length=60)]


class RunLine(Result):
    """One night."""

    id: str
    as_of: date
    number: int
    state: str
    phase: str
    policy_hash: str
    started_at: datetime
    finished_at: datetime | None
    counts: dict[str, Any]


class RunList(Result):
    """A page of nights, newest first; `next` is the cursor of the one behind it."""

    runs: tuple[RunLine, ...]
    next: str | None


class DispositionLine(Result):
    """What a night decided about an account."""

    account_id: str
    account_number: str
    name: str
    kind: str
    reason: str
    rule_ids: tuple[str, ...]
    account_class: str
    next_action_on: date | None


class DispositionList(Result):
    """A page of decisions; `next` is the cursor of the one behind it."""

    dispositions: tuple[DispositionLine, ...]
    next: str | None


@router.get("")
def list_runs(
    caller: Reader,
    limit: Annotated[int, Query(ge=1, le=200)] = 30,
    cursor: Annotated[str | None, Query(max_length=200)] = None,
) -> RunList:
    """A page of nights, newest first."""
    before = _day(read_cursor(cursor))
    with caller.house.ledger.read() as session:
        rows = runs_page(session, limit + 1, before)
    following = write_cursor(rows[limit - 1].as_of) if len(rows) > limit else None
    return RunList(runs=tuple(map(_line, rows[:limit])), next=following)


@router.get("/{run_id}")
def show_run(run_id: RunId, caller: Reader) -> RunLine:
    """One night."""
    with caller.house.ledger.read() as session:
        row = session.get(Run, run_id)
    if row is None:
        raise NotFound(f"no night {run_id!r}")
    return _line(row)


@router.get("/{run_id}/dispositions")
def list_dispositions(
    run_id: RunId,
    caller: Reader,
    kind: Disposition | None = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
    cursor: Annotated[str | None, Query(max_length=200)] = None,
) -> DispositionList:
    """A page of what a night decided, in the order it did."""
    after = _number(read_cursor(cursor))
    with caller.house.ledger.read() as session:
        if session.get(Run, run_id) is None:
            raise NotFound(f"no night {run_id!r}")
        rows = dispositions_page(session, run_id, limit + 1, after, kind.value if kind else None)
        lines = tuple(
            DispositionLine(
                account_id=row.account_id,
                account_number=number,
                name=name_of(name),
                kind=row.kind,
                reason=shown_text(row.reason),
                rule_ids=tuple(each for each in row.rule_ids.split(",") if each),
                account_class=row.account_class,
                next_action_on=row.next_action_on,
            )
            for row, number, name in rows
        )
        following = write_cursor(rows[limit - 1][0].seq) if len(rows) > limit else None
    return DispositionList(dispositions=lines[:limit], next=following)


def _line(row: Run) -> RunLine:
    shown = set(RunLine.model_fields) - {"counts"}
    return RunLine(counts=orjson.loads(row.counts), **row.model_dump(include=shown))


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise BadInput("this is not a cursor; take `next` of the page before") from None


def _number(text: str | None) -> int:
    try:
        return int(text) if text else 0
    except ValueError:
        raise BadInput("this is not a cursor; take `next` of the page before") from None
