"""`dunwell hold`: asking to lift a hold."""

from typing import Annotated

import typer

from cli.options import As, Home, Json

app = typer.Typer(help="Holds: ask to lift one.", no_args_is_help=True)


@app.command()
def lift(
    account: Annotated[str, typer.Argument(metavar="ACCOUNT", help="Id, number or name.")],
    reason: Annotated[str, typer.Option("--reason", help="Why it may end.")],
    hold: Annotated[str | None, typer.Option("--hold", help="Which, of several.")] = None,
    who: As = None,
    home: Home = None,
    json_out: Json = False,
) -> None:
    """Ask to lift a hold; a colleague decides it, even where you may lift holds yourself."""
    from cli.asking import ask
    from cli.home import opened
    from tools.account_names import find_account
    from tools.account_wishes import wish_to_lift

    with opened(home) as house:
        with house.ledger.read() as session:
            action = wish_to_lift(session, find_account(session, account), hold, reason)
        ask(house, who, "collector", action, json_out, why=action.note)
