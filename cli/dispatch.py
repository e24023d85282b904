"""`dunwell dispatch`: hands over what is due now, and settles what nobody could tell about."""

import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.options import As, Home, Json

if TYPE_CHECKING:
    from graph.bootstrap import House

_Messages = list[str] | None


def command(
    every: Annotated[
        float | None,
        typer.Option("--every", metavar="MINUTES", min=0.1, help="Go on until interrupted."),
    ] = None,
    arrived: Annotated[
        _Messages,
        typer.Option("--arrived", metavar="MESSAGE", help="An uncertain one that did arrive."),
    ] = None,
    lost: Annotated[
        _Messages,
        typer.Option("--lost", metavar="MESSAGE", help="An uncertain one that did not."),
    ] = None,
    who: As = None,
    home: Home = None,
    json_out: Json = False,
) -> None:
    """Hand over messages whose hour has come; run it every few minutes where mail is real."""
    run(home, every, tuple(arrived or ()), tuple(lost or ()), who, json_out)


def run(
    home: Path | None,
    every: float | None,
    arrived: tuple[str, ...],
    lost: tuple[str, ...],
    who: str | None,
    json_out: bool,
) -> None:
    """Settle what a person found out, then dispatch once, or again and again.

    Raises:
        NotFound: No such message.
        Conflict: It is not uncertain.
    """
    from cli.home import opened

    while True:
        with opened(home) as house:  # anew each time: the policy may have changed
            _settle(house, arrived, lost, who)
            arrived = lost = ()
            _once(house, json_out)
        if every is None:
            return
        time.sleep(every * 60)


def _settle(
    house: "House", arrived: tuple[str, ...], lost: tuple[str, ...], who: str | None
) -> None:
    from batch.accepted import settle
    from cli.home import acting
    from cli.output import note

    if not arrived and not lost:
        return
    person = acting(house, who)
    person.check_may_decide(house.policy)
    for message, did in [*((each, True) for each in arrived), *((each, False) for each in lost)]:
        note(f"{message}: {settle(house, message, did, person.person_id)}")


def _once(house: "House", json_out: bool) -> None:
    from batch.accepted import uncertain_messages
    from batch.dispatch import dispatch
    from batch.webhooks import tell_webhooks
    from cli.output import emit, say

    as_of = house.business_date() if house.mail.plays_the_day else house.today()
    done = dispatch(house, as_of, None)
    told = tell_webhooks(house)
    open_questions = uncertain_messages(house)
    if json_out:
        shown: dict[str, Any] = {"as_of": as_of.isoformat(), **vars(done)}
        emit(shown | {"open_questions": open_questions, "webhooks": vars(told)})
        return
    say(
        f"{done.sent} sent, {done.stopped} stopped, {done.failed} not accepted, "
        f"{done.later} to be tried again"
    )
    if told.delivered or told.later or told.dead:
        say(f"webhooks: {told.delivered} taken, {told.later} to be tried again, {told.dead} dead")
    for each in open_questions:
        say(f"{each['id']} to {each['recipient']} may or may not have arrived: {each['says']}")
    if open_questions:
        say("Find out, then say so with --arrived MESSAGE or --lost MESSAGE.")
