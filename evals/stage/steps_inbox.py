"""What people do at the inbox while others do the same: old looks, and decisions that race."""

from typing import Any

from sqlalchemy import select

from evals.stage.scene import Scene, Stage
from evals.stage.steps_people import waiting_request
from graph.inbox import Inbox, decider_of
from ledger.errors import NotFound
from ledger.tables.work import Proposal


def look(scene: Scene, which: int = 0, action: str | None = None) -> dict[str, str]:
    """Somebody opens one of the customer's waiting requests and has it before them."""
    key = waiting_request(scene, which, action)
    with scene.house.ledger.read() as session:
        return {"id": key, "digest": session.get_one(Proposal, key).digest}


def decide_seen(
    scene: Scene, verb: str = "approve", person: str = "felix.ortega", **how: Any
) -> dict[str, Any]:
    """Decide the request that was looked at, whatever has become of it since."""
    scene.stage.by_people = True
    seen = scene.said.get("look")
    if seen is None:
        raise NotFound(f"{scene.case.id}: nobody has looked at a request")
    if verb == "approve":
        how = {"seen_digest": seen["digest"]} | how
    house = scene.house
    inbox = Inbox(house, house.deps(scene.stage.day), decider_of(house, person), attended=False)
    outcome = getattr(inbox, verb)(seen["id"], **how)
    return {"state": outcome.state, "says": outcome.says, "happened": outcome.happened}


def requests(scene: Scene) -> list[str]:
    """Every request there ever was, in the order they were made: its state and who asked."""
    with scene.house.ledger.read() as session:
        rows = session.scalars(
            select(Proposal)
            .where(Proposal.account_id == scene.account_id)
            .order_by(Proposal.created_at, Proposal.id)
        )
        return [f"{row.action_type} {row.state} by {row.author}" for row in rows]


def days_pass(stage: Stage, days: int) -> None:
    """So many days go by without a night."""
    stage.day = stage.day.fromordinal(stage.day.toordinal() + days)


STEPS: dict[str, Any] = {
    "look": look,
    "decide_seen": decide_seen,
    "requests": requests,
    "days_pass": days_pass,
}
