"""One turn of a person's conversation with the assistant, the same for every door."""

from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict

from graph.chat import thread_of
from graph.resume import open_threads
from graph.seen import seen_by
from ledger.errors import BadInput
from ledger.journal import get_proposal
from tools.authority import Decider

if TYPE_CHECKING:
    from graph.bootstrap import House

MAX_QUESTION = 4000


class Reply(BaseModel):
    """What the assistant said, and the requests that now wait because of it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    answer: str
    role: str
    proposal_ids: tuple[str, ...]


def ask(house: "House", person: Decider, session_name: str, question: str) -> Reply:
    """Answer a question; wishes to act become requests in the person's name.

    Raises:
        BadInput: The question is empty or too long.
    """
    if not question.strip() or len(question) > MAX_QUESTION:
        raise BadInput(f"ask something, in at most {MAX_QUESTION} characters")
    house = seen_by(house, person.sight)
    deps = house.deps()
    thread = thread_of(person.person_id, session_name)
    config = {"configurable": {"thread_id": thread}}
    may_ask = any(entry.role in person.roles for entry in house.policy.approval.authority)
    state = house.chat_graph.invoke(
        {"user": person.person_id, "question": question, "may_ask": may_ask},
        config,
        context=deps,
        durability="exit",
    )
    # The turn is over and its lines are in the ledger; a checkpoint is no record.
    house.checkpointer.delete_thread(thread)
    proposals = tuple(state["proposal_ids"])
    with house.ledger.read() as session:
        waiting = [(key, get_proposal(session, key).account_id) for key in proposals]
    open_threads(house, deps, waiting)
    return Reply(answer=state["answer"], role=state["role"], proposal_ids=proposals)
