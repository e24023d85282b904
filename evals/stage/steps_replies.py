"""Days that pass while customers keep, break and dispute: nights with every feed read, and plans."""

from datetime import timedelta

from sqlalchemy import update

from evals.stage.scene import Stage
from evals.stage.steps_night import night
from ledger.tables.work import Feed


def later(stage: Stage, days: int) -> None:
    """So many days later every feed has been read, and the night runs."""
    on = stage.day + timedelta(days=days)
    with stage.house.ledger.write() as session:
        session.execute(update(Feed).values(read_through=on))
    night(stage, days)


STEPS = {"later": later}
