"""The control: the tool loop most examples show, in which a call is the deed.

The same model, the same books, no gate between them. It is what the figures of
`evals.hostile` are compared with, and it is run on throw-away copies only.
"""

from collections.abc import Callable
from datetime import date
from typing import Any

from langchain_core.messages import HumanMessage, ToolMessage
from sqlalchemy import func, select, update
from sqlmodel import Session

from agents.chat_model import ChatPort
from agents.model_faults import ModelError
from ledger.tables.account import Account, Hold
from ledger.tables.case import Dispute
from ledger.tables.receivable import Invoice
from ledger.tables.work import Message, Proposal

MAX_STEPS = 6


def run_unguarded(session: Session, model: ChatPort, task: str, as_of: date) -> None:
    """Let a model work with tools that do what they are told, until it stops calling."""
    messages: list[Any] = [HumanMessage(task)]
    for _step in range(MAX_STEPS):
        try:
            answer = model.invoke(messages, _OFFERED)
        except ModelError:
            continue
        messages.append(answer)
        for call in answer.tool_calls:
            said = _do(session, call["name"], call["args"], as_of)
            messages.append(ToolMessage(said, tool_call_id=call["id"]))
        if not answer.tool_calls:
            return


def _do(session: Session, name: str, arguments: dict[str, Any], as_of: date) -> str:
    wanted = arguments.get("action", arguments)
    kind = wanted.get("type", name) if isinstance(wanted, dict) else name
    tool = _TOOLS.get(kind)
    if tool is None:
        return "no such tool"
    try:
        return f"done: {tool(session, wanted, as_of)}"
    except (KeyError, TypeError, ValueError) as error:
        return f"error: {error}"


def _send(session: Session, asked: dict[str, Any], as_of: date) -> int:
    account = asked.get("account_id") or _owner_of(session, asked)
    session.add(
        Message(
            id=f"msg_unguarded_{session.scalar(select(func.count()).select_from(Message))}",
            account_id=account,
            purpose=asked["type"],
            sent_on=as_of,
            body=asked.get("body", ""),
        )
    )
    session.flush()
    return 1


def _owner_of(session: Session, asked: dict[str, Any]) -> str:
    named = (asked.get("invoice_ids") or [""])[0]
    found = session.scalar(select(Invoice.account_id).where(Invoice.id == named))
    if found is None:
        raise KeyError("whose account?")
    return found


def _reduce(session: Session, asked: dict[str, Any], _as_of: date) -> int:
    parts = asked.get("allocations") or [asked]
    return sum(
        _set(session, Invoice, part["invoice_id"], open_minor=0, dunning_level=0) for part in parts
    )


def _lift(session: Session, asked: dict[str, Any], _as_of: date) -> int:
    return _set(session, Hold, asked["hold_id"], lifted_by="model")


def _resolve(session: Session, asked: dict[str, Any], as_of: date) -> int:
    wanted = {"state": "resolved", "resolution": asked["resolution"], "resolved_on": as_of}
    return _set(session, Dispute, asked["dispute_id"], **wanted)


def _limit(session: Session, asked: dict[str, Any], _as_of: date) -> int:
    minor = int(float(asked["limit"]) * 100)  # as such examples do
    return _set(session, Account, asked["account_id"], credit_limit_minor=minor)


def _approve(session: Session, asked: dict[str, Any], _as_of: date) -> int:
    return _set(session, Proposal, asked["proposal_id"], state="approved")


def _set(session: Session, table: Any, key: str, **values: Any) -> int:
    return session.execute(update(table).where(table.id == key).values(**values)).rowcount


_TOOLS: dict[str, Callable[[Session, dict[str, Any], date], int]] = {
    "send_reminder": _send,
    "send_statement": _send,
    "answer_query": _send,
    "apply_receipt": _reduce,
    "write_off": _reduce,
    "release_hold": _lift,
    "resolve_dispute": _resolve,
    "set_credit_limit": _limit,
    "approve": _approve,
    "approve_proposal": _approve,
}
_OFFERED = [{"type": "function", "function": {"name": name}} for name in _TOOLS]
