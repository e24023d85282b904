"""Read tool for payment plans: those there are, and the ways an account could pay what is due."""

from datetime import date

from ledger.money import Money
from tools.contract import AccountRef, MoneyOut, Result, ToolContext, ToolRetry, read_tool
from tools.plan_book import PlanLine, plan_lines
from tools.plans import PlanChoices, choices_of


class PartLine(Result):
    """One instalment of an option."""

    due_on: date
    amount: MoneyOut


class PlanWay(Result):
    """A way to pay in instalments; `cost` is what waiting costs us and is charged to nobody."""

    name: str
    frequency: str
    parts: tuple[PartLine, ...]
    cost: MoneyOut
    risk: str


class PlanOptions(Result):
    """What is due and undisputed, the ways to pay it, and the plans in force."""

    account_id: str
    account_number: str
    name: str
    as_of: date
    none_because: str
    currency: str | None
    due: MoneyOut | None
    invoice_ids: tuple[str, ...]
    usual_month: MoneyOut | None
    options: tuple[PlanWay, ...]
    plans: tuple[PlanLine, ...]


@read_tool()
def plan_options(ctx: ToolContext, account: AccountRef, currency: str | None = None) -> PlanOptions:
    """Compare the ways an account could pay in instalments, and show its plans in force.

    Nothing is offered by this: a plan is put before finance and runs once the customer accepts it.

    Args:
        ctx: Who asks, on which ledger.
        account: The account.
        currency: Where several are open.
    """
    facts = ctx.facts(account)
    named = currency.upper() if currency else None
    if named is not None and named not in facts.currencies:
        raise ToolRetry(f"open is {', '.join(facts.currencies) or 'nothing'}")
    if named is None and len(facts.currencies) > 1:
        named = max(facts.currencies, key=lambda each: facts.open_in(each).minor)
    found = choices_of(ctx.session, ctx.policy, account, ctx.as_of, named)
    given = isinstance(found, PlanChoices)
    habit = found.habit.monthly_minor if given else None
    return PlanOptions(
        account_id=facts.account_id,
        account_number=facts.account_number,
        name=facts.name,
        as_of=ctx.as_of,
        none_because="" if given else found,
        currency=found.debt.currency if given else None,
        due=found.debt.total if given else None,
        invoice_ids=found.debt.invoice_ids if given else (),
        usual_month=Money(habit, found.debt.currency) if given and habit is not None else None,
        options=tuple(
            PlanWay(
                name=option.name,
                frequency=option.frequency,
                parts=tuple(
                    PartLine(due_on=part.due_on, amount=Money(part.amount_minor, option.currency))
                    for part in option.parts
                ),
                cost=Money(option.cost_minor, option.currency),
                risk=option.risk,
            )
            for option in (found.options if given else ())
        ),
        plans=tuple(plan_lines(ctx.session, ctx.policy, ctx.as_of, account)),
    )
