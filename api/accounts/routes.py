"""Accounts: the list, the page, the reason of the last decision."""

from typing import Annotated

from fastapi import APIRouter, Path, Query

from api.access import Reader
from api.cursors import read_cursor, write_cursor
from ledger.queries.listing import accounts_page, open_sums
from ledger.states import Disposition
from tools.account_lines import AccountPage
from tools.account_names import find_account
from tools.account_pages import account_page, name_of
from tools.contract import MoneyOut, Result
from tools.standing import standing_of
from tools.why import Why, why

router = APIRouter(prefix="/accounts", tags=["accounts"])
AccountName = Annotated[str, Path(max_length=120, description="Id, account number, or name.")]


class AccountLine(Result):
    """An account in a list."""

    id: str
    account_number: str
    name: str
    segment: str
    owner: str | None
    disposition: str | None
    open: tuple[MoneyOut, ...]


class AccountList(Result):
    """A page of accounts; `next` is the cursor of the one behind it."""

    accounts: tuple[AccountLine, ...]
    next: str | None


@router.get("")
def list_accounts(
    caller: Reader,
    words: Annotated[
        str | None, Query(max_length=80, description="Part of name or number.")
    ] = None,
    disposition: Disposition | None = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    cursor: Annotated[str | None, Query(max_length=200)] = None,
) -> AccountList:
    """A page of accounts, by account number."""
    after = read_cursor(cursor)
    kind = disposition.value if disposition else None
    with caller.house.ledger.read() as session:
        found = accounts_page(session, limit + 1, after, words, kind)
        rows = found[:limit]
        sums = open_sums(session, [row.id for row in rows])
    lines = tuple(
        AccountLine(
            id=row.id,
            account_number=row.account_number,
            name=name_of(row.name),
            segment=row.segment,
            owner=row.owner,
            disposition=row.disposition,
            open=tuple(sums.get(row.id, ())),
        )
        for row in rows
    )
    following = write_cursor(rows[-1].account_number) if len(found) > limit else None
    return AccountList(accounts=lines, next=following)


@router.get("/{named}")
def show_account(named: AccountName, caller: Reader) -> AccountPage:
    """The one-page brief of an account, with its credit standing and its place in the work."""
    house = caller.house
    as_of = house.business_date()
    with house.ledger.read() as session:
        page = account_page(session, find_account(session, named), as_of)
        standing = standing_of(session, house.policy, page.account_id, as_of)
    return page.model_copy(update={"standing": standing})


@router.get("/{named}/why")
def explain_account(named: AccountName, caller: Reader) -> Why:
    """The last decision about an account, with its counterfactual."""
    house = caller.house
    as_of = house.business_date()
    with house.ledger.read() as session:
        return why(session, find_account(session, named), as_of, house.policy_of)
