"""A bounce counts for the message of ours it is about: the address, the stage, and no other."""

from datetime import date, timedelta

import pytest

from ledger.tables.account import Contact
from ledger.tables.receivable import Invoice
from tests.support.mail_room import AS_OF, OURS, SENT_ON, MailRoom, mail_room, sent
from tests.support.mails import bounce

__all__ = ["mail_room"]
ADDRESS = "ap@harbor.example"


def is_paused(room: MailRoom) -> bool:
    (contact,) = room.rows(Contact, id="con_a")
    return contact.bounced


def level(room: MailRoom) -> tuple[int, date | None]:
    (invoice,) = room.rows(Invoice, id="INV-1001")
    return invoice.dunning_level, invoice.dunned_on


class TestAddress:
    def test_dead_address__is_paused_and_a_person_finds_another(self, mail_room: MailRoom) -> None:
        taken = mail_room.take(bounce(ADDRESS, OURS))
        assert (taken.bounces, taken.addresses_paused) == (1, 1)
        assert is_paused(mail_room)
        (task,) = mail_room.tasks()
        assert (task.kind, task.account_id) == ("find_contact", "acc_a")
        row = mail_room.only()
        assert (row.kind, row.state, row.contact_id) == ("bounce", "read", "con_a")
        assert mail_room.heard() == []

    def test_report_about_no_mail_of_ours__changes_nothing(self, mail_room: MailRoom) -> None:
        mail_room.take(bounce(ADDRESS, "<made-up@northwind.example>"))
        assert not is_paused(mail_room)
        assert mail_room.only().state == "unlinked"

    def test_report_about_another_address__a_person_looks(self, mail_room: MailRoom) -> None:
        mail_room.take(bounce("cfo@harbor.example", OURS))
        assert not is_paused(mail_room)
        assert [task.kind for task in mail_room.tasks()] == ["review"]
        assert level(mail_room) == (2, SENT_ON)

    @pytest.mark.parametrize(("status", "action"), [("4.4.1", "delayed"), ("5.2.2", "failed")])
    def test_failure_for_now__pauses_at_the_third_within_14_days(
        self, status: str, action: str, mail_room: MailRoom
    ) -> None:
        for number in range(3):
            assert not is_paused(mail_room)
            report = bounce(
                ADDRESS, OURS, status=status, action=action, message_id=f"<b{number}@mx.example>"
            )
            mail_room.take(report)
        assert is_paused(mail_room)

    def test_failures_for_now_long_apart__pause_nobody(self, mail_room: MailRoom) -> None:
        for number in range(3):
            report = bounce(
                ADDRESS, OURS, status="4.4.1", action="delayed", message_id=f"<b{number}@mx>"
            )
            report = report.replace(b"Mon, 16 Mar 2026", b"no day")
            mail_room.take(report, as_of=AS_OF + timedelta(days=10 * number))
        assert not is_paused(mail_room)


class TestStage:
    def test_reminder_never_arrived__its_stage_is_taken_back(self, mail_room: MailRoom) -> None:
        earlier = SENT_ON - timedelta(days=14)
        sent(mail_room.books, "out_early", earlier, stage=1)
        mail_room.take(bounce(ADDRESS, OURS))
        assert level(mail_room) == (1, earlier)

    def test_first_reminder__nothing_was_sent(self, mail_room: MailRoom) -> None:
        mail_room.books.change("invoice", "id", "INV-1001", dunning_level=1)
        mail_room.take(bounce(ADDRESS, OURS))
        assert level(mail_room) == (0, None)

    def test_two_reports_of_one_mail__one_step_back(self, mail_room: MailRoom) -> None:
        mail_room.take(bounce(ADDRESS, OURS))
        mail_room.take(bounce(ADDRESS, OURS, message_id="<b2@mx.example>"))
        assert level(mail_room)[0] == 1

    def test_newer_reminder__the_stage_stays(self, mail_room: MailRoom) -> None:
        newer = SENT_ON + timedelta(days=5)
        sent(mail_room.books, "out_new", newer, stage=3)
        mail_room.books.change("invoice", "id", "INV-1001", dunning_level=3, dunned_on=newer)
        mail_room.take(bounce(ADDRESS, OURS))
        assert level(mail_room) == (3, newer)

    def test_only_delayed__the_stage_stays(self, mail_room: MailRoom) -> None:
        mail_room.take(bounce(ADDRESS, OURS, status="4.4.1", action="delayed"))
        assert level(mail_room) == (2, SENT_ON)
