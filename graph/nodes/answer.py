"""The node that turns wishes into requests, and keeps what was said."""

import re
from typing import Any

from langgraph.runtime import Runtime
from sqlmodel import Session

from agents.answer_blocks import Block, blocks_json
from agents.task import ASSISTANT, PERSON
from graph.answering import compose
from graph.deps import Deps
from graph.nodes.propose import record_refusals
from graph.state import ChatState
from ledger.actions import parse_action
from ledger.facts import AccountFacts
from ledger.identities import Identity
from ledger.queries.account_facts import load_facts
from ledger.tables.work import ChatMessage
from tools.assist_notes import keep_note
from tools.contract import NoteDown
from tools.outside_text import clean_text
from tools.proposals import Submitted, submit

_LINE = 8000
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
    found = [(tool, said) for tool, said in state.get("found", [])]
    with deps.ledger.write(as_=Identity.AGENT) as session:
        asked = [each for wish in state["wishes"] for each in _ask(session, deps, state, wish)]
        results = [done for done, _facts in asked]
        for note in state.get("notes", []):
            keep_note(session, NoteDown(**note), user, deps.as_of, deps.now)
        worded = plain(state["answer"], deps)
        worded, blocks = compose(session, deps, worded, found, state["question"], asked)
        said = "\n".join([worded, *map(_told, results)])
        record_refusals(session, deps, thread, state["role"], state["calls"])
        line = _keep(session, deps, thread, state, said, blocks)
    proposals = [each.proposal_id for each in results if each.proposal_id]
    return {
        "answer": said,
        "proposal_ids": proposals,
        "user": user,
        "blocks": [block.model_dump(mode="json") for block in blocks],
        "line": line,
    }


def _keep(
    session: Session,
    deps: Deps,
    thread: str,
    state: ChatState,
    said: str,
    blocks: tuple[Block, ...],
) -> int:
    """Write the two lines of the turn; returns the number of the answer."""
    row = {"thread_id": thread, "person_id": state["user"], "said_at": deps.now}
    question = ChatMessage(role=PERSON, body=clean_text(state["question"])[:_LINE], **row)
    answer = ChatMessage(role=ASSISTANT, body=said[:_LINE], blocks=blocks_json(blocks), **row)
    for line in (question, answer):
        session.add(line)
        session.flush()
    return answer.seq or 0


def _ask(
    session: Session, deps: Deps, state: ChatState, wish: dict[str, Any]
) -> list[tuple[Submitted, AccountFacts]]:
    action = parse_action(wish)
    facts = load_facts(session, deps.as_of, [action.account_id])[action.account_id]
    done = submit(
        session,
        [action],
        author=state["user"],
        role=state["role"],
        facts=facts,
        policy=deps.policy,
        now=deps.now,
        why=f"Asked for in a conversation by {state['user']}.",
        always_ask=True,
    )
    return [(each, facts) for each in done]


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
