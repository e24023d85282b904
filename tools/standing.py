"""Where an account stands: its credit score with reasons, its exposure, and its group of work."""

from datetime import date
from typing import Any

from policies.schema import Policy
from tools.contract import Result
from tools.credit import CreditScore, ExposureLine, credit_score, exposure_lines
from tools.credit_scores import account_risks
from tools.forecast_record import newest_forecast


class Standing(Result):
    """What the credit analyst and the last night see of an account.

    `score` is missing where nothing is open, and for natural persons, who are not scored. `group`
    is missing where the last night ranked others before it, or expects no late money of it.
    """

    score: CreditScore | None
    exposure: tuple[ExposureLine, ...]
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
        share_of_book_permille=risk.share_permille if risk else 0,
        group=rank.get("group"),
        rank=rank.get("rank"),
        rank_without_effect=rank.get("rank_without_effect"),
        factors=tuple(rank.get("factors", ())),
    )
