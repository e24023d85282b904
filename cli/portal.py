"""`dunwell portal`: links to the customer's page, files that came by it, card payments."""

from pathlib import Path
from typing import Annotated

import typer

from cli.options import Home, Json

app = typer.Typer(help="Links to the customer's page.", no_args_is_help=True)
Account = Annotated[str | None, typer.Option("--account", help="Of one account, by id or number.")]


@app.command("link")
def link(
    wanted: Annotated[
        str, typer.Argument(metavar="CONTACT|ACCOUNT", help="An account's payer, or one contact.")
    ],
    days: Annotated[int | None, typer.Option("--days", min=1, help="A shorter life.")] = None,
    home: Home = None,
    json_out: Json = False,
) -> None:
    """Make a link for a contact; it is shown now and never again."""
    from cli.home import opened
    from cli.output import emit, note, say
    from cli.people import OPERATOR
    from ledger.clock import SystemClock
    from tools.portal_links import make_portal_link

    with opened(home) as house, house.ledger.write() as session:
        now = SystemClock().now()
        made = make_portal_link(session, wanted, house.policy, OPERATOR, now, days)
        address = made.address(house.settings.public_url or "")
    if json_out:
        told = {"id": made.link_id, "address": address, "contact_id": made.contact_id}
        emit(told | {"account_id": made.account_id, "ends_on": made.ends_at.date()})
        return
    if address.startswith("/"):
        note("DUNWELL_PUBLIC_URL is not set: put the address customers reach you at before it.")
    note(f"{made.link_id} for {made.contact_id}, until {made.ends_at.date()}; not shown again:")
    say(address)


@app.command("list")
def list_links(account: Account = None, home: Home = None, json_out: Json = False) -> None:
    """List links; what opens the page is not among it."""
    from cli.home import opened
    from cli.output import emit, show_table
    from tools.account_names import find_account
    from tools.portal_links import links_of

    shown = ("id", "account_id", "contact_id", "made_by", "ends_at", "revoked_at")
    with opened(home) as house, house.ledger.read() as session:
        account_id = find_account(session, account) if account else None
        found = links_of(session, account_id)
    if json_out:
        emit([each.model_dump(mode="json", include=set(shown)) for each in found])
    else:
        show_table(shown, [[getattr(each, name) for name in shown] for each in found])


@app.command("revoke")
def revoke(link_id: Annotated[str, typer.Argument(metavar="LINK")], home: Home = None) -> None:
    """End a link now."""
    from cli.home import opened
    from cli.output import say
    from cli.people import OPERATOR
    from ledger.clock import SystemClock
    from tools.portal_links import revoke_portal_link

    with opened(home) as house, house.ledger.write() as session:
        revoke_portal_link(session, link_id, OPERATOR, SystemClock().now())
    say(f"{link_id} opens nothing any more")


@app.command("files")
def files(
    attachment: Annotated[
        str | None, typer.Argument(metavar="FILE", help="Write this one out.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", help="Where to; not opened, not run.")
    ] = None,
    account: Account = None,
    home: Home = None,
    json_out: Json = False,
) -> None:
    """List files that came by the page, or write one out as it came."""
    from cli.home import opened
    from cli.output import emit, say, show_table
    from tools.account_names import find_account
    from tools.portal_acts import files_of, stored_file

    with opened(home) as house, house.ledger.read() as session:
        if attachment is not None:
            name, content = stored_file(session, attachment)
            _write(out or Path(Path(name).name), content)
            say(f"{out or Path(name).name}: {len(content)} bytes from outside; scan it first")
            return
        account_id = find_account(session, account) if account else None
        found = [dict(row._mapping) for row in files_of(session, account_id)]
    heads = ("id", "name", "size", "account_id", "received_on")
    emit(found) if json_out else show_table(heads, [[row[name] for name in heads] for row in found])


def _write(out: Path, content: bytes) -> None:
    from ledger.errors import BadInput

    try:
        with out.open("xb") as file:
            file.write(content)
    except OSError as error:
        raise BadInput(f"{out}: {error.strerror}; give another place with --out") from None


@app.command("payments")
def payments(home: Home = None, json_out: Json = False) -> None:
    """Book card payments that wait, and list what providers told us."""
    from cli.home import opened
    from cli.output import emit, note, show_table
    from graph.portal import Portal
    from tools.portal_checkout import payments_list

    shown = ("id", "kind", "received_at", "state", "says")
    with opened(home) as house:
        booked = Portal(house).book_payments()
        with house.ledger.read() as session:
            found = payments_list(session)
    if json_out:
        emit([each.model_dump(mode="json", include=set(shown)) for each in found])
        return
    note(f"{booked} payments booked now")
    show_table(shown, [[getattr(each, name) for name in shown] for each in found])
