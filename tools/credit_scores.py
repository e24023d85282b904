"""Credit scores from the ledger, for one account or for the whole book at once."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from engines.risk_score import RECENT_DAYS, Paid, RiskFacts, RiskScore, is_scored, score
from ledger.money import Money
from ledger.queries import risk_facts as reads
from ledger.queries.cash_history import KnownInvoice, known_invoices
from ledger.queries.promises import Tally, tallies
from policies.schema_credit import CreditPolicy
from tools.exposure import Exposure, ExposurePart, Exposures, exposures

_YEAR = 365


@dataclass(frozen=True, slots=True)
class AccountRisk:
    """What the credit analyst sees of an account.

    Attributes:
        score: None for natural persons, who are not scored.
        exposure: The parts of the formula, with their signs.
        total: Their sum.
        share_permille: Share of the book's open balance in its currency.
    """

    account_id: str
    currency: str
    limit: Money | None
    on_hold: bool
    score: RiskScore | None
    exposure: tuple[ExposurePart, ...]
    total: Money
    share_permille: int
    facts: RiskFacts


def account_risks(
    session: Any,
    policy: CreditPolicy,
    as_of: date,
    accounts: Sequence[str] | None = None,
    book: Exposures | None = None,
) -> dict[str, AccountRisk]:
    """Score accounts that owe something; of several currencies the one of its credit, or largest.

    One that owes nothing yet, but ordered, is seen too: its orders are exposure.

    Args:
        session: Of the ledger.
        policy: The scorecard.
        as_of: The day.
        accounts: Whom to score; everybody if not given.
        book: The exposures of everybody, where they have been read.
    """
    found = exposures(session, as_of, accounts) if book is None else book
    whole = accounts is None or book is not None
    owed = [each.owing for each in found.values()] if whole else reads.owing(session, as_of)
    sums: Counter[str] = Counter()
    for row in owed:
        sums[row.currency] += row.open_minor
    limits = reads.limits(session, accounts)
    signs = _Signs(session, as_of, accounts)
    chosen = _chosen((each for each in found.values() if each.account_id in limits), limits)
    return {
        account: _risk(each, limits[account], signs, sums, policy)
        for account, each in chosen.items()
    }


def _chosen(
    exposed: Iterable[Exposure], limits: Mapping[str, reads.Limited]
) -> dict[str, Exposure]:
    """One currency of each account that has anything at stake: one it owes in, if it owes."""
    best: dict[str, tuple[tuple[bool, bool, int], Exposure]] = {}
    for each in exposed:
        account, row = each.account_id, each.owing
        place = (row.open_minor > 0, row.currency == limits[account].currency, row.open_minor)
        if each.at_stake and (account not in best or place > best[account][0]):
            best[account] = place, each
    return {account: each for account, (_place, each) in best.items()}


class _Signs:
    """How accounts pay, read once for all of them."""

    def __init__(self, session: Any, as_of: date, accounts: Sequence[str] | None) -> None:
        self.as_of = as_of
        self.paid = paid_by_account(known_invoices(session, as_of, _YEAR, accounts), as_of)
        self.promises = tallies(session, as_of - timedelta(days=_YEAR), as_of, accounts)
        self.disputes = reads.dispute_counts(session, as_of, RECENT_DAYS, accounts)
        self.returned = reads.returned_counts(session, as_of, accounts)
        self.bounced = reads.bounced_everywhere(session, accounts)


def paid_by_account(rows: Sequence[KnownInvoice], as_of: date) -> dict[str, tuple[Paid, ...]]:
    """Paid invoices of each account in the last year."""
    found: dict[str, list[Paid]] = {}
    for row in rows:
        if row.cleared_on is not None and (as_of - row.cleared_on).days <= _YEAR:
            days_late = (row.cleared_on - row.due_on).days
            found.setdefault(row.account_id, []).append(Paid(row.cleared_on, days_late))
    return {account: tuple(paid) for account, paid in found.items()}


def _risk(
    exposed: Exposure,
    credit: reads.Limited,
    signs: _Signs,
    book: Mapping[str, int],
    policy: CreditPolicy,
) -> AccountRisk:
    row = exposed.owing
    account, currency = row.account_id, row.currency
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
        exposure_minor=exposed.total.minor,
        limit_minor=limit,
    )
    scored = is_scored(credit.debtor_type)
    return AccountRisk(
        account,
        currency,
        None if limit is None else Money(limit, currency),
        credit.on_hold,
        score(facts, policy.score) if scored else None,
        exposed.parts,
        exposed.total,
        row.open_minor * 1000 // max(book.get(currency, 0), 1),
        facts,
    )
