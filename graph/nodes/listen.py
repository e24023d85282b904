"""The node that reads the newest lines of a conversation."""

from typing import Any

from langgraph.runtime import Runtime
from sqlalchemy import select

from graph.deps import Deps
from graph.state import ChatState
from ledger.identities import Identity
from ledger.tables.work import ChatMessage

WINDOW_LINES = 12
_LINE_CHARACTERS = 2000


def listen(state: ChatState, runtime: Runtime[Deps]) -> dict[str, Any]:
    """Read the window a model is given, oldest line first."""
    thread = runtime.execution_info.thread_id
    with runtime.context.ledger.read(as_=Identity.AGENT) as session:
        rows = session.execute(
            select(ChatMessage.role, ChatMessage.body)
            .where(ChatMessage.thread_id == thread, ChatMessage.person_id == state["user"])
            .order_by(ChatMessage.seq.desc())
            .limit(WINDOW_LINES)
        ).all()
    lines = [[row[0], row[1][:_LINE_CHARACTERS]] for row in reversed(rows)]
    return {"history": lines, "wishes": [], "calls": [], "proposal_ids": []}
