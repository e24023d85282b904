"""A report that a message did not arrive pauses its address once and asks a person for another."""

from typing import Any

import pytest
from sqlalchemy import select

from ledger.tables.account import Contact
from ledger.tables.work import Audit, CallTask
from tests.support.books import NOON
from tests.support.desk import AS_OF, Desk
from tools.bounces import Report, bounce_message


@pytest.fixture
def sent(desk: Desk) -> Desk:
    """A customer who was written to by mail and by text message."""
    desk.account("acc_a")
    desk.books.change("contact", "id", "con_acc_a", phone="+1202", consents="email,sms")
    for outbox_id, channel, recipient in (
        ("out_m", "email", "Pat@ACC-A.example"),
        ("out_s", "sms", "+1202"),
    ):
        desk.books.add(
            "outbox",
            id=outbox_id,
            idempotency_key=outbox_id,
            account_id="acc_a",
            contact_id="con_acc_a",
            action="{}",
            channel=channel,
            recipient=recipient,
            cc="",
            subject="s",
            body="b",
            digest="d",
            message_id="",
            attachments="[]",
            in_reply_to="",
            attempts=0,
            state="sent",
            release_at=NOON,
            stopped_by="",
        )
    return desk


def bounce(desk: Desk, outbox_id: str) -> bool:
    report = Report(outbox_id, "5.1.1 gone", "intake")
    with desk.house.ledger.write() as session:
        return bounce_message(session, report, desk.house.policy, AS_OF, NOON)


def rows(desk: Desk, table: Any) -> list[Any]:
    with desk.house.ledger.read() as session:
        found = list(session.scalars(select(table)))
        session.expunge_all()
        return found


def test_mail_came_back__address_is_paused_and_told_once(sent: Desk) -> None:
    assert bounce(sent, "out_m") is True
    assert bounce(sent, "out_m") is False
    (contact,) = rows(sent, Contact)
    assert (contact.bounced, contact.consents) == (True, "email,sms")
    (task,) = rows(sent, CallTask)
    assert (task.kind, task.due_on > AS_OF, task.created_by) == ("find_contact", True, "intake")
    assert [each.kind for each in rows(sent, Audit)].count("contact_bounced") == 1


def test_text_message_came_back__only_its_consent_is_withdrawn(sent: Desk) -> None:
    assert bounce(sent, "out_s") is True
    assert bounce(sent, "out_s") is False
    (contact,) = rows(sent, Contact)
    assert (contact.bounced, contact.consents) == (False, "email")
    assert len(rows(sent, CallTask)) == 1


def test_contact_has_another_address_by_now__nothing_is_paused(sent: Desk) -> None:
    sent.books.change("contact", "id", "con_acc_a", email="new@acc-a.example")
    assert bounce(sent, "out_m") is False
    assert not rows(sent, Contact)[0].bounced
    assert not rows(sent, CallTask)


def test_message_nobody_knows__nothing_happens(sent: Desk) -> None:
    assert bounce(sent, "out_x") is False
    assert not rows(sent, CallTask)
