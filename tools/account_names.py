"""Which account is meant: by id, by number, or by enough of its name."""

from sqlalchemy import func, or_, select
from sqlmodel import Session

from ledger.errors import NotFound
from ledger.tables.account import Account
from ledger.tables.receivable import Invoice

_CANDIDATES = 5


def find_account(session: Session, named: str) -> str:
    """The id of the one account that is meant.

    An id, account number or invoice number must be exact; a name may be a part of it, in any case.

    Raises:
        NotFound: None such, or several; the message names candidates.
    """
    wanted = named.strip().strip("\"'")
    if not wanted:
        raise NotFound("which account? Give its number or name")
    exact = session.scalars(
        select(Account.id).where(or_(Account.id == wanted, Account.account_number == wanted))
    ).first()
    return exact or _by_name(session, wanted) or _by_invoice(session, wanted)


def _by_name(session: Session, wanted: str) -> str | None:
    low = wanted.lower()
    name, number = func.lower(Account.name), func.lower(Account.account_number)
    rows = session.execute(
        select(Account.id, Account.account_number, Account.name)
        .where(or_(name.contains(low, autoescape=True), number == low))
        .order_by(name != low, number != low, func.length(Account.name), Account.id)
        .limit(_CANDIDATES + 1)
    ).all()
    if not rows:
        return None
    whole = [row for row in rows if low in (row.name.lower(), row.account_number.lower())]
    fitting = whole or rows
    if len(fitting) == 1:
        return fitting[0].id
    told = "; ".join(f"{row.name} ({row.account_number})" for row in fitting[:_CANDIDATES])
    more = " and more" if len(fitting) > _CANDIDATES else ""
    raise NotFound(f"several accounts fit {wanted!r}: {told}{more}. Give the number")


def _by_invoice(session: Session, wanted: str) -> str:
    owners = session.scalars(
        select(Invoice.account_id).where(Invoice.invoice_number == wanted).distinct().limit(2)
    ).all()
    if len(owners) == 1:
        return owners[0]
    raise NotFound(f"no account is called {wanted!r}; give its number or a part of its name")
