"""Money that waits and may be somebody's: the list of it, and the answer that it is not theirs."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session

from ledger.errors import Conflict, NotFound
from ledger.journal import audit
from ledger.money import Money
from ledger.postings_candidates import deny_candidates
from ledger.queries.candidates import asked_about, waiting_for
from ledger.tables.account import Account
from ledger.tables.receivable import Receipt
from policies.schema import Policy
from tools.authority import Decider
from tools.contract import MoneyOut, Result

DENIED = "receipt_candidate_denied"


class MayBe(Result):
    """An account a waiting receipt may belong to; `asked` is the request that waits for it."""

    receipt_number: str
    received_on: date
    money: MoneyOut
    payer_name: str
    reason: str
    account_number: str
    name: str
    pays_in: str
    asked: str = ""


@dataclass(frozen=True, slots=True)
class Denied:
    """What a person said is not whose; `accounts` are numbers."""

    receipt_number: str
    accounts: tuple[str, ...]


def waiting_money(session: Session) -> list[MayBe]:
    """Every account that money may belong to, oldest money first."""
    asked = asked_about(session)
    return [
        MayBe(
            receipt_number=receipt.receipt_number,
            received_on=receipt.received_on,
            money=Money(receipt.unapplied_minor, receipt.currency),
            payer_name=receipt.payer_name,
            reason=receipt.hold_reason or "",
            account_number=account.account_number,
            name=account.name,
            pays_in=currency,
            asked=asked.get(receipt.id, ""),
        )
        for receipt, account, currency in waiting_for(session)
    ]


def deny(
    session: Session,
    receipt_number: str,
    account_number: str | None,
    decider: Decider,
    policy: Policy,
    now: datetime,
) -> Denied:
    """A person says that a receipt nobody is asked about is not an account's, or nobody's here.

    Raises:
        NotFound: No such receipt waits for such an account.
        Conflict: A request asks about it, which is where it is answered.
        Refused: The decider only reads.
    """
    decider.check_may_decide(policy)
    where = [Receipt.receipt_number == receipt_number]
    if account_number is not None:
        where.append(Account.account_number == account_number)
    lines = [line for line in waiting_for(session, *where) if decider.sight.covers(line[1])]
    if not lines:
        whose = f" for account {account_number}" if account_number else ""
        raise NotFound(f"no payment {receipt_number!r} waits{whose}; see `dunwell cash waiting`")
    receipt_id = lines[0][0].id
    if asked := asked_about(session).get(receipt_id):
        raise Conflict(f"request {asked} asks about it; answer that in the inbox")
    numbers = {account.id: account.account_number for _receipt, account, _currency in lines}
    for account_id in sorted(numbers):
        deny_candidates(session, receipt_id, account_id)
    said = tuple(sorted(numbers.values()))
    audit(session, now, DENIED, receipt_id, decider.person_id, accounts=sorted(numbers))
    return Denied(receipt_number, said)
