"""Read tool for credit: exposure against the limit, by the same review the night makes."""

from engines.credit import CreditView, review_credit
from ledger.facts import AccountFacts
from ledger.money import Money
from policies.schema import CreditPolicy
from tools.accounts import oldest_days, totals
from tools.contract import AccountRef, MoneyOut, Result, ToolContext, read_tool


class CreditExposure(Result):
    """Exposure = open invoices - unapplied cash - open credits, in the currency of the limit.

    `advice` is policy's own: none, watch, or hold. Without a limit there is none.
    `payments_returned` counts payments of the last 30 days that went back.
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


@read_tool()
def credit_exposure(ctx: ToolContext, account: AccountRef) -> CreditExposure:
    """Read an account's exposure against its credit limit, and what policy advises."""
    facts = ctx.facts(account)
    view = credit_view(facts, ctx.policy.credit)
    percent = view.used_percent if view else None
    return CreditExposure(
        account_number=facts.account_number,
        name=facts.name,
        limit=view.limit if view else None,
        exposure=view.exposure if view else exposure_of(facts),
        percent_of_limit=None if percent is None else int(percent),
        advice=view.advice if view else "none",
        other_currencies=totals(
            [
                (item.currency, item.open_minor)
                for item in facts.open_items
                if item.currency != facts.credit_currency
            ]
        ),
        on_credit_hold=facts.credit_hold,
        oldest_days_past_due=oldest_days(facts),
        promises_broken=facts.broken_promises,
        payments_returned=len(facts.returned),
    )


def exposure_of(facts: AccountFacts) -> Money | None:
    """Exposure in the currency of the account's credit."""
    currency = facts.credit_currency
    if currency is None:
        return None
    cash = sum(r.unapplied_minor for r in facts.receipts if r.currency == currency)
    credit = sum(c.unapplied_minor for c in facts.credits if c.currency == currency)
    return facts.open_in(currency) - Money(cash + credit, currency)


def credit_view(facts: AccountFacts, policy: CreditPolicy) -> CreditView | None:
    """The review of an account that has a limit; None without one, or without exposure."""
    exposure = exposure_of(facts)
    if exposure is None or facts.credit_limit_minor is None or exposure.minor <= 0:
        return None
    oldest = min((item.due_on for item in facts.open_items), default=facts.as_of)
    limit = Money(facts.credit_limit_minor, exposure.currency)
    return review_credit(exposure, limit, oldest, facts.as_of, policy)
