"""What accounts owe or will owe, part by part, and how it stands to their credit limit."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from engines.credit import CreditView, review_credit
from ledger.money import Money
from ledger.queries.orders import listed_on, ordered
from ledger.queries.risk_facts import Owing, not_applied, owing
from policies.schema_credit import CreditPolicy


class ExposurePart(NamedTuple):
    """One part of the exposure; what the ledger does not know counts 0 and says so."""

    name: str
    amount: Money
    known: bool = True


@dataclass(frozen=True, slots=True)
class Exposure:
    """The exposure to an account in one currency.

    Attributes:
        owing: What is open; all 0, and due today, of one that only ordered or paid too much.
        parts: The parts of the formula, with their signs.
        total: Their sum.
        at_stake: Whether anything is open or ordered: there may be nothing but cash.
    """

    owing: Owing
    parts: tuple[ExposurePart, ...]
    total: Money
    at_stake: bool

    @property
    def account_id(self) -> str:
        """Whose it is."""
        return self.owing.account_id


Exposures = Mapping[tuple[str, str], Exposure]
"""By account and currency."""


def exposures(session: Any, as_of: date, accounts: Sequence[str] | None = None) -> Exposures:
    """The exposure by account and currency; of everybody where no accounts are given."""
    owed = {(row.account_id, row.currency): row for row in owing(session, as_of, accounts)}
    cash, credit = not_applied(session, accounts)
    orders = ordered(session, as_of, accounts)
    told = listed_on(session) is not None
    found = {}
    for key in sorted({*owed, *cash, *credit, *orders}):
        row = owed.get(key) or Owing(*key, 0, 0, as_of, 0)
        to_bill = orders.get(key, (0, 0))
        parts = _parts(row, cash.get(key, 0), credit.get(key, 0), to_bill, told)
        total = Money(sum(part.amount.minor for part in parts), row.currency)
        found[key] = Exposure(row, parts, total, key in owed or any(to_bill))
    return found


def _parts(
    row: Owing, cash_minor: int, credit_minor: int, orders: tuple[int, int], orders_told: bool
) -> tuple[ExposurePart, ...]:
    """The formula; orders are known where an export of them was ever taken in."""
    delivered, to_come = orders

    def part(name: str, minor: int, known: bool = True) -> ExposurePart:
        return ExposurePart(name, Money(minor, row.currency), known)

    return (
        part("open invoices", row.open_minor),
        part("delivered, not billed", delivered, orders_told),
        part("open orders", to_come, orders_told),
        part("plans beyond open invoices", 0),
        part("unapplied cash", -cash_minor),
        part("open credits", -credit_minor),
        part("security held", 0, known=False),
    )


def credit_view(
    exposure: Exposure | None, limit_minor: int | None, as_of: date, policy: CreditPolicy
) -> CreditView | None:
    """The review against a limit; None without one, or with nothing at stake."""
    if exposure is None or limit_minor is None or not exposure.at_stake:
        return None
    limit = Money(limit_minor, exposure.total.currency)
    return review_credit(exposure.total, limit, exposure.owing.oldest_due_on, as_of, policy)
