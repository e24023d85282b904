"""The node that turns wishes into requests, and keeps what was said."""

import re
from typing import Any

from langgraph.runtime import Runtime
from sqlmodel import Session

from graph.deps import Deps
from graph.nodes.propose import record_refusals
from graph.state import ChatState
from ledger.actions import parse_action
from ledger.identities import Identity
from ledger.queries.account_facts import load_facts
from ledger.tables.work import ChatMessage
from tools.outside_text import clean_text
from tools.proposals import Submitted, submit

_IMAGE = re.compile(r"!\[[^\]]*\]\([^)]*\)|<img\b[^>]*>", re.IGNORECASE)
_MARKED_LINK = re.compile(r"\[([^\]]*)\]\([^)]*\)")
_LINK = re.compile(r"(?:https?|ftp|data|javascript):\S+", re.IGNORECASE)


def answer(state: ChatState, runtime: Runtime[Deps]) -> dict[str, Any]:
    """Submit the wishes in the asking person's name and write both lines of the turn.

    The person is the author, so somebody else approves. One transaction: a turn that fails leaves
    neither a request nor a line behind.
    """
    deps, user = runtime.context, state["user"]
    thread = runtime.execution_info.thread_id
    with deps.ledger.write(as_=Identity.AGENT) as session:
        results = [each for wish in state["wishes"] for each in _ask(session, deps, state, wish)]
        said = "\n".join([plain(state["answer"], deps), *map(_told, results)])
        record_refusals(session, deps, thread, state["role"], state["calls"])
        for role, body in (("person", clean_text(state["question"])), ("assistant", said)):
            session.add(
                ChatMessage(thread_id=thread, role=role, body=body[:8000], said_at=deps.now)
            )
            session.flush()
    proposals = [each.proposal_id for each in results if each.proposal_id]
    return {"answer": said, "proposal_ids": proposals, "user": user}


def _ask(
    session: Session, deps: Deps, state: ChatState, wish: dict[str, Any]
) -> tuple[Submitted, ...]:
    action = parse_action(wish)
    facts = load_facts(session, deps.as_of, [action.account_id])
    return submit(
        session,
        [action],
        author=state["user"],
        role=state["role"],
        facts=facts[action.account_id],
        policy=deps.policy,
        now=deps.now,
        why=f"Asked for in a conversation by {state['user']}.",
        always_ask=True,
    )


def _told(result: Submitted) -> str:
    what = result.action.type.replace("_", " ")
    if result.proposal_id:
        return f"Request {result.proposal_id} ({what}) waits for approval in the inbox."
    return f"The request ({what}) was {result.outcome}"


def plain(text: str, deps: Deps) -> str:
    """An answer without images or links, our own portal aside: neither may carry data out."""
    ours = deps.policy.company.portal_link

    def keep(found: re.Match[str]) -> str:
        return found[0] if ours and found[0].startswith(ours) else "[link removed]"

    return _LINK.sub(keep, _MARKED_LINK.sub(r"\1", _IMAGE.sub("[image removed]", text)))
