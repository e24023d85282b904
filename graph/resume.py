"""Opening and resuming the paused programs behind proposals. The ledger row is the authority."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, select, update

from graph.deps import Deps
from graph.seen import whole_of
from ledger.states import OPEN_PROPOSAL_STATES, ProposalState
from ledger.tables.work import Decision, Proposal

if TYPE_CHECKING:
    from graph.bootstrap import House


def thread_of(account_id: str, proposal_id: str) -> str:
    """Thread id of a proposal that has no role's loop behind it."""
    return f"case:{account_id}:{proposal_id}"


def open_threads(house: "House", deps: Deps, waiting: Iterable[tuple[str, str]]) -> int:
    """Pause one action graph per (proposal, account), and note its thread on the proposal.

    A thread that exists is left alone: new input would orphan its approval.
    """
    house, deps = whole_of(house), deps.over(deps.ledger.whole)
    opened = [
        {"b_id": proposal_id, "b_thread": thread_of(account_id, proposal_id)}
        for proposal_id, account_id in waiting
    ]
    configs = {
        each["b_id"]: {"configurable": {"thread_id": each["b_thread"]}, "max_concurrency": 4}
        for each in opened
    }
    new = [key for key, config in configs.items() if house.checkpointer.get_tuple(config) is None]
    if new:
        house.action_graph.batch(
            [{"proposal_id": key} for key in new],
            [configs[key] for key in new],
            context=deps,
            durability="exit",
        )
    if opened:
        _note_threads(house, opened)
    return len(opened)


def _note_threads(house: "House", opened: list[dict[str, str]]) -> None:
    table = Proposal.__table__
    with house.ledger.write() as session:
        session.connection().execute(
            update(table)
            .where(table.c.id == bindparam("b_id"), table.c.thread_id.is_(None))
            .values(thread_id=bindparam("b_thread")),
            opened,
        )


def resume(house: "House", deps: Deps, proposal_id: str) -> str:
    """Let the paused graph of a decided proposal go on; returns what came of it.

    A thread that is gone, or no longer waits for this proposal, is opened again first. It goes on
    over the whole book, however little of it the person sees who decided.
    """
    house, deps = whole_of(house), deps.over(deps.ledger.whole)
    with house.ledger.read() as session:
        proposal = session.get(Proposal, proposal_id)
        decision = session.scalars(
            select(Decision)
            .where(Decision.proposal_id == proposal_id)
            .order_by(Decision.version.desc())
        ).first()
    if proposal is None or decision is None:
        return "nothing was decided"
    graph, config, interrupt_id = _paused(house, proposal)
    if interrupt_id is None:
        # Gone, or stopped in the middle of carrying out: the ledger row says what is to be done.
        house.checkpointer.delete_thread(thread_of(proposal.account_id, proposal.id))
        open_threads(house, deps, [(proposal.id, proposal.account_id)])
        graph, config, interrupt_id = _paused(house, proposal, rebuilt=True)
    if interrupt_id is not None:
        from langgraph.types import Command  # half a second that reading the inbox need not pay

        answer = {interrupt_id: {"decision_id": decision.id}}
        graph.invoke(Command(resume=answer), config, context=deps, durability="exit")
        _forget(house, graph, config)
    with house.ledger.read() as session:
        proposal = session.get(Proposal, proposal_id)
    return proposal.outcome or proposal.state if proposal else ""


def _paused(
    house: "House", proposal: Proposal, rebuilt: bool = False
) -> tuple[Any, dict[str, Any], str | None]:
    """The graph, thread and interrupt that wait for a proposal; None where nothing waits."""
    own = thread_of(proposal.account_id, proposal.id)
    thread = own if rebuilt else proposal.thread_id or own
    graph = house.action_graph if thread == own else house.case_graph
    config = {"configurable": {"thread_id": thread}}
    for waiting in graph.get_state(config).interrupts:
        if waiting.value.get("proposal_id") == proposal.id:
            return graph, config, waiting.id
    return graph, config, None


def _forget(house: "House", graph: Any, config: dict[str, Any]) -> None:
    """Delete a finished thread: its outcome is in the ledger."""
    if not graph.get_state(config).next:
        house.checkpointer.delete_thread(config["configurable"]["thread_id"])


def sweep(house: "House", deps: Deps) -> list[str]:
    """Resume what was decided but not carried out, and open threads that a crash left unopened."""
    with house.ledger.read() as session:
        decided = list(
            session.scalars(select(Proposal.id).where(Proposal.state == ProposalState.DECIDED))
        )
        unopened = session.execute(
            select(Proposal.id, Proposal.account_id).where(
                Proposal.state.in_(sorted(OPEN_PROPOSAL_STATES)), Proposal.thread_id.is_(None)
            )
        ).all()
    open_threads(house, deps, [(row[0], row[1]) for row in unopened])
    return [resume(house, deps, proposal_id) for proposal_id in decided]
