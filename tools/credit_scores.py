"""Credit scores and exposure from the ledger, for one account or for the whole book at once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, NamedTuple

from engines.risk_score import RECENT_DAYS, Paid, RiskFacts, RiskScore, is_scored, score
from ledger.money import Money
from ledger.queries import risk_facts as reads
from ledger.queries.cash_history import KnownInvoice, known_invoices
from ledger.queries.orders import listed_on, ordered
from ledger.queries.promises import Tally, tallies
from policies.schema_credit import CreditPolicy

_YEAR = 365


class ExposurePart(NamedTuple):
    """One part of the exposure; what the ledger does not know counts 0 and says so."""

    name: str
    amount: Money
    known: bool = True


@dataclass(frozen=True, slots=True)
class AccountRisk:
    """What the credit analyst sees of an account.

    Attributes:
        score: None for natural persons, who are not scored.
        exposure: The parts of the formula, with their signs.
        share_permille: Share of the book's open balance in its currency.
    """

    account_id: str
    currency: str
    limit: Money | None
    on_hold: bool
    score: RiskScore | None
    exposure: tuple[ExposurePart, ...]
    share_permille: int
    facts: RiskFacts

    @property
    def total(self) -> Money:
        """The exposure."""
        return Money(sum(part.amount.minor for part in self.exposure), self.currency)


def account_risks(
    session: Any, policy: CreditPolicy, as_of: date, accounts: Sequence[str] | None = None
) -> dict[str, AccountRisk]:
    """Score accounts that owe something; of several currencies the one of its credit, or largest.

    One that owes nothing yet, but ordered, is seen too: its orders are exposure.

    Args:
        session: Of the ledger.
        policy: The scorecard.
        as_of: The day.
        accounts: Whom to score; everybody if not given.
    """
    found = reads.owing(session, as_of, accounts)
    whole = found if accounts is None else reads.owing(session, as_of)
    limits = reads.limits(session, accounts)
    signs = _Signs(session, as_of, accounts)
    book: dict[str, int] = {}
    for row in whole:
        book[row.currency] = book.get(row.currency, 0) + row.open_minor
    return {
        row.account_id: _risk(row, limits[row.account_id], signs, book, policy)
        for row in _chosen([*found, *_ordering(found, signs)], limits)
    }


def _ordering(found: Sequence[reads.Owing], signs: "_Signs") -> list[reads.Owing]:
    """Accounts that have orders to be billed and nothing open; they owe nothing yet."""
    owe = {row.account_id for row in found}
    return [
        reads.Owing(account, currency, 0, 0, signs.as_of, 0)
        for account, currency in sorted(signs.orders)
        if account not in owe
    ]


def _chosen(rows: Sequence[reads.Owing], limits: Mapping[str, reads.Limited]) -> list[reads.Owing]:
    """One currency of each account."""
    best: dict[str, reads.Owing] = {}
    for row in rows:
        other, wanted = best.get(row.account_id), limits[row.account_id].currency
        if other is None or (row.currency == wanted, row.open_minor) > (
            other.currency == wanted,
            other.open_minor,
        ):
            best[row.account_id] = row
    return list(best.values())


class _Signs:
    """How accounts pay, read once for all of them."""

    def __init__(self, session: Any, as_of: date, accounts: Sequence[str] | None) -> None:
        self.as_of = as_of
        self.paid = paid_by_account(known_invoices(session, as_of, _YEAR, accounts), as_of)
        self.promises = tallies(session, as_of - timedelta(days=_YEAR), as_of, accounts)
        self.disputes = reads.dispute_counts(session, as_of, RECENT_DAYS, accounts)
        self.returned = reads.returned_counts(session, as_of, accounts)
        self.bounced = reads.bounced_everywhere(session, accounts)
        self.cash, self.credit = reads.not_applied(session, accounts)
        self.orders = ordered(session, as_of, accounts)
        self.knows_orders = listed_on(session) is not None


def paid_by_account(rows: Sequence[KnownInvoice], as_of: date) -> dict[str, tuple[Paid, ...]]:
    """Paid invoices of each account in the last year."""
    found: dict[str, list[Paid]] = {}
    for row in rows:
        if row.cleared_on is not None and (as_of - row.cleared_on).days <= _YEAR:
            days_late = (row.cleared_on - row.due_on).days
            found.setdefault(row.account_id, []).append(Paid(row.cleared_on, days_late))
    return {account: tuple(paid) for account, paid in found.items()}


def _risk(
    row: reads.Owing,
    credit: reads.Limited,
    signs: _Signs,
    book: Mapping[str, int],
    policy: CreditPolicy,
) -> AccountRisk:
    account, currency = row.account_id, row.currency
    key = account, currency
    parts = exposure_parts(
        currency,
        row.open_minor,
        signs.cash.get(key, 0),
        signs.credit.get(key, 0),
        signs.orders.get(key, (0, 0)) if signs.knows_orders else None,
    )
    limit = credit.limit_minor if credit.currency == currency else None
    promises = signs.promises.get(account, Tally(0, 0))
    lately, before = signs.disputes.get(account, (0, 0))
    facts = RiskFacts(
        as_of=signs.as_of,
        open_minor=row.open_minor,
        overdue_minor=row.overdue_minor,
        oldest_days=max(0, (signs.as_of - row.oldest_due_on).days),
        paid=signs.paid.get(account, ()),
        promises_kept=promises.kept,
        promises_failed=promises.failed,
        part_paid=row.part_paid,
        disputes_lately=lately,
        disputes_before=before,
        returned=signs.returned.get(account, 0),
        unreachable=account in signs.bounced,
        exposure_minor=sum(part.amount.minor for part in parts),
        limit_minor=limit,
    )
    scored = is_scored(credit.debtor_type)
    return AccountRisk(
        account,
        currency,
        None if limit is None else Money(limit, currency),
        credit.on_hold,
        score(facts, policy.score) if scored else None,
        parts,
        row.open_minor * 1000 // max(book.get(currency, 0), 1),
        facts,
    )


def exposure_parts(
    currency: str,
    open_minor: int,
    cash_minor: int,
    credit_minor: int,
    orders: tuple[int, int] | None = None,
) -> tuple[ExposurePart, ...]:
    """The formula of the exposure, part by part.

    Args:
        currency: Of every amount.
        open_minor: Open invoices.
        cash_minor: Cash that is not applied.
        credit_minor: Credits that are not applied.
        orders: Delivered and not billed, then still to be delivered; None where no export of
            orders was ever taken in.
    """
    told = orders is not None
    delivered, to_come = orders or (0, 0)

    def part(name: str, minor: int, known: bool = True) -> ExposurePart:
        return ExposurePart(name, Money(minor, currency), known)

    return (
        part("open invoices", open_minor),
        part("delivered, not billed", delivered, known=told),
        part("open orders", to_come, known=told),
        part("plans beyond open invoices", 0),
        part("unapplied cash", -cash_minor),
        part("open credits", -credit_minor),
        part("security held", 0, known=False),
    )
