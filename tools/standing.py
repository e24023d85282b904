"""Where an account stands: score with reasons, exposure, aging, and its group of work."""

from datetime import date
from typing import Any

from engines.metrics import BUCKETS, age
from ledger.money import Money
from ledger.queries.risk_facts import open_by_due
from policies.schema import Policy
from tools.contract import MoneyOut, Result
from tools.credit import CreditScore, ExposureLine, credit_score, exposure_lines
from tools.credit_scores import account_risks
from tools.forecast_record import newest_forecast


class OpenByAge(Result):
    """Open balance of one currency by days past due; the buckets sum to the total."""

    total: MoneyOut
    buckets: dict[str, MoneyOut]


class Standing(Result):
    """What the credit analyst and the last night see of an account.

    `score` is missing where nothing is open, and for natural persons, who are not scored. `group`
    is missing where the last night ranked others before it, or expects no late money of it.
    """

    score: CreditScore | None
    exposure: tuple[ExposureLine, ...]
    open_by_age: tuple[OpenByAge, ...]
    share_of_book_permille: int
    group: str | None
    rank: int | None
    rank_without_effect: int | None
    factors: tuple[str, ...]


def standing_of(session: Any, policy: Policy, account_id: str, as_of: date) -> Standing:
    """Score an account, and look its place up in the order of the newest night."""
    risk = account_risks(session, policy.credit, as_of, [account_id]).get(account_id)
    kept = newest_forecast(session)
    ranks = {each["account_id"]: each for each in kept.priority} if kept else {}
    rank = ranks.get(account_id, {})
    return Standing(
        score=credit_score(risk) if risk else None,
        exposure=exposure_lines(risk) if risk else (),
        open_by_age=_by_age(session, account_id, as_of),
        share_of_book_permille=risk.share_permille if risk else 0,
        group=rank.get("group"),
        rank=rank.get("rank"),
        rank_without_effect=rank.get("rank_without_effect"),
        factors=tuple(rank.get("factors", ())),
    )


def _by_age(session: Any, account_id: str, as_of: date) -> tuple[OpenByAge, ...]:
    found = []
    for currency, balances in open_by_due(session, account_id, as_of).items():
        aging = age(balances, as_of)
        amounts = (Money(minor, currency) for minor in aging.buckets)
        found.append(
            OpenByAge(
                total=Money(aging.open_minor, currency),
                buckets=dict(zip(BUCKETS, amounts, strict=True)),
            )
        )
    return tuple(found)
