"""A person's wish at the command line: put through the one acting path, and answered in a line."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from graph.bootstrap import House
    from ledger.actions import ProposedAction


def ask(
    house: "House", who: str | None, role: str, action: "ProposedAction", json_out: bool
) -> None:
    """Ask for an action as a person, and say what became of it.

    Raises:
        Refused: The rules do not allow it to anybody.
    """
    from cli.home import acting
    from cli.output import emit, say
    from graph.asking import ask_for
    from guardrails.verdict import Deny
    from ledger.errors import Refused

    done = ask_for(house, house.deps(), acting(house, who), role, action)
    if isinstance(done.verdict, Deny):
        raise Refused(done.outcome)
    told = {"proposal_id": done.proposal_id, "outcome": done.outcome}
    waits = f" as {done.proposal_id}; a colleague decides it" if done.proposal_id else ""
    emit(told) if json_out else say(f"{done.outcome}{waits}")
