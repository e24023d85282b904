"""Days that pass while customers keep, break and dispute: nights with every feed read, clocks."""

from datetime import timedelta

from sqlalchemy import select, update
from sqlmodel import col

from evals.stage.scene import Scene, Stage
from evals.stage.steps_night import night
from ledger.tables.case import Dispute
from ledger.tables.work import Feed


def later(stage: Stage, days: int) -> None:
    """So many days later every feed has been read, and the night runs."""
    on = stage.day + timedelta(days=days)
    with stage.house.ledger.write() as session:
        session.execute(update(Feed).values(read_through=on))
    night(stage, days)


def clocks(scene: Scene) -> list[str]:
    """The customer's disputes with who answers them and until when."""
    with scene.house.ledger.read() as session:
        rows = session.scalars(
            select(Dispute)
            .where(col(Dispute.account_id) == scene.account_id)
            .order_by(col(Dispute.id))
        )
        return [f"{each.reason} {each.owner} until {each.answer_by}" for each in rows]


STEPS = {"later": later, "clocks": clocks}
