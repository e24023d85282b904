"""`dunwell inbox`: read the queue, see a card, decide."""

from collections.abc import Callable
from datetime import date
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.options import As, Home, Json, read_day

if TYPE_CHECKING:
    from graph.bootstrap import House
    from graph.inbox import Inbox, Outcome

app = typer.Typer(help="What waits for a person: list it, see a card, decide.")

Id = Annotated[str, typer.Argument(metavar="ID", help="Request, or the beginning of its id.")]
Reason = Annotated[str, typer.Option("--reason", help="Why, so that the next draft is better.")]


@app.callback(invoke_without_command=True)
def inbox(context: typer.Context, home: Home = None, json_out: Json = False) -> None:
    """What waits for a person, most valuable first."""
    if context.invoked_subcommand is None:
        list_requests(home=home, json_out=json_out)


@app.command("list")
def list_requests(
    state: Annotated[
        list[str] | None, typer.Option("--state", help="pending, snoozed, decided, executed ...")
    ] = None,
    account: Annotated[str | None, typer.Option("--account", help="Id, number or name.")] = None,
    role: Annotated[str | None, typer.Option("--role", help="A role that is needed.")] = None,
    rule: Annotated[str | None, typer.Option("--rule", help="A rule that sent it here.")] = None,
    assignee: Annotated[str | None, typer.Option("--assignee", help="Given to a person.")] = None,
    currency: Annotated[str | None, typer.Option("--currency", help="Currency of value.")] = None,
    at_least: Annotated[
        str | None, typer.Option("--min", metavar="AMOUNT", help="Least value, with --currency.")
    ] = None,
    limit: Annotated[int, typer.Option("--limit", help="Requests on a page.")] = 25,
    cursor: Annotated[str | None, typer.Option("--cursor", help="`next` of a page.")] = None,
    home: Home = None,
    json_out: Json = False,
) -> None:
    """List requests, most valuable first."""
    from cli.cards import read_filter, show_queue
    from cli.home import opened
    from cli.output import emit
    from graph.inbox import Inbox

    with opened(home) as house:
        wanted = read_filter(house, state, account, role, rule, assignee, currency, at_least)
        page = Inbox(house, house.deps()).list_waiting(wanted, limit, cursor)
        emit(page) if json_out else show_queue(page)


@app.command()
def show(proposal_id: Id, home: Home = None, json_out: Json = False) -> None:
    """Show the whole card of a request."""
    from cli.cards import show_card
    from cli.home import opened
    from cli.output import emit
    from graph.inbox import Inbox

    with opened(home) as house:
        card = Inbox(house, house.deps()).show(proposal_id)
        emit(card) if json_out else show_card(card)


@app.command()
def approve(
    proposal_id: Id,
    digest: Annotated[
        str | None, typer.Option("--digest", help="Only if it is still what was seen.")
    ] = None,
    choose: Annotated[
        int, typer.Option("--choose", min=1, metavar="N", help="Which of the ways it lists.")
    ] = 1,
    who: As = None,
    home: Home = None,
    json_out: Json = False,
) -> None:
    """Say yes to exactly what the card shows, or to another of its ways."""
    _decide(home, who, json_out, lambda inbox: inbox.approve(proposal_id, digest, choose))


@app.command()
def edit(
    proposal_id: Id,
    changes: Annotated[
        list[str] | None, typer.Option("--set", metavar="FIELD=VALUE", help="May be repeated.")
    ] = None,
    body: Annotated[
        Path | None, typer.Option("--body", metavar="FILE", help="Your own letter; - reads stdin.")
    ] = None,
    who: As = None,
    home: Home = None,
    json_out: Json = False,
) -> None:
    """Change a request; it is judged again and waits for somebody else."""
    from cli.cards import read_changes

    given = read_changes(changes or [], body)
    _decide(home, who, json_out, lambda inbox: inbox.edit(proposal_id, given))


@app.command()
def reject(
    proposal_id: Id,
    reason: Reason = "",
    code: Annotated[
        str | None,
        typer.Option("--code", help="not_owed, wrong_facts, wrong_person, wrong_words ..."),
    ] = None,
    who: As = None,
    home: Home = None,
    json_out: Json = False,
) -> None:
    """Say no, with a reason."""
    from tools.decisions import rejection

    said = rejection(code, reason) if code else reason
    _decide(home, who, json_out, lambda inbox: inbox.reject(proposal_id, said))


