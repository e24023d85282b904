"""Figures the engines work out, from amounts and dates in a scenario. Pure."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any

from engines.credit import review_credit
from engines.intervals import wilson
from engines.late_interest import daily_interest, late_interest
from engines.metrics import (
    BUCKETS,
    SalesPeriod,
    age,
    average_days_delinquent,
    best_possible_dso,
    collection_effectiveness,
    count_back_dso,
    days_sales_outstanding,
    dispute_rate,
    kept_rate,
    overdue_share,
)
from engines.promises import AppliedCash, GivenPromise, StillOwed, settle
from evals.stage.scene import Item, Scene
from evals.stage.steps import pure
from ledger.balances import PromiseTally
from ledger.money import Money
from policies.load import load_policy


@pure
def aging(
    scene: Scene,
    open_items: list[Item],
    cash: str = "0",
    credit: str = "0",
    currency: str = "USD",
) -> Item:
    """Aging buckets of items, each with how many days `late` it is (below zero: not yet due)."""
    scene.currency = currency
    found = age(
        ((scene.in_days(-each["late"]), scene.minor(each["open"])) for each in open_items),
        scene.as_of,
        scene.minor(cash),
        scene.minor(credit),
    )
    shown = {name: _told(found.buckets[at], currency) for at, name in enumerate(BUCKETS)}
    return shown | {
        "open": _told(found.open_minor, currency),
        "overdue": _told(found.overdue_minor, currency),
        "net": _told(found.net_minor, currency),
        "overdue_share": _rounded(overdue_share(found.overdue_minor, found.open_minor)),
    }


@pure
def dso(scene: Scene, open: str, current: str, sales: str, days: int = 90) -> Item:  # noqa: A002
    """Days sales outstanding, at best, and by how much payment is late."""
    receivable, not_due, sold = map(scene.minor, (open, current, sales))
    return {
        "dso": _rounded(days_sales_outstanding(receivable, sold, days)),
        "bpdso": _rounded(best_possible_dso(not_due, sold, days)),
        "add": _rounded(average_days_delinquent(receivable, not_due, sold, days)),
    }


@pure
def count_back(scene: Scene, open: str, months: list[Item]) -> Item:  # noqa: A002
    """DSO by the count-back method; months newest first, each with `sales` and `days`."""
    periods = (SalesPeriod(scene.minor(each["sales"]), each["days"]) for each in months)
    return {"days": _rounded(count_back_dso(scene.minor(open), periods))}


@pure
def cei(scene: Scene, opening: str, sales: str, closing: str, current: str) -> Item:
    """Collection effectiveness in percent."""
    found = collection_effectiveness(*map(scene.minor, (opening, sales, closing, current)))
    return {"percent": _rounded(found)}


@pure
def rates(scene: Scene, promises: list[Item], disputed: str, open: str) -> Item:  # noqa: A002
    """Share of promises kept, by number and amount, and of the balance under dispute."""
    tallies = [
        PromiseTally("USD", each["state"], each["count"], scene.minor(each["amount"]))
        for each in promises
    ]
    kept = kept_rate(tallies)
    return {
        "matured": kept.matured,
        "by_count": _rounded(kept.by_count),
        "by_amount": _rounded(kept.by_amount),
        "disputed": _rounded(dispute_rate(scene.minor(disputed), scene.minor(open))),
    }


@pure
def interest(scene: Scene, amount: str, percent: str, days: int, currency: str) -> Item:
    """Statutory interest, by the day and in all."""
    scene.currency = currency
    principal, rate = scene.minor(amount), Decimal(percent)
    return {
        "a_day": _told(daily_interest(principal, rate), currency),
        "in_all": _told(late_interest(principal, rate, days), currency),
    }


@pure
def credit(scene: Scene, exposure: str, limit: str, oldest_late: int) -> Item:
    """The plain credit view by the shipped policy: 90 % warns, 120 % and 90 days hold."""
    found = review_credit(
        Money(scene.minor(exposure), "USD"),
        Money(scene.minor(limit), "USD"),
        scene.in_days(-oldest_late),
        scene.as_of,
        load_policy().credit,
    )
    return {"advice": found.advice, "used": found.used_percent, "oldest": found.oldest_days}


@pure
def promise(
    scene: Scene,
    amount: str | None,
    due_in: int,
    grace: int,
    cash: Iterable[Item] = (),
    owed: str = "0",
) -> Item:
    """What became of a promise given thirty days ago, from cash and what is still owed."""
    given = GivenPromise(
        "prm",
        scene.in_days(-30),
        scene.in_days(due_in),
        scene.in_days(due_in + grace),
        scene.minor(amount) if amount else None,
        "USD",
        ("inv",),
    )
    applied = [_cash(scene, each) for each in cash]
    left = scene.minor(owed)
    still = [StillOwed("inv", left, scene.in_days(-40), "USD")] if left else []
    outcome = settle([given], applied, still, scene.as_of)["prm"]
    return {"state": str(outcome.state), "kept": _told(outcome.kept_minor, "USD")}


def _cash(scene: Scene, given: Item) -> AppliedCash:
    day = scene.in_days(-given["ago"])
    return AppliedCash("inv", scene.minor(given["amount"]), day, day, "USD")


@pure
def interval(scene: Scene, hits: int, number: int) -> Item:
    """The 95 % interval of a counted share."""
    del scene
    low, high = wilson(hits, number)
    return {"low": _rounded(low), "high": _rounded(high)}


@pure
def weeks(scene: Scene, as_of: str, number: int) -> Item:
    """The calendar weeks a forecast counts in: days from its date to the edge of each."""
    from engines.forecast.cash import monday, week_edges

    del scene
    day = date.fromisoformat(as_of)
    return {
        "edges": [int(each) for each in week_edges(day, number)],
        "monday": monday(day).isoformat(),
    }


def _told(minor: int, currency: str) -> str:
    return str(Money(minor, currency))


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 4)


STEPS: dict[str, Any] = {
    "aging": aging,
    "dso": dso,
    "count_back": count_back,
    "cei": cei,
    "rates": rates,
    "interest": interest,
    "credit": credit,
    "promise": promise,
    "interval": interval,
    "weeks": weeks,
}
