"""`dunwell webhooks`: whom the house tells of what happened."""

from datetime import date
from typing import Annotated

import typer

from cli.options import Home, Json, read_day
from cli.people import OPERATOR

app = typer.Typer(
    help="Addresses that are told of events, signed by Standard Webhooks.", no_args_is_help=True
)
_Endpoint = Annotated[str, typer.Argument(metavar="ENDPOINT")]


@app.command("add")
def add(
    url: Annotated[str, typer.Argument(metavar="URL", help="https, or http on this machine.")],
    events: Annotated[
        list[str] | None,
        typer.Option("--event", help="Such as proposal.waiting; may be repeated. Default: all."),
    ] = None,
    home: Home = None,
    json_out: Json = False,
) -> None:
    """Tell an address of events from now on; its secret is shown now and never again."""
    from cli.home import opened
    from cli.output import emit, note, say
    from ledger.clock import SystemClock
    from tools.webhooks import add_endpoint, judge_endpoint

    wanted = judge_endpoint(url, events or (), at_the_machine=True)
    with opened(home) as house, house.ledger.write() as session:
        made = add_endpoint(session, wanted, OPERATOR, SystemClock().now())
    if json_out:
        emit({"id": made.id, "secret": made.secret})
        return
    note(f"Webhook {made.id}. Its secret, which is not shown again:")
    say(made.secret)


@app.command("list")
def list_webhooks(home: Home = None, json_out: Json = False) -> None:
    """List endpoints and how their events stand."""
    from cli.home import opened
    from cli.output import emit, show_table
    from tools.webhooks import list_endpoints

    shown = ("id", "url", "events", "state", "waiting", "delivered", "dead")
    with opened(home) as house, house.ledger.read() as session:
        found = list_endpoints(session)
    if json_out:
        emit(found)
    else:
        show_table(shown, [[str(getattr(each, name)) for name in shown] for each in found])


@app.command("pause")
def pause(endpoint: _Endpoint, home: Home = None) -> None:
    """Send an address nothing until it is resumed; what happens meanwhile waits for it."""
    from cli.home import opened
    from cli.output import say
    from ledger.clock import SystemClock
    from tools.webhooks import pause_endpoint

    with opened(home) as house, house.ledger.write() as session:
        pause_endpoint(session, endpoint, OPERATOR, SystemClock().now())
    say(f"{endpoint} is sent nothing until `dunwell webhooks resume {endpoint}`")


@app.command("resume")
def resume(endpoint: _Endpoint, home: Home = None) -> None:
    """Send an address what waited for it, in order, and whatever happens from now on."""
    from batch.webhooks import tell_webhooks
    from cli.home import opened
    from cli.output import say
    from ledger.clock import SystemClock
    from tools.webhooks import resume_endpoint

    with opened(home) as house:
        with house.ledger.write() as session:
            resume_endpoint(session, endpoint, OPERATOR, SystemClock().now())
        done = tell_webhooks(house)
    say(f"{endpoint} is told again: {done.delivered} taken, {done.later} to be tried later")


@app.command("remove")
def remove(endpoint: _Endpoint, home: Home = None) -> None:
    """Tell an address of nothing any more; what waited for it is given up."""
    from cli.home import opened
    from cli.output import say
    from ledger.clock import SystemClock
    from tools.webhooks import remove_endpoint

    with opened(home) as house, house.ledger.write() as session:
        remove_endpoint(session, endpoint, OPERATOR, SystemClock().now())
    say(f"{endpoint} is told of nothing any more")


@app.command("test")
def send_test(endpoint: _Endpoint, home: Home = None) -> None:
    """Send one event of the type `webhook.test` now and say what the receiver answered."""
    from cli.home import opened
    from cli.output import say
    from ledger.clock import SystemClock
    from tools.webhooks import tell_test

    with opened(home) as house:
        heard = tell_test(house.ledger, endpoint, SystemClock().now())
    say(f"{endpoint} took it: {heard.says}")


@app.command("deliveries")
def list_tellings(
    endpoint: _Endpoint,
    state: Annotated[
        str | None, typer.Option("--state", help="waiting, delivered or dead (given up).")
    ] = None,
    limit: Annotated[int, typer.Option("--limit", min=1, max=1000)] = 50,
    home: Home = None,
    json_out: Json = False,
) -> None:
    """List what an endpoint was told, newest first, and how far each telling has come."""
    from cli.home import opened
    from cli.output import emit, show_table
    from tools.webhooks_told import delivery_state, list_deliveries

    wanted = delivery_state(state) if state else None
    with opened(home) as house, house.ledger.read() as session:
        found = list_deliveries(session, endpoint, wanted, limit)
    if json_out:
        emit(found)
        return
    shown = ("id", "event", "subject_id", "happened_on", "state", "attempts", "says")
    show_table(shown, [[str(getattr(each, name)) for name in shown] for each in found])


@app.command("replay")
def replay_events(
    endpoint: _Endpoint,
    since: Annotated[
        date | None,
        typer.Option("--since", metavar="DATE", parser=read_day, help="All from that day on."),
    ] = None,
    home: Home = None,
) -> None:
    """Send again what was given up, or everything since a day."""
    from batch.webhooks import tell_webhooks
    from cli.home import opened
    from cli.output import say
    from ledger.clock import SystemClock
    from tools.webhooks import replay

    with opened(home) as house:
        with house.ledger.write() as session:
            count = replay(session, endpoint, OPERATOR, SystemClock().now(), since)
        done = tell_webhooks(house)
    say(f"{count} to be sent again: {done.delivered} taken, {done.later} to be tried later")
