"""`dunwell people` and `dunwell key`: who may sign in, as what, and with which API keys."""

from typing import Annotated

import typer

from cli.options import Home, Json

app = typer.Typer(help="People of this home and their roles.", no_args_is_help=True)
keys = typer.Typer(help="API keys of people; shown once, stored as a hash.", no_args_is_help=True)

OPERATOR = "operator"
"""Who acts where somebody works on the home itself, as its owner on this machine."""


@app.command("add")
def add(
    person_id: Annotated[str, typer.Argument(metavar="ID", help="Such as cora.lind.")],
    name: Annotated[str, typer.Option("--name", help="Full name.")],
    roles: Annotated[list[str], typer.Option("--role", help="May be repeated.")],
    home: Home = None,
    json_out: Json = False,
) -> None:
    """Add a person, or change the name or roles of one who is there."""
    from cli.home import opened
    from cli.output import emit, say
    from ledger.clock import SystemClock
    from tools.people import save_person

    with opened(home) as house, house.ledger.write() as session:
        now = SystemClock().now()
        person = save_person(session, person_id, name, tuple(roles), house.policy, OPERATOR, now)
        told = {"id": person.id, "name": person.name, "roles": person.roles.split(",")}
    emit(told) if json_out else say(f"{told['id']} is {told['name']}: {', '.join(told['roles'])}")


@app.command("list")
def list_people(home: Home = None, json_out: Json = False) -> None:
    """List people and roles."""
    from sqlalchemy import select

    from cli.home import opened
    from cli.output import emit, show_table
    from ledger.tables.work import Person

    with opened(home) as house, house.ledger.read() as session:
        people = list(session.scalars(select(Person).order_by(Person.id)))
    if json_out:
        emit([{"id": p.id, "name": p.name, "roles": p.roles.split(",")} for p in people])
    else:
        show_table(("Person", "Name", "Roles"), [(p.id, p.name, p.roles) for p in people])


@keys.command("create")
def create(
    person_id: Annotated[str, typer.Argument(metavar="PERSON")],
    scopes: Annotated[
        list[str] | None, typer.Option("--scope", help="read, decide or chat; may be repeated.")
    ] = None,
    days: Annotated[int, typer.Option("--days", help="Days until it ends.")] = 90,
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
        key = create_key(session, person_id, wanted, days, OPERATOR, SystemClock().now())
    if json_out:
        emit({"id": key.key_id, "secret": key.secret, "expires_on": key.expires_on})
        return
    note(
        f"Key {key.key_id} of {person_id}, until {key.expires_on}. Keep it, it is not shown again:"
    )
    say(key.secret)


@keys.command("list")
def list_keys(home: Home = None, json_out: Json = False) -> None:
    """List keys; what opens the door is not among it."""
    from sqlalchemy import select

    from cli.home import opened
    from cli.output import emit, show_table
    from ledger.tables.work import ApiKey

    shown = ("id", "person_id", "scopes", "expires_on", "revoked")
    with opened(home) as house, house.ledger.read() as session:
        found = list(session.scalars(select(ApiKey).order_by(ApiKey.person_id, ApiKey.id)))
    if json_out:
        emit([key.model_dump(mode="json", include=set(shown)) for key in found])
    else:
        show_table(shown, [[getattr(key, name) for name in shown] for key in found])


@keys.command("revoke")
def revoke(key_id: Annotated[str, typer.Argument(metavar="KEY")], home: Home = None) -> None:
    """End a key now."""
    from cli.home import opened
    from cli.output import say
    from ledger.clock import SystemClock
    from tools.people import revoke_key

    with opened(home) as house, house.ledger.write() as session:
        revoke_key(session, key_id, OPERATOR, SystemClock().now())
    say(f"{key_id} opens nothing any more")