@app.command()
def undo(proposal_id: Id, who: As = None, home: Home = None, json_out: Json = False) -> None:
    """Take an approved message back before it leaves; its request asks again."""
    _decide(home, who, json_out, lambda inbox: inbox.undo(proposal_id))


@app.command()
def answer(
    proposal_id: Id,
    note: Annotated[str, typer.Argument(help="What should be different.")],
    who: As = None,
    home: Home = None,
    json_out: Json = False,
) -> None:
    """Send a request back to its role, which prepares the case again."""
    _decide(home, who, json_out, lambda inbox: inbox.answer(proposal_id, note))


@app.command()
def snooze(
    proposal_id: Id,
    until: Annotated[date, typer.Option("--until", metavar="DATE", parser=read_day)],
    who: As = None,
    home: Home = None,
    json_out: Json = False,
) -> None:
    """Put a request aside until a date."""
    _decide(home, who, json_out, lambda inbox: inbox.snooze(proposal_id, until))


@app.command()
def assign(
    proposal_id: Id,
    assignee: Annotated[str, typer.Argument(metavar="PERSON")],
    who: As = None,
    home: Home = None,
    json_out: Json = False,
) -> None:
    """Give a request to a colleague."""
    _decide(home, who, json_out, lambda inbox: inbox.assign(proposal_id, assignee))


@app.command()
def away(
    substitute: Annotated[str, typer.Argument(metavar="PERSON", help="Who stands in.")],
    first: Annotated[date, typer.Option("--from", metavar="DATE", parser=read_day)],
    last: Annotated[date, typer.Option("--until", metavar="DATE", parser=read_day)],
    person: Annotated[str | None, typer.Option("--person", help="Who is away, if not you.")] = None,
    why: Annotated[str, typer.Option("--why")] = "",
    who: As = None,
    home: Home = None,
) -> None:
    """Say who looks at what is given to you while you are away; by their own authority."""
    from cli.home import acting, opened
    from cli.output import say
    from tools.delegation import delegate

    with opened(home) as house:
        me, now = acting(house, who), house.system_clock.now()
        absent = person or me.person_id
        with house.ledger.write() as session:
            made = delegate(session, me, absent, substitute, first, last, why, house.policy, now)
        say(f"{made}: {substitute} stands in for {absent} from {first} until {last}")


@app.command()
def back(
    delegation: Annotated[str, typer.Argument(metavar="ID")], who: As = None, home: Home = None
) -> None:
    """End an absence before its last day."""
    from cli.home import acting, opened
    from cli.output import say
    from tools.delegation import end_delegation

    with opened(home) as house:
        person, now = acting(house, who), house.system_clock.now()
        with house.ledger.write() as session:
            end_delegation(session, person, delegation, now)
        say(f"{delegation} is over")


@app.command()
def digest(home: Home = None, json_out: Json = False) -> None:
    """Send today's letters on what waits to our own people who asked for them."""
    from batch.digests import send_digests
    from cli.home import opened
    from cli.output import emit, say

    with opened(home) as house:
        done = send_digests(house, house.business_date())
        told = {"sent": done.sent, "refused": done.refused}
        emit(told) if json_out else say(f"{done.sent} sent, {done.refused} not accepted")


def _decide(
    home: Path | None, who: str | None, json_out: bool, decide: "Callable[[Inbox], Outcome]"
) -> None:
    from cli.cards import show_outcome
    from cli.home import acting, opened
    from cli.output import emit
    from graph.inbox import Inbox
    from graph.seen import seen_by

    with opened(home) as house:
        person = acting(house, who)
        seen = seen_by(house, person.sight)
        outcome = decide(Inbox(seen, seen.deps(), person, partial(_dispatch, house)))
        emit(outcome) if json_out else show_outcome(outcome)


def _dispatch(house: "House", as_of: date) -> None:
    """Send what was just approved, and say what came of it."""
    from batch.dispatch import dispatch
    from cli.output import note

    done = dispatch(house, as_of, None)
    if done.sent or done.stopped or done.failed:
        note(f"{done.sent} sent, {done.stopped} stopped, {done.failed} not accepted")
    seconds = house.policy.approval.reviewing.undo_seconds
    if seconds:
        note(
            f"a message stays {seconds} seconds: `dunwell inbox undo ID` takes it back; "
            "`dunwell dispatch`, the server or the next night sends it"
        )
