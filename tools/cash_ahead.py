"""The cash to come, from the ledger: open items with their chances, what is known, and billing."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from engines.promises import kept_record
from ledger.queries import cash_history as reads
from ledger.queries.candidates import money_that_waits
from ledger.queries.orders import orders_to_bill
from ledger.queries.plans import plans
from ledger.queries.promises import pending, tallies
from ledger.states import PlanState
from policies.schema import ForecastPolicy

if TYPE_CHECKING:
    from engines.forecast.book import Drawing, ToBill
    from engines.forecast.cash import Curves, ExpectedItems
    from engines.forecast.known_events import KnownEvents, Planned, Promised
    from engines.risk.history import InvoiceHistory
    from tools.risk_models import InUse

_RECORD_DAYS = 365
_USUAL_TERMS = 30  # of an order, where neither it nor the account has any
_BILLING_ASKED = 4_000  # invoices to come a night asks the model about, over all currencies


@dataclass(frozen=True, slots=True, eq=False)
class CashAhead:
    """What is known on a day of the cash to come.

    Attributes:
        method: In words, what the chances rest on.
        model: The source of every chance.
        known: Invoices of the past and the day they were paid.
        plain: Open items as their payers' habits alone have it.
        items: The same with promises, plans, disputes and stops.
        asked: The items as invoices, in the same order.
        events: The promises, plans, disputes and stops.
        ordered: Invoices of orders not billed yet; None where no order is known.
        holds: (account, item or None, reason) of holds in force.
        may_be_here: (account, currency it may pay, minor units) of money that waits for somebody
            to say whose it is; None where its own currency is another.
    """

    as_of: date
    method: str
    model: "Curves"
    known: "InvoiceHistory"
    plain: "ExpectedItems"
    items: "ExpectedItems"
    asked: "InvoiceHistory"
    events: "KnownEvents"
    ordered: "ExpectedItems | None" = None
    holds: tuple[tuple[str, str | None, str], ...] = ()
    may_be_here: tuple[tuple[str, str, int | None], ...] = ()

    @property
    def issued_to(self) -> date | None:
        """The last day an open item was issued on."""
        return self.asked.issued_on.max().item() if len(self.asked) else None


def cash_ahead(
    session: Any, policy: ForecastPolicy, as_of: date, approved: "InUse | None" = None
) -> CashAhead:
    """Read the book and ask when each open item will be paid.

    Cash and credits that are here already pay the items due first, so nobody need send them.

    Args:
        session: A reading session.
        policy: How far back habits are read, and how far ahead is looked.
        as_of: The day.
        approved: The model in use; without one, or where its files were refused, habits alone.
    """
    from engines.forecast.book import horizon_days
    from engines.forecast.cash import expect
    from engines.forecast.known_events import with_events
    from engines.risk.habit_model import from_habits

    days_back = policy.history_days
    if approved is not None and approved.history_from is not None:
        # A habit means the same only when it is taken from as far back as in learning.
        days_back = max(days_back, (as_of - approved.history_from).days)
    known = in_columns(reads.known_columns(session, as_of, days_back))
    learnt = approved.model if approved else None
    model = learnt or from_habits(known, as_of)
    open_rows = _less(reads.open_items(session), reads.already_here(session))
    asked = _asked(open_rows)
    days = horizon_days(as_of, drawing_of(policy))
    segment, entity = _column(open_rows, 3, str), _column(open_rows, 8, str)
    plain = expect(model, asked, as_of, days, known, segment=segment, entity=entity)
    plain = replace(plain, amount=_column(open_rows, 5, "float64"))
    events = known_events(session, as_of)
    items = with_events(plain, events)
    method = method_of(known, approved)
    ordered = _ordered(session, model, known, as_of, days)
    holds = tuple(reads.holds_in_force(session, as_of))
    here = tuple(money_that_waits(session))
    return CashAhead(as_of, method, model, known, plain, items, asked, events, ordered, holds, here)


def _ordered(
    session: Any, model: "Curves", known: "InvoiceHistory", as_of: date, days: int
) -> "ExpectedItems | None":
    """Orders as the invoices they will become; one that is delivered or late is billed now."""
    from engines.forecast.cash import expect_alike

    last = as_of + timedelta(days=days)
    rows = [row for row in orders_to_bill(session) if (row.invoice_on or as_of) <= last]
    if not rows:
        return None
    issued = [max(as_of, row.invoice_on or row.delivered_on or as_of) for row in rows]
    terms = [_USUAL_TERMS if row.terms_days is None else row.terms_days for row in rows]
    due = [day + timedelta(days=net) for day, net in zip(issued, terms, strict=True)]
    item, account, currency, _, amount, *_ = map(list, zip(*rows, strict=True))
    never = [None] * len(rows)
    asked = in_columns(reads.KnownColumns(item, account, amount, currency, issued, due, never))
    found = expect_alike(model, asked, as_of, days, known)
    return replace(found, segment=_column(rows, 3, str))


def drawing_of(policy: ForecastPolicy) -> "Drawing":
    """How paths are drawn, by policy."""
    from engines.forecast.book import Drawing

    return Drawing(weeks=policy.weeks, days=policy.days, paths=policy.paths)


def billing_ahead(ahead: CashAhead, days: int) -> "dict[str, ToBill]":
    """By currency, the invoices expected to be issued."""
    import numpy as np

    from engines.forecast.billing import BillingOptions, expect_billing, level_spread
    from engines.forecast.book import ToBill

    known = ahead.known.known_before(ahead.as_of)
    today = ahead.known.issued_between(ahead.as_of, ahead.as_of)
    currencies = np.unique(known.currency).tolist()
    # A sample by amount, so that many currencies do not cost a night more than one.
    options = BillingOptions(most_invoices=_BILLING_ASKED // max(1, len(currencies)))
    found = {}
    for currency in currencies:
        mine = known.take(known.currency == currency)
        done = float(today.amount[today.currency == currency].sum())
        billed = expect_billing(ahead.model, mine, ahead.as_of, days, options, done)
        found[str(currency)] = ToBill(billed, level_spread(mine, ahead.as_of))
    return found


def history_of(rows: "Sequence[reads.KnownInvoice]") -> "InvoiceHistory":
    """Rows of the ledger in columns."""
    columns = zip(*rows, strict=True) if rows else [()] * len(reads.KnownInvoice._fields)
    return in_columns(reads.KnownColumns(*map(list, columns)))


def in_columns(read: reads.KnownColumns) -> "InvoiceHistory":
    """Columns of the ledger as a history; dates may be text or dates."""
    import numpy as np

    from engines.risk.history import InvoiceHistory

    issued, due = (np.array(days, dtype="datetime64[D]") for days in (read.issued_on, read.due_on))
    cleared = np.array([day or "NaT" for day in read.cleared_on], dtype="datetime64[D]")
    return InvoiceHistory(
        np.array(read.invoice_id, dtype=str),
        np.array(read.account_id, dtype=str),
        np.array(read.amount_minor, dtype=np.int64),
        np.array(read.currency, dtype=str),
        issued,
        due,
        cleared,
        (due - issued).astype(np.float64),
    )


def method_of(known: "InvoiceHistory", approved: "InUse | None" = None) -> str:
    """In words, what the chances rest on."""
    if approved is not None and approved.model is not None:
        version = approved.version
        return (
            f"model {version.version}, approved by {version.decided_by}, on each customer's habit; "
            "promises by kept rate, disputes by the days past ones took"
        )
    refused = f" ({approved.refused})" if approved else ""
    return _habits_in_words(known) + refused


def _habits_in_words(known: "InvoiceHistory") -> str:
    import numpy as np

    paid = ~np.isnat(known.cleared_on)
    if not paid.any():
        return "terms alone: no payment is known yet, most are taken to come near the due date"
    accounts = len(np.unique(known.account_id[paid]))
    return (
        f"each customer's own habit, drawn to that of its terms: {int(paid.sum()):,} payments of "
        f"{accounts:,} accounts; promises by kept rate, disputes by the days past ones took"
    )


def known_events(session: Any, as_of: date) -> "KnownEvents":
    """Promises, plans, disputes and stops of the ledger."""
    from engines.forecast.known_events import Disputed, KnownEvents

    since = as_of - timedelta(days=_RECORD_DAYS)
    everybody = tallies(session, since, as_of)
    kept = sum(tally.kept for tally in everybody.values())
    failed = sum(tally.failed for tally in everybody.values())

    def rate(account: str) -> float:
        own = everybody.get(account)
        return kept_record(own.kept if own else 0, own.failed if own else 0, kept, failed).rate

    return KnownEvents(
        promises=tuple(_promised(each, rate) for each in pending(session, "theirs")),
        plans=tuple(_planned(each, rate) for each in plans(session, [PlanState.ACTIVE])),
        disputes=tuple(Disputed(*row) for row in reads.disputes_open(session)),
        dispute_days=tuple(reads.dispute_days(session, since)),
        stopped=frozenset(reads.accounts_stopped(session, as_of)),
    )


def _promised(promise: Any, rate: Any) -> "Promised":
    from engines.forecast.known_events import Promised

    return Promised(
        promise.account_id,
        frozenset(filter(None, promise.invoice_ids.split(","))),
        promise.due_on + timedelta(days=promise.method_days),
        promise.amount_minor,
        promise.currency,
        rate(promise.account_id),
    )


def _planned(row: Any, rate: Any) -> "Planned":
    from engines.forecast.known_events import Planned

    named = frozenset(filter(None, row.plan.invoice_ids.split(",")))
    return Planned(named, row.parts, rate(row.plan.account_id))


def _less(
    rows: list[reads.OpenItemRow], here: dict[tuple[str, str], int]
) -> list[reads.OpenItemRow]:
    """Open items less what is here already, the earliest due first as they come."""
    left = dict(here)
    found = []
    for row in rows:
        key = row.account_id, row.currency
        taken = min(left.get(key, 0), row.open_minor) if left else 0
        if taken:
            left[key] -= taken
        if row.open_minor > taken:
            found.append(row._replace(open_minor=row.open_minor - taken) if taken else row)
    return found


def _asked(rows: Sequence[reads.OpenItemRow]) -> "InvoiceHistory":
    if not rows:
        return history_of([])
    item, account, currency, _, amount, _, issued, due, _ = map(list, zip(*rows, strict=True))
    never = [None] * len(rows)
    return in_columns(reads.KnownColumns(item, account, amount, currency, issued, due, never))


def _column(rows: Sequence[tuple[Any, ...]], place: int, kind: Any) -> Any:
    import numpy as np

    return np.array([row[place] for row in rows], dtype=kind)
