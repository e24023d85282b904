"""`dunwell plan`: the ways an account could pay, how plans stand, and asking to change one."""

from typing import TYPE_CHECKING, Annotated, Literal

import typer

from cli.asking import ask
from cli.options import As, Home, Json, MaybeAsOf

if TYPE_CHECKING:
    from datetime import date

    from sqlmodel import Session

    from graph.bootstrap import House
    from policies.schema_promises import Frequency
    from tools.plan_book import PlanLine
    from tools.plans import PlanChoices

app = typer.Typer(help="Payment plans: options, standing, decisions.", no_args_is_help=True)

_ROLE = "collector"
Account = Annotated[str, typer.Argument(metavar="ACCOUNT", help="Id, number or name.")]
Id = Annotated[str, typer.Argument(metavar="PLAN", help="As `dunwell plan show` shows it.")]
Currency = Annotated[str | None, typer.Option("--currency", help="Where several are open.")]
Often = Annotated[
    Literal["weekly", "fortnightly", "monthly"], typer.Option("--frequency", help="How often.")
]


@app.command()
def options(
    account: Account,
    currency: Currency = None,
    frequency: Often = "monthly",
    as_of: MaybeAsOf = None,
    home: Home = None,
    json_out: Json = False,
) -> None:
    """Compare three ways to pay what is due and undisputed; nothing is offered by this."""
    from cli.home import opened
    from cli.output import emit

    with opened(home) as house, house.ledger.read() as session:
        day = as_of or house.business_date()
        found = _choices(house, session, account, currency, frequency, day)
        terms = house.policy.promises.plans
    if json_out:
        emit(found)
        return
    _show_options(found)
    from cli.output import say

    say(
        f"Cost is what waiting costs us at {terms.annual_rate_percent} % a year, "
        f"{terms.day_count} ({terms.day_count_source}); nobody is charged for it. "
        f"Rate: {terms.rate_source}."
    )


@app.command()
def propose(
    account: Account,
    option: Annotated[
        Literal["shorter", "fitting", "longer"], typer.Option("--option", help="Which of them.")
    ] = "fitting",
    currency: Currency = None,
    frequency: Often = "monthly",
    who: As = None,
    home: Home = None,
    json_out: Json = False,
) -> None:
    """Ask to offer an option; finance, and legal for a long one, decides."""
    from cli.home import opened
    from ledger.errors import BadInput
    from tools.plans import plan_of

    with opened(home) as house:
        with house.ledger.read() as session:
            day = house.business_date()
            found = _choices(house, session, account, currency, frequency, day)
        wanted = next((each for each in found.options if each.name == option), None)
        if wanted is None:
            there = ", ".join(dict.fromkeys(each.name for each in found.options))
            raise BadInput(f"there is no {option} option here, only {there}")
        action = plan_of(found.account_id, found, wanted, found.in_words)
        ask(house, who, _ROLE, action, json_out)


@app.command()
def show(
    account: Annotated[
        str | None, typer.Argument(metavar="[ACCOUNT]", help="Id, number or name.")
    ] = None,
    ended: Annotated[bool, typer.Option("--ended", help="Also completed and ended.")] = False,
    as_of: MaybeAsOf = None,
    home: Home = None,
    json_out: Json = False,
) -> None:
    """Show plans with what is paid, late and still to come."""
    from cli.home import opened
    from cli.output import emit
    from ledger.queries.plans import IN_FORCE
    from ledger.states import PlanState
    from tools.account_names import find_account
    from tools.plan_book import plan_lines

    with opened(home) as house, house.ledger.read() as session:
        account_id = find_account(session, account) if account else None
        states = tuple(PlanState) if ended else IN_FORCE
        day = as_of or house.business_date()
        lines = plan_lines(session, house.policy, day, account_id, states)
    emit(lines) if json_out else _show_plans(lines)


@app.command()
def accept(
    plan_id: Id,
    quote: Annotated[str, typer.Option("--quote", help="The customer's own words.")] = "",
    who: As = None,
    home: Home = None,
    json_out: Json = False,
) -> None:
    """Note that the customer accepted a plan; a colleague in finance confirms it."""
    from cli.home import opened
    from ledger.actions import AcceptPlan

    with opened(home) as house:
        account_id = _account_of(house, plan_id)
        action = AcceptPlan(account_id=account_id, plan_id=plan_id, quote=quote)
        ask(house, who, _ROLE, action, json_out)


@app.command()
def end(
    plan_id: Id,
    note: Annotated[str, typer.Option("--note", help="Why.")] = "",
    who: As = None,
    home: Home = None,
    json_out: Json = False,
) -> None:
    """Ask to end a plan: what it covers goes back to the ladder at its next step."""
    from cli.home import opened
    from ledger.actions import EndPlan

    with opened(home) as house:
        account_id = _account_of(house, plan_id)
        ask(house, who, _ROLE, EndPlan(account_id=account_id, plan_id=plan_id, note=note), json_out)


def _choices(
    house: "House",
    session: "Session",
    account: str,
    currency: str | None,
    frequency: "Frequency",
    day: "date",
) -> "PlanChoices":
    from ledger.errors import BadInput
    from tools.account_names import find_account
    from tools.plans import choices_of

    found = choices_of(
        session, house.policy, find_account(session, account), day, currency, frequency
    )
    if isinstance(found, str):
        raise BadInput(found)
    return found


def _account_of(house: "House", plan_id: str) -> str:
    from ledger.errors import NotFound
    from ledger.tables.case import Plan

    with house.ledger.read() as session:
        plan = session.get(Plan, plan_id)
        if plan is None:
            raise NotFound(f"no plan {plan_id}; `dunwell plan show` lists those there are")
        return plan.account_id


def _show_options(found: "PlanChoices") -> None:
    from cli.output import say, show_table
    from ledger.money import Money

    say(found.habit_in_words)
    rows = []
    for option in found.options:
        first, last = option.parts[0], option.parts[-1]
        rows.append(
            (
                option.name,
                f"{len(option.parts)} {option.frequency}",
                Money(first.amount_minor, option.currency),
                first.due_on,
                last.due_on,
                Money(option.cost_minor, option.currency),
                option.risk,
            )
        )
    heads = ("Option", "Parts", "Each", "First", "Last", "Cost", "Against their habit")
    show_table(heads, rows, right=("Each", "Cost"))


def _show_plans(lines: "list[PlanLine]") -> None:
    from cli.output import say, show_table

    if not lines:
        say("No plan is offered or running.")
        return
    heads = ("Plan", "Account", "State", "Total", "Paid", "Late", "Next", "Until")
    rows = []
    for line in lines:
        ahead = next((part for part in line.parts if part.open.minor), None)
        until = line.answer_by or line.cure_by or line.parts[-1].due_on
        rows.append(
            (
                line.plan_id,
                line.account_id,
                line.state,
                line.total,
                line.paid,
                line.late,
                f"{ahead.open} on {ahead.due_on}" if ahead else "-",
                until,
            )
        )
    show_table(heads, rows, right=("Total", "Paid", "Late"))
