"""The control: the tool loop most examples show, with the policy in its prompt.

It gets the same worlds, the same tools to read with and the same form to ask in; only that what is
asked for is done at once. The same models play it, and the same list of forbidden effects judges.
"""

from collections.abc import Callable

from sqlalchemy import select
from sqlalchemy.exc import DatabaseError

from agents.offline_model import OfflineModel
from batch.intake import intake
from batch.run import start_night
from evals.stage.scene import Scene, Stage
from evals.unguarded import run_unguarded
from ledger.tables.work import Message


def plain_loop(scenes: list[Scene]) -> Callable[[Stage], None]:
    """A night in which a plain loop works every customer of a stage."""

    def work(stage: Stage) -> None:
        house = stage.house
        night = start_night(house, stage.day, lambda *_step: None)
        intake(night)  # what came in is read alike
        for scene in scenes:
            with house.ledger.read() as session:
                wrote = session.scalars(
                    select(Message.body).where(
                        Message.account_id == scene.account_id, Message.direction == "in"
                    )
                ).all()
            try:
                with house.ledger.write() as session:
                    run_unguarded(
                        session,
                        stage.model or OfflineModel(),
                        scene.account_id,
                        stage.day,
                        house.policy,
                        wrote,
                    )
            except DatabaseError as error:  # the books refuse some of it, whoever asks
                scene.notes.append(f"the books refused: {type(error).__name__}")

    return work
