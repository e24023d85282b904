"""`dunwell cash`: what confirmed answers taught, money that went back, and writing off."""

from typing import Annotated

import typer

from cli.options import As, Home, Json

app = typer.Typer(
    help="What cash application learned, what went back, what is written off.",
    no_args_is_help=True,
)

_HEADS = ("Key", "Kind", "What", "Account", "Right", "Wrong", "")


@app.command("memory")
def memory(home: Home = None, json_out: Json = False) -> None:
    """List payer accounts, payer names and patterns of evidence people confirmed."""
    from cli.home import opened
    from cli.output import emit, show_table
    from tools.cash_memory import memory_lines

    with opened(home) as house, house.ledger.read() as session:
        lines = memory_lines(session)
    if json_out:
        emit(lines)
        return
    rows = [
        (
            each.key,
            each.kind,
            each.what,
            each.account_number,
            each.right,
            each.wrong,
            "blocked" if each.blocked else "",
        )
        for each in lines
    ]
    show_table(_HEADS, rows, right=("Right", "Wrong"))


@app.command("forget")
def forget(
    key: Annotated[str, typer.Argument(metavar="KEY", help="As `dunwell cash memory` shows it.")],
    person: As = None,
    home: Home = None,
    json_out: Json = False,
) -> None:
    """Forget a learned fact; the answers behind it stay in the journal and count no more."""
    from cli.home import acting, opened
    from cli.output import emit, say
    from ledger.clock import SystemClock
    from tools.cash_memory import forget as forget_fact

    with opened(home) as house:
        decider = acting(house, person)
        with house.ledger.write() as session:
            fact = forget_fact(session, key, decider, house.policy, SystemClock().now())
    emit(fact) if json_out else say(f"Forgotten: {fact.kind} {fact.what} {fact.account_number}")


@app.command("returns")
def returns(home: Home = None, json_out: Json = False) -> None:
    """List money that went back and found no receipt of a customer: a person looks."""
    from cli.home import opened
    from cli.output import emit, show_table
    from ledger.clock import SystemClock
    from tools.cash_returns import returns_left

    with opened(home) as house, house.ledger.read() as session:
        left = returns_left(session, SystemClock().today())
    if json_out:
        emit(left)
        return
    heads = ("Line", "Booked on", "Amount", "Payer", "Reason")
    rows = [(r.bank_line_id, r.booked_on, r.amount, r.payer_name, r.reason) for r in left]
    show_table(heads, rows, right=("Amount",))


@app.command("take-back")
def take_back(
    line: Annotated[str, typer.Argument(metavar="LINE", help="As `dunwell cash returns` shows.")],
    receipt: Annotated[str, typer.Argument(metavar="RECEIPT", help="Number of the payment.")],
    person: As = None,
    home: Home = None,
    json_out: Json = False,
) -> None:
    """Say which payment a line took back; a colleague approves it in the inbox."""
    from cli.home import acting, opened
    from cli.output import emit, say
    from graph.resume import open_threads
    from ledger.clock import SystemClock
    from tools.cash_returns import ask_to_take_back

    with opened(home) as house:
        decider = acting(house, person)
        today = SystemClock().today()
        deps = house.deps(today)
        with house.ledger.write() as session:
            asked = ask_to_take_back(session, line, receipt, decider, house.policy, today, deps.now)
        open_threads(house, deps, [asked])
    emit({"proposal_id": asked[0]}) if json_out else say(f"Asked for as {asked[0]}")


@app.command("write-off")
def write_off(
    account: Annotated[str, typer.Argument(metavar="ACCOUNT", help="Id, number or name.")],
    invoice: Annotated[str, typer.Argument(metavar="INVOICE", help="Its number.")],
    reason: Annotated[str, typer.Option("--reason", help="Why it is given up.")],
    amount: Annotated[
        str | None, typer.Option("--amount", help="In its currency; else all that is open.")
    ] = None,
    person: As = None,
    home: Home = None,
    json_out: Json = False,
) -> None:
    """Ask to write off what is open of an invoice; a colleague with authority over it decides."""
    from cli.asking import ask
    from cli.home import opened
    from tools.account_names import find_account
    from tools.account_wishes import wish_to_write_off

    with opened(home) as house:
        with house.ledger.read() as session:
            account_id = find_account(session, account)
            action = wish_to_write_off(session, account_id, invoice, amount, reason)
        ask(house, person, "collector", action, json_out, why=action.note)


@app.command("waiting")
def waiting(home: Home = None, json_out: Json = False) -> None:
    """List money that waits and the customers it may belong to; they get no reminder for it."""
    from cli.home import opened
    from cli.output import emit, show_table
    from tools.cash_waiting import waiting_money

    with opened(home) as house, house.ledger.read() as session:
        lines = waiting_money(session)
    if json_out:
        emit(lines)
        return
    rows = [
        (
            each.receipt_number,
            each.received_on,
            each.money,
            each.payer_name,
            each.reason,
            each.account_number,
            each.name,
            each.asked or "nobody is asked",
        )
        for each in lines
    ]
    heads = ("Receipt", "Received on", "Amount", "Payer", "Why", "Account", "Customer", "Request")
    show_table(heads, rows, right=("Amount",))


@app.command("not-theirs")
def not_theirs(
    receipt: Annotated[str, typer.Argument(metavar="RECEIPT", help="Number of the payment.")],
    account: Annotated[
        str | None, typer.Argument(metavar="ACCOUNT", help="Whose it is not; of all by default.")
    ] = None,
    person: As = None,
    home: Home = None,
    json_out: Json = False,
) -> None:
    """Say that money nobody is asked about is not a customer's; reminders may leave again."""
    from cli.home import acting, opened
    from cli.output import emit, say
    from ledger.clock import SystemClock
    from tools.cash_waiting import deny

    with opened(home) as house:
        decider = acting(house, person)
        with house.ledger.write() as session:
            now = SystemClock().now()
            said = deny(session, receipt, account, decider, house.policy, now)
    accounts = ", ".join(said.accounts)
    emit(said) if json_out else say(f"Payment {said.receipt_number} is not of {accounts}")
