"""A person's wish at the command line: put through the one acting path, and answered in a line."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from graph.bootstrap import House
    from ledger.actions import ProposedAction


def ask(
    house: "House",
    who: str | None,
    role: str,
    action: "ProposedAction",
    json_out: bool,
    why: str = "",
) -> None:
    """Ask for an action as a person, and say what became of it.

    Args:
        house: The home.
        who: The person, as named on the command line.
        role: The role the case belongs to.
        action: What is asked for.
        json_out: Print one JSON document.
        why: What the person says about it; where they say something, a colleague always looks.

    Raises:
        Refused: The rules do not allow it to anybody.
    """
    from cli.home import acting
    from cli.output import emit, say
    from graph.asking import ask_for
    from guardrails.verdict import Deny
    from ledger.errors import Refused

    person = acting(house, who)
    said = f"{person.name} says: {why}" if why else ""
    done = ask_for(house, house.deps(), person, role, action, said, always_ask=bool(why))
    if isinstance(done.verdict, Deny):
        raise Refused(done.outcome)
    told = {"proposal_id": done.proposal_id, "outcome": done.outcome}
    waits = f" as {done.proposal_id}; a colleague decides it" if done.proposal_id else ""
    emit(told) if json_out else say(f"{done.outcome}{waits}")
