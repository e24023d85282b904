"""`dunwell people`: who may sign in, as what, what they see, and how they get in."""

from typing import Annotated

import typer

from cli.options import Home, Json

app = typer.Typer(help="People of this home and their roles.", no_args_is_help=True)

OPERATOR = "operator"
"""Who acts where somebody works on the home itself, as its owner on this machine."""

PersonId = Annotated[str, typer.Argument(metavar="ID", help="Such as cora.lind.")]
ADDRESS = "http://127.0.0.1:8321"


@app.command("add")
def add(
    person_id: PersonId,
    name: Annotated[str, typer.Option("--name", help="Full name.")],
    roles: Annotated[list[str], typer.Option("--role", help="May be repeated.")],
    sees: Annotated[
        str | None, typer.Option("--sees", help="all, own, or segments:smb,mid.")
    ] = None,
    known_as: Annotated[
        str | None, typer.Option("--known-as", help="Mail or user name at the sign-in provider.")
    ] = None,
    home: Home = None,
    json_out: Json = False,
) -> None:
    """Add a person, or change who is there; a role left out is taken away."""
    from cli.home import opened
    from cli.output import emit, say
    from ledger.clock import SystemClock
    from tools.people import save_person

    with opened(home) as house, house.ledger.write() as session:
        now, policy = SystemClock().now(), house.policy
        person = save_person(
            session, person_id, name, tuple(roles), policy, OPERATOR, now, sees, known_as
        )
        told = {"id": person.id, "name": person.name, "roles": person.roles.split(",")}
    emit(told) if json_out else say(f"{told['id']} is {told['name']}: {', '.join(told['roles'])}")


@app.command("retire")
def retire(person_id: PersonId, home: Home = None) -> None:
    """Take every role away, sign out everywhere and end the keys; what they did stays."""
    from cli.home import opened
    from cli.output import say
    from ledger.clock import SystemClock
    from tools.people import retire_person

    with opened(home) as house, house.ledger.write() as session:
        retire_person(session, person_id, house.policy, OPERATOR, SystemClock().now())
    say(f"{person_id} cannot sign in any more")


@app.command("list")
def list_people(home: Home = None, json_out: Json = False) -> None:
    """List people, roles and what they see."""
    from sqlalchemy import select

    from cli.home import opened
    from cli.output import emit, show_table
    from ledger.tables.work import Person

    with opened(home) as house, house.ledger.read() as session:
        people = list(session.scalars(select(Person).order_by(Person.id)))
    if json_out:
        emit(
            [
                {
                    "id": p.id,
                    "name": p.name,
                    "roles": p.roles.split(","),
                    "sees": p.sees,
                    "known_as": p.known_as,
                    "pinned": p.provider_pin is not None,
                }
                for p in people
            ]
        )
    else:
        show_table(
            ("Person", "Name", "Roles", "Sees"), [(p.id, p.name, p.roles, p.sees) for p in people]
        )


@app.command("link")
def link(
    person_id: PersonId,
    address: Annotated[
        str, typer.Option("--address", help="Where `dunwell serve` answers.")
    ] = ADDRESS,
    home: Home = None,
    json_out: Json = False,
) -> None:
    """Make a link that signs a person in, once, within 15 minutes."""
    from cli.home import opened
    from cli.output import emit, note, say
    from ledger.clock import SystemClock
    from tools.sign_in import make_link

    with opened(home) as house, house.ledger.write() as session:
        secret = make_link(session, person_id, OPERATOR, SystemClock().now())
    made = link_to(address, secret)
    if json_out:
        emit({"person": person_id, "link": made})
        return
    note(f"Signs {person_id} in, once, within 15 minutes; `dunwell serve` must be running:")
    say(made)


def link_to(address: str, secret: str) -> str:
    """Where a sign-in link leads."""
    return f"{address.rstrip('/')}/desk/sign-in/link?secret={secret}"


@app.command("password")
def password(person_id: PersonId, home: Home = None) -> None:
    """Give a person a password, asked for here; they are signed out everywhere."""
    from cli.home import opened
    from cli.output import say
    from ledger.clock import SystemClock
    from tools.sign_in import set_password

    wanted = typer.prompt("Password", hide_input=True, confirmation_prompt=True, err=True)
    with opened(home) as house, house.ledger.write() as session:
        set_password(session, person_id, wanted, OPERATOR, SystemClock().now())
    say(f"{person_id} has a new password")


@app.command("unpin")
def unpin(person_id: PersonId, home: Home = None) -> None:
    """Let another account at the sign-in provider come in as a person, from the next time on."""
    from cli.home import opened
    from cli.output import say
    from ledger.clock import SystemClock
    from tools.people import forget_pin

    with opened(home) as house, house.ledger.write() as session:
        forget_pin(session, person_id, OPERATOR, SystemClock().now())
    say(f"the next account at the provider that comes as {person_id} stays theirs")


@app.command("sign-out")
def sign_out(person_id: PersonId, home: Home = None) -> None:
    """Sign a person out of every browser."""
    from cli.home import opened
    from cli.output import say
    from ledger.clock import SystemClock
    from tools.sign_in import person_of, sign_out_everywhere

    with opened(home) as house, house.ledger.write() as session:
        person = person_of(session, person_id)
        sign_out_everywhere(session, person.id, OPERATOR, SystemClock().now())
    say(f"{person_id} is signed out everywhere")
