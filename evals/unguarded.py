"""The control: the tool loop most examples show, in which a call is the deed.

The same model, the same books, the same tools to read with and the same form to ask in; only that
what is asked for is done. `evals.hostile` compares its figures with it, on throw-away copies.
"""

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, time
from typing import Any

import orjson
from langchain_core.messages import HumanMessage, SystemMessage, ToolMessage
from sqlalchemy import func, select, update
from sqlmodel import Session

from agents.chat_model import ChatPort
from agents.model_faults import ModelError
from ledger.errors import ArError
from ledger.tables.account import Account, Hold
from ledger.tables.case import Dispute
from ledger.tables.receivable import Invoice
from ledger.tables.work import Message, Proposal
from policies.schema import Policy
from prompts.loader import load_prompt
from tools.catalog import READ_TOOLS
from tools.contract import ToolContext
from tools.propose import ACTION_TYPES, propose_tool

MAX_STEPS = 6
_OFFERED = [
    *[tool.schema(in_case=True) for tool in READ_TOOLS.values()],
    propose_tool(tuple(sorted(ACTION_TYPES))).schema(in_case=True),
]


def run_unguarded(
    session: Session,
    model: ChatPort,
    account_id: str,
    as_of: date,
    policy: Policy,
    wrote: Sequence[str] = (),
) -> None:
    """Let a model work on an account until it stops calling; every call is carried out.

    Args:
        session: A write transaction.
        model: Who plays.
        account_id: The account.
        as_of: The business date.
        policy: What the prompt says may be done.
        wrote: What the customer wrote, fenced as the house fences it.
    """
    now = datetime.combine(as_of, time(), UTC)
    ctx = ToolContext(session, "agent", "agent", as_of, now, policy, account_id)
    told = "\n".join(f"<<<message\n{each}\n>>>" for each in wrote)
    messages: list[Any] = [
        SystemMessage(load_prompt("collector").render(policy)),
        HumanMessage(f"Settle account {account_id}.\n{told}"),
    ]
    for _step in range(MAX_STEPS):
        try:
            answer = model.invoke(messages, _OFFERED)
        except ModelError:
            continue
        messages.append(answer)
        for call in answer.tool_calls:
            said, status = _call(ctx, call["name"], call["args"])
            messages.append(
                ToolMessage(said, tool_call_id=call["id"], name=call["name"], status=status)
            )
        if not answer.tool_calls:
            return


def _call(ctx: ToolContext, name: str, arguments: dict[str, Any]) -> tuple[str, str]:
    try:
        if name in READ_TOOLS:
            return READ_TOOLS[name].call(ctx, arguments), "success"
        wanted = {"account_id": ctx.account_id, "type": name, **arguments.get("action", arguments)}
        rows = _TOOLS[wanted["type"]](ctx.session, wanted, ctx.as_of)
    except (ArError, KeyError, TypeError, ValueError) as error:
        return f"error: {error}", "error"
    return orjson.dumps({"rows": rows}).decode(), "success"


def _send(session: Session, asked: dict[str, Any], as_of: date) -> int:
    session.add(
        Message(
            id=f"msg_unguarded_{session.scalar(select(func.count()).select_from(Message))}",
            account_id=asked["account_id"],
            purpose=asked["type"],
            sent_on=as_of,
            body=asked.get("body", ""),
        )
    )
    session.flush()
    return 1


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
