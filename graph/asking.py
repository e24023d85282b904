"""A person asks for an action by hand: judged like any other, and never approved by who asked."""

from typing import TYPE_CHECKING

from sqlmodel import Session

from graph.deps import Deps
from graph.resume import open_threads
from ledger.actions import ProposedAction
from ledger.errors import Conflict, NotFound
from ledger.queries.cash_facts import facts_for
from ledger.states import OPEN_PROPOSAL_STATES
from ledger.tables.work import Proposal
from tools.authority import Decider
from tools.proposals import Submitted, submit

if TYPE_CHECKING:
    from graph.bootstrap import House


def ask_for(
    house: "House",
    deps: Deps,
    person: Decider,
    role: str,
    action: ProposedAction,
    why: str = "",
    *,
    always_ask: bool = False,
) -> Submitted:
    """Submit one action in a person's name; what must be approved waits for a colleague.

    Args:
        house: The home as the person sees it.
        deps: Its books, on the business date.
        person: Who asks.
        role: The role the case belongs to.
        action: What is asked for.
        why: What is said about it.
        always_ask: A program asks for the person, so a colleague looks even where no rule objects.

    Raises:
        Refused: The person only reads.
        NotFound: No such account.
        Conflict: The very same was asked for and decided today.
    """
    person.check_may_decide(deps.policy)
    with deps.ledger.write() as session:
        facts = facts_for(session, deps.as_of, [action]).get(action.account_id)
        if facts is None:
            raise NotFound(f"no account {action.account_id}")
        (done,) = submit(
            session,
            [action],
            author=person.person_id,
            role=role,
            facts=facts,
            policy=deps.policy,
            now=deps.now,
            why=why,
            always_ask=always_ask,
        )
        _check_open(session, done.proposal_id)
    if done.proposal_id:
        open_threads(house, deps, [(done.proposal_id, action.account_id)])
    return done


def _check_open(session: Session, proposal_id: str | None) -> None:
    """The same action on the same facts is one request: once decided, it is not asked again."""
    row = session.get(Proposal, proposal_id) if proposal_id else None
    if row is not None and row.state not in OPEN_PROPOSAL_STATES:
        said = row.outcome or row.state.replace("_", " ")
        raise Conflict(f"just this was asked for today as {row.id}, and decided: {said}")
