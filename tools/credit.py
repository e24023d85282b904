"""Read tool for credit: exposure against the limit, the score and class with their reasons."""

from sqlmodel import Session

from ledger.facts import AccountFacts
from ledger.money import Money
from tools.accounts import oldest_days, totals
from tools.contract import AccountRef, MoneyOut, Result, ToolContext, read_tool
from tools.credit_scores import AccountRisk, account_risks
from tools.exposure import Exposure, credit_view, exposures


class ExposureLine(Result):
    """One part of the exposure; what the ledger does not know counts 0."""

    part: str
    amount: MoneyOut
    known: bool


class CreditScore(Result):
    """Points from 0, the safest, to 100, the class they make, and what adds them."""

    points: int
    account_class: str
    grounds: str
    reasons: tuple[str, ...]
    warnings: tuple[str, ...]
    usual_days_late: int | None
    recent_days_late: int | None


class CreditExposure(Result):
    """Exposure in the currency of the limit, part by part, and how the account pays.

    `advice` is policy's own: none, watch, or hold. Without a limit there is none.
    `payments_returned` counts payments of the last 30 days that went back. `score` is missing where
    nothing is open, and for natural persons, who are not scored: `not_scored` says why.
    """

    account_number: str
    name: str
    limit: MoneyOut | None
    exposure: MoneyOut | None
    percent_of_limit: int | None
    advice: str
    other_currencies: tuple[MoneyOut, ...]
    on_credit_hold: bool
    oldest_days_past_due: int
    promises_broken: int
    payments_returned: int
    parts: tuple[ExposureLine, ...] = ()
    share_of_book_permille: int = 0
    score: CreditScore | None = None
    not_scored: str = ""


@read_tool()
def credit_exposure(ctx: ToolContext, account: AccountRef) -> CreditExposure:
    """Read an account's exposure, its credit score with reasons, and what policy advises."""
    facts = ctx.facts(account)
    risk = account_risks(ctx.session, ctx.policy.credit, ctx.as_of, [account]).get(account)
    currency = facts.credit_currency or ""
    exposed = exposure_of(ctx.session, facts)
    view = credit_view(exposed, facts.credit_limit_minor, ctx.as_of, ctx.policy.credit)
    nothing = Money(0, currency) if currency else None
    percent = view.used_percent if view else None
    return CreditExposure(
        account_number=facts.account_number,
        name=facts.name,
        limit=view.limit if view else None,
        exposure=exposed.total if exposed else nothing,
        percent_of_limit=None if percent is None else int(percent),
        advice=view.advice if view else "none",
        other_currencies=totals(
            [
                (item.currency, item.open_minor)
                for item in facts.open_items
                if item.currency != currency
            ]
        ),
        on_credit_hold=facts.credit_hold,
        oldest_days_past_due=view.oldest_days if view else oldest_days(facts),
        promises_broken=facts.broken_promises,
        payments_returned=len(facts.returned),
        parts=() if risk is None else exposure_lines(risk),
        share_of_book_permille=0 if risk is None else risk.share_permille,
        score=None if risk is None else credit_score(risk),
        not_scored=_not_scored(risk),
    )


def exposure_of(session: Session, facts: AccountFacts) -> Exposure | None:
    """The exposure to an account in the currency of its credit; None where there is none."""
    found = exposures(session, facts.as_of, [facts.account_id])
    return found.get((facts.account_id, facts.credit_currency or ""))


def exposure_lines(risk: AccountRisk) -> tuple[ExposureLine, ...]:
    """The formula, part by part."""
    return tuple(ExposureLine(part=p.name, amount=p.amount, known=p.known) for p in risk.exposure)


def credit_score(risk: AccountRisk) -> CreditScore | None:
    """The score as it is shown; None for natural persons."""
    found = risk.score
    if found is None:
        return None
    usual, recent = found.trend.in_whole_days
    return CreditScore(
        points=found.points,
        account_class=found.risk_class,
        grounds=found.grounds,
        reasons=tuple(f"{each.says} (+{each.points})" for each in found.reasons),
        warnings=found.warnings,
        usual_days_late=usual,
        recent_days_late=recent,
    )


def _not_scored(risk: AccountRisk | None) -> str:
    if risk is None:
        return "nothing is open"
    return "natural persons are not scored" if risk.score is None else ""
