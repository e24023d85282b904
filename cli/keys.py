"""`dunwell key`: the API keys of people."""

from typing import Annotated

import typer

from cli.options import Home, Json
from cli.people import OPERATOR

app = typer.Typer(help="API keys of people; shown once, stored as a hash.", no_args_is_help=True)


@app.command("create")
def create(
    person_id: Annotated[str, typer.Argument(metavar="PERSON")],
    scopes: Annotated[
        list[str] | None,
        typer.Option("--scope", help="read, decide, chat, metrics or admin; may be repeated."),
    ] = None,
    days: Annotated[int, typer.Option("--days", help="Days until it ends.")] = 90,
    label: Annotated[str, typer.Option("--label", help="What it is for.")] = "",
    home: Home = None,
    json_out: Json = False,
) -> None:
    """Make a key for a person; it is shown now and never again."""
    from cli.home import opened
    from cli.output import emit, note, say
    from ledger.clock import SystemClock
    from tools.people import create_key

    with opened(home) as house, house.ledger.write() as session:
        wanted = tuple(scopes or ("read",))
        key = create_key(session, person_id, wanted, days, OPERATOR, SystemClock().now(), label)
    if json_out:
        emit({"id": key.key_id, "secret": key.secret, "expires_on": key.expires_on})
        return
    note(
        f"Key {key.key_id} of {person_id}, until {key.expires_on}. Keep it, it is not shown again:"
    )
    say(key.secret)


@app.command("list")
def list_keys(home: Home = None, json_out: Json = False) -> None:
    """List keys; what opens the door is not among it."""
    from cli.home import opened
    from cli.output import emit, show_table
    from tools.people import keys_of

    shown = ("id", "person_id", "scopes", "label", "expires_on", "last_used_on", "revoked")
    with opened(home) as house, house.ledger.read() as session:
        found = keys_of(session)
    if json_out:
        emit([key.model_dump(mode="json", include=set(shown)) for key in found])
    else:
        show_table(shown, [[getattr(key, name) for name in shown] for key in found])


@app.command("revoke")
def revoke(key_id: Annotated[str, typer.Argument(metavar="KEY")], home: Home = None) -> None:
    """End a key now."""
    from cli.home import opened
    from cli.output import say
    from ledger.clock import SystemClock
    from tools.people import revoke_key

    with opened(home) as house, house.ledger.write() as session:
        revoke_key(session, key_id, OPERATOR, SystemClock().now())
    say(f"{key_id} opens nothing any more")
