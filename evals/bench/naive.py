"""The naive design: one checkpointed graph run and single-row transactions per account.

What a first version of such a system does: eight nodes, a thread per account, a pause where a
person is asked. It uses our own pure functions and tables, so that only the design differs. The
facts travel in the state as JSON, as a resumable run must carry what it goes on with; in the
baseline's favour the nodes do not parse them again.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, time
from itertools import pairwise
from pathlib import Path
from typing import Any, TypedDict

from langgraph.graph import END, START, StateGraph
from langgraph.runtime import Runtime
from sqlalchemy import select, update

from adapters.outgoing.message import OutgoingMessage
from batch.accepted import record_accepted
from engines.dunning import plan_contact
from evals.bench.homes import stored_bytes
from evals.worlds.home import AS_OF, reopen
from graph.bootstrap import House
from guardrails.verdict import Allow, Deny, NeedsApproval, class_of, explain, findings_of
from ledger.actions import action_json
from ledger.chains import append_permits
from ledger.clock import stopwatch
from ledger.facts import AccountFacts, facts_bytes, pack
from ledger.ids import digest
from ledger.journal import add_proposals, add_rows, insert_new, keep_snapshots, proposal_row
from ledger.queries.account_facts import load_facts
from ledger.states import AccountClass, Disposition, OutboxState
from ledger.tables.account import Account
from ledger.tables.receivable import Invoice
from ledger.tables.work import DispositionRow, Outbox
from tools.outgoing import JudgedMessage, judge_message, outbox_rows
from tools.proposals import new_proposal

NOW = datetime.combine(AS_OF, time.min, UTC)
_BATCH = 500


@dataclass(frozen=True, slots=True)
class NaiveRun:
    """What one graph run per account came to; `growth` is bytes of ledger and checkpoints."""

    accounts: int
    seconds: float
    sent: int
    waiting: int
    growth: int


class NaiveState(TypedDict):
    """What travels through a run."""

    account_id: str
    facts: str
    facts_hash: str
    actions: list[str]
    letters: list[dict[str, str]]
    disposition: str
    rules: list[str]
    reason: str
    subject_ids: list[str]


@dataclass(slots=True)
class Desk:
    """The home, the account that is being worked, and the post of all accounts."""

    house: House
    facts: AccountFacts | None = None
    judged: tuple[JudgedMessage, ...] = ()
    post: list[tuple[Any, AccountFacts]] = field(default_factory=list)


def run_naive(home: Path, durability: str) -> NaiveRun:
    """Run the graph once for every account with an open item."""
    before = stored_bytes(home)
    house = reopen(home)
    try:
        with house.ledger.read() as session:
            ids = session.scalars(
                select(Invoice.account_id).where(Invoice.open_minor != 0).distinct()
            ).all()
        graph = build_naive_graph(house.checkpointer)
        started = stopwatch()
        post: list[tuple[Any, AccountFacts]] = []
        ended = [_run_account(graph, house, each, durability, post) for each in sorted(ids)]
        _collect(house, post)
        seconds = stopwatch() - started
    finally:
        house.close()
    return NaiveRun(
        accounts=len(ids),
        seconds=seconds,
        sent=sum(state["disposition"] == Disposition.SENT for state in ended),
        waiting=sum(state["disposition"] == Disposition.WAITING for state in ended),
        growth=stored_bytes(home) - before,
    )


def _run_account(
    graph: Any, house: House, account_id: str, durability: str, post: list[Any]
) -> dict[str, Any]:
    config = {"configurable": {"thread_id": f"{account_id}:{AS_OF}"}}
    state = {"account_id": account_id}
    return graph.invoke(state, config, context=Desk(house, post=post), durability=durability)


def build_naive_graph(checkpointer: Any) -> Any:
    """Gather, plan, word, judge, record; then request and await_approval, or queue and deliver."""
    graph = StateGraph(NaiveState, context_schema=Desk)
    for node in (gather, plan, word, judge, record, request, queue, await_approval, deliver):
        graph.add_node(node.__name__, node)
    steps = (START, "gather", "plan", "word", "judge", "record")
    for before, after in pairwise(steps):
        graph.add_edge(before, after)
    graph.add_conditional_edges("record", _next, ["request", "queue", END])
    graph.add_edge("request", "await_approval")
    graph.add_edge("queue", "deliver")
    graph.add_edge("await_approval", END)
    graph.add_edge("deliver", END)
    return graph.compile(checkpointer=checkpointer, interrupt_before=["await_approval"])


def _next(state: NaiveState) -> str:
    branches = {Disposition.WAITING: "request", Disposition.SENT: "queue"}
    return branches.get(Disposition(state["disposition"]), END)


def gather(state: NaiveState, runtime: Runtime[Desk]) -> dict[str, Any]:
    """Read one account."""
    desk = runtime.context
    with desk.house.ledger.read() as session:
        desk.facts = load_facts(session, AS_OF, [state["account_id"]])[state["account_id"]]
    data = facts_bytes(desk.facts)
    return {"facts": data.decode(), "facts_hash": digest(data)}


def plan(_state: NaiveState, runtime: Runtime[Desk]) -> dict[str, Any]:
    """Find the reminders that are due."""
    desk = runtime.context
    reminders = plan_contact(desk.facts, desk.house.policy).reminders
    desk.judged = tuple(JudgedMessage(each, Allow(), None, None) for each in reminders)
    return {"actions": [action_json(each) for each in reminders]}


def word(_state: NaiveState, runtime: Runtime[Desk]) -> dict[str, Any]:
    """Word them, each with its verdict: here the two are one pure function."""
    desk = runtime.context
    desk.judged = tuple(
        judge_message(each.action, desk.facts, desk.house.policy, NOW) for each in desk.judged
    )
    letters = [each.letter for each in desk.judged if each.letter]
    return {"letters": [{"subject": each.subject, "body": each.body} for each in letters]}


def judge(_state: NaiveState, runtime: Runtime[Desk]) -> dict[str, Any]:
    """Bring the verdicts to one disposition."""
    verdicts = [each.verdict for each in runtime.context.judged]
    rules = sorted({found.rule_id for each in verdicts for found in findings_of(each)})
    kind = Disposition.SENT if verdicts else Disposition.NOTHING_DUE
    for verdict in verdicts:
        match verdict:
            case NeedsApproval():
                kind = Disposition.WAITING
            case Deny():
                kind = verdict.disposition
    reason = " ".join(explain(each) for each in verdicts)
    return {"disposition": kind.value, "rules": rules, "reason": reason}


def record(state: NaiveState, runtime: Runtime[Desk]) -> dict[str, Any]:
    """Write the disposition: one transaction for one account."""
    desk = runtime.context
    row = {
        "run_id": f"run_{AS_OF}",
        "account_id": state["account_id"],
        "kind": state["disposition"],
        "reason": state["reason"],
        "rule_ids": ",".join(state["rules"]),
        "account_class": next(
            (class_of(each.verdict) for each in desk.judged), AccountClass.ROUTINE
        ).value,
        "facts_hash": state["facts_hash"],
    }
    with desk.house.ledger.write() as session:
        keep_snapshots(session, {state["facts_hash"]: pack(state["facts"].encode())})
        add_rows(session, DispositionRow, [row])
        session.execute(
            update(Account)
            .where(Account.id == state["account_id"])
            .values(disposition=state["disposition"])
        )
    return {}


def request(state: NaiveState, runtime: Runtime[Desk]) -> dict[str, Any]:
    """Write what waits for a person: one transaction."""
    desk = runtime.context
    rows = [
        proposal_row(
            new_proposal(
                each.action,
                each.verdict,
                desk.facts,
                state["facts_hash"],
                desk.house.policy,
                "collector",
                "collector",
            ),
            NOW,
        )
        for each in desk.judged
    ]
    with desk.house.ledger.write() as session:
        add_proposals(session, rows)
    return {"subject_ids": [row["id"] for row in rows]}


def await_approval(_state: NaiveState) -> dict[str, Any]:
    """Go on after a person has decided; the run is stopped before this node."""
    return {}


def queue(state: NaiveState, runtime: Runtime[Desk]) -> dict[str, Any]:
    """Write messages with their permits: one transaction."""
    desk = runtime.context
    rows = [
        outbox_rows(each, desk.facts, desk.house.policy, facts_digest=state["facts_hash"])
        for each in desk.judged
    ]
    with desk.house.ledger.write() as session:
        insert_new(session, Outbox, [outbox for outbox, _permit in rows])
        append_permits(session, [permit for _outbox, permit in rows])
    return {"subject_ids": [outbox["id"] for outbox, _permit in rows]}


def deliver(state: NaiveState, runtime: Runtime[Desk]) -> dict[str, Any]:
    """Mark this account's messages as going: one transaction. The post is collected at the end."""
    desk = runtime.context
    with desk.house.ledger.write() as session:
        session.execute(
            update(Outbox)
            .where(Outbox.id.in_(state["subject_ids"]))
            .values(state=OutboxState.SENDING.value, attempted_at=NOW)
        )
        rows = session.execute(
            select(Outbox.__table__).where(Outbox.id.in_(state["subject_ids"]))
        ).all()
    desk.post.extend((row, desk.facts) for row in rows)
    return {}


def _collect(house: House, post: Sequence[tuple[Any, AccountFacts]]) -> None:
    """Hand over in batches, in the baseline's favour: flushing file by file costs far more."""
    company = house.policy.company
    for start in range(0, len(post), _BATCH):
        letters = [
            (
                OutgoingMessage(
                    outbox_id=row.id,
                    message_id=row.message_id,
                    sender=company.sender_email,
                    sender_name=company.name,
                    reply_to=company.reply_to,
                    recipient=row.recipient,
                    cc=(),
                    subject=row.subject,
                    body=row.body,
                    sent_at=row.release_at,
                    channel=row.channel,
                ),
                row,
                facts,
            )
            for row, facts in post[start : start + _BATCH]
        ]
        failed = house.mail.deliver([mail for mail, _row, _facts in letters])
        record_accepted(house, AS_OF, letters, failed)
