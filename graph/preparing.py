"""A case worked once more, because a reviewer sent it back with a note."""

from typing import TYPE_CHECKING

from graph.deps import Deps
from graph.resume import open_threads
from graph.seen import whole_of
from ledger.actions import ApplyReceipt, read_action
from ledger.ids import make_id
from ledger.journal import get_proposal, waiting_proposals

if TYPE_CHECKING:
    from graph.bootstrap import House


def prepare_again(
    house: "House", deps: Deps, proposal_id: str, note: str, by: str
) -> tuple[str, ...]:
    """Let the role work the case once more, with what the reviewer said.

    Whoever said it is the author of what comes of it, as an editor is: somebody else approves.

    Returns:
        Ids of the requests that came of it.
    """
    house, deps = whole_of(house), deps.over(deps.ledger.whole)
    with deps.ledger.read() as session:
        proposal = get_proposal(session, proposal_id)
        before = {row.id for row in waiting_proposals(session, proposal.account_id)}
    action = read_action(proposal.action)
    # Money of an unknown payer stands on no account: the role sees it only where it is named.
    receipts = [action.receipt_id] if isinstance(action, ApplyReceipt) else []
    case_id = make_id("cas", proposal.account_id, proposal.role, "again", proposal.id)
    house.case_graph.invoke(
        {
            "case_id": case_id,
            "account_id": proposal.account_id,
            "role": proposal.role,
            "note": note,
            "note_by": by,
            "run_id": proposal.run_id,
            "receipt_ids": receipts,
        },
        {"configurable": {"thread_id": f"case:{case_id}:{deps.as_of.isoformat()}"}},
        context=deps,
        durability="exit" if house.settings.model is None else "async",
    )
    with deps.ledger.read() as session:
        after = waiting_proposals(session, proposal.account_id)
        fresh = [(row.id, row.account_id) for row in after if row.id not in before]
        unpaused = [(r.id, r.account_id) for r in after if r.thread_id is None]
    open_threads(house, deps, unpaused)
    return tuple(row_id for row_id, _account in fresh)
