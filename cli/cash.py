"""`dunwell cash`: what confirmed answers taught cash application, and forgetting it."""

from typing import Annotated

import typer

from cli.options import As, Home, Json

app = typer.Typer(help="What cash application learned from people.", no_args_is_help=True)

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
