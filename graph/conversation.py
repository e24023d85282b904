"""One turn of a person's conversation with the assistant, the same for every door."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict

from agents.answer_blocks import BLOCKS, Block
from agents.supervisor import ROLES
from graph.chat import thread_of
from graph.resume import open_threads
from graph.seen import seen_by
from ledger.errors import BadInput, Conflict
from ledger.journal import get_proposal
from tools.authority import Decider

if TYPE_CHECKING:
    from graph.bootstrap import House

MAX_QUESTION = 4000


class Reply(BaseModel):
    """What the assistant said, and the requests that now wait because of it.

    Attributes:
        line: The number of the answer among all lines; later ones are higher.
        blocks: What the answer is made of; its words are the first of them.
        looked_up: The tools that answered on the way.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    answer: str
    role: str
    proposal_ids: tuple[str, ...]
    line: int
    blocks: tuple[Block, ...] = ()
    looked_up: tuple[str, ...] = ()


class Busy(Conflict):
    """A conversation answers one question at a time."""

    code = "conversation_busy"


_answering: set[tuple[str, str]] = set()
_entering = Lock()


@contextmanager
def _alone(house: "House", thread: str) -> Iterator[None]:
    """Hold a conversation; two turns at once would read each other's halves."""
    key = (str(house.home), thread)
    with _entering:
        if key in _answering:
            raise Busy("this conversation is still answering; ask again in a moment")
        _answering.add(key)
    try:
        yield
    finally:
        with _entering:
            _answering.discard(key)


def ask(
    house: "House", person: Decider, session_name: str, question: str, role: str | None = None
) -> Reply:
    """Answer a question; wishes to act become requests in the person's name.

    Args:
        house: The home.
        person: Who asks.
        session_name: Which of their conversations.
        question: What they want to know, or want done.
        role: The agent they talk to; without one the supervisor chooses.

    Raises:
        BadInput: The question is empty or too long, or no such agent.
        Busy: The conversation is still answering.
    """
    if role is not None and role not in ROLES:
        raise BadInput(f"no agent is called {role!r}: one of {', '.join(ROLES)}")
    if not question.strip() or len(question) > MAX_QUESTION:
        raise BadInput(f"ask something, in at most {MAX_QUESTION} characters")
    house = seen_by(house, person.sight)
    thread = thread_of(person.person_id, session_name)
    with _alone(house, thread):
        reply = _answer(house, person, thread, question, role)
    with _entering:  # what was used is counted once, whoever of several turns ends first
        house.flush_usage()
    return reply


def _answer(house: "House", person: Decider, thread: str, question: str, role: str | None) -> Reply:
    deps = house.deps()
    config = {"configurable": {"thread_id": thread}}
    may_ask = any(entry.role in person.roles for entry in house.policy.approval.authority)
    if may_ask:
        house.record_policy()
    state = house.chat_graph.invoke(
        {
            "user": person.person_id,
            "question": question,
            "may_ask": may_ask,
            "asked_role": role or "",
        },
        config,
        context=deps,
    )
    proposals = tuple(state["proposal_ids"])
    if proposals:
        with house.ledger.read() as session:
            waiting = [(key, get_proposal(session, key).account_id) for key in proposals]
        open_threads(house, deps, waiting)
    return Reply(
        answer=state["answer"],
        role=state["role"],
        proposal_ids=proposals,
        line=state["line"],
        blocks=BLOCKS.validate_python(state["blocks"]),
        looked_up=tuple(each["tool"] for each in state["calls"] if each["outcome"] == "ok"),
    )
