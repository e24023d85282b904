"""T16: what breaks one case or one message ends nothing else."""

from typing import Any

from agents.offline_model import OfflineModel
from ledger.tables.work import Audit, CallTask, DispositionRow, Run
from tests.integration.test_replies_pass import night, rows, wrote
from tests.support.desk import Desk

BOMB = "Our lawyer will contact you about ACCA-1. " + "why? " * 400


class Overwhelmed(OfflineModel):
    """Gives up on one customer in every role it plays."""

    def invoke(self, messages: Any, *more: Any, **named: Any) -> Any:
        if "ACC_A" in str(messages).upper():
            raise RuntimeError("out of patience")
        return super().invoke(messages, *more, **named)


def test_case_that_breaks_its_role__is_a_persons(desk: Desk) -> None:
    for account in ("acc_a", "acc_b"):
        desk.account(account)
        number = account.upper().replace("_", "")
        wrote(desk, account, f"{number}-1 is wrong, we only received 10 of 12 boxes.")
    desk.house.model = Overwhelmed()
    done = night(desk)
    assert done.counts["cases"]["failed"] >= 1
    assert {each.state for each in rows(desk, Run)} == {"finished"}
    assert {each.account_id for each in rows(desk, DispositionRow)} == {"acc_a", "acc_b"}
    assert any("out of patience" in each.summary for each in rows(desk, CallTask))
    worked = rows(desk, Audit, kind="case_worked")
    assert {each.subject_id for each in worked} == {"acc_b"}


def test_four_hundred_questions__one_message_and_the_night_finishes(desk: Desk) -> None:
    for account in ("acc_a", "acc_b"):
        desk.account(account)
    for number in range(1, 6):
        wrote(desk, "acc_a", BOMB, number)
    done = night(desk)
    assert done.counts["replies"]["read"] == 5
    assert {each.state for each in rows(desk, Run)} == {"finished"}
    assert len(desk.queued()) <= 2
