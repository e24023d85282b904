"""Who asks to be left alone is left alone, also where nobody can say whose message it is."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from adapters.inbound_mail.text_messages import TextMessage, incoming_text
from adapters.spreadsheets.records import CustomerRecord
from batch.night import run_night
from ledger.tables.account import Contact, Hold
from ledger.tables.inbound import Inbound
from ledger.tables.work import Audit, CallTask
from tests.support.mail_room import AS_OF, NOW, OURS, MailRoom, mail_room
from tests.support.mails import mail
from tools.import_accounts import _consents
from tools.stop_contact import is_stop_word

__all__ = ["mail_room"]
PLEASE_STOP = "Please stop e-mailing me. Remove this address from your list."


def text(room: MailRoom, body: str, number: str = "+1 (503) 555-0101", at: int = 0):
    told = {"id": f"s{at}{body}", "from": number, "body": body, "received_at": NOW}
    return room.take(incoming_text(TextMessage.model_validate(told), NOW))


def consents(room: MailRoom) -> dict[str, str]:
    return {row.id: row.consents for row in room.rows(Contact)}


@pytest.mark.parametrize(
    "words", ["STOP", "stop", " Stop. ", "UNSUBSCRIBE", "ARRET", "Arrêt", "STOPP", "baja", '"Stop"']
)
def test_stop_word_alone__is_one(words: str) -> None:
    assert is_stop_word(words)


@pytest.mark.parametrize(
    "words", ["", "stop it by Friday", "We stop at five", "payment stopped", "ok"]
)
def test_other_words__are_none(words: str) -> None:
    assert not is_stop_word(words)


class TestTextMessages:
    def test_number_linked_to_nobody__gets_no_more(self, mail_room: MailRoom) -> None:
        mail_room.books.change("contact", "id", "con_b", consents="email,sms")
        taken = text(mail_room, "STOP")
        assert mail_room.only().state == "unlinked"
        assert taken.stopped == 1
        assert consents(mail_room) == {"con_a": "", "con_b": "email,no_sms"}
        with mail_room.house.ledger.read() as session:
            told = session.scalars(select(Audit.subject_id).where(Audit.kind == "channel_stopped"))
            assert list(told) == ["con_b"]

    def test_number_of_several_accounts__all_of_them(self, mail_room: MailRoom) -> None:
        for contact in ("con_a", "con_b"):
            mail_room.books.change("contact", "id", contact, consents="sms", phone="0015035550101")
        assert text(mail_room, "Baja").stopped == 2
        assert set(consents(mail_room).values()) == {"no_sms"}

    def test_word_among_others_or_twice__stops_nothing_more(self, mail_room: MailRoom) -> None:
        mail_room.books.change("contact", "id", "con_b", consents="sms")
        assert text(mail_room, "We stop deliveries").stopped == 0
        assert text(mail_room, "STOP").stopped == 1
        assert text(mail_room, "STOP", at=1).stopped == 0

    @pytest.mark.parametrize("number", ["+1 503 555 0999", "0101", "STOP"])
    def test_number_we_do_not_know__stops_nobody(self, number: str, mail_room: MailRoom) -> None:
        mail_room.books.change("contact", "id", "con_b", consents="sms")
        assert text(mail_room, "STOP", number).stopped == 0


class TestMails:
    def night(self, room: MailRoom):
        return run_night(room.house, AS_OF + timedelta(days=1), lambda *_: None)

    def test_unlinked_mail_of_a_known_address__is_obeyed_and_told(
        self, mail_room: MailRoom
    ) -> None:
        mail_room.take(mail(PLEASE_STOP, sender="ap@harbor.example"))
        assert mail_room.only().state == "unlinked"
        counts = self.night(mail_room).counts["replies"]
        assert counts["contacts_stopped"] == 1
        gone = {row.id: row.opted_out for row in mail_room.rows(Contact)}
        assert gone == {"con_a": True, "con_b": False}
        assert mail_room.only().state == "unlinked"
        told = [task.summary for task in mail_room.rows(CallTask, account_id="acc_a")]
        assert any("asks us to stop" in each for each in told)
        assert mail_room.rows(Hold) == []

    def test_night_run_again__tells_nobody_twice(self, mail_room: MailRoom) -> None:
        mail_room.take(mail(PLEASE_STOP, sender="ap@harbor.example"))
        self.night(mail_room)
        before = len(mail_room.rows(CallTask))
        self.night(mail_room)
        assert len(mail_room.rows(CallTask)) == before
        assert [row.read_by != "" for row in mail_room.rows(Inbound)] == [True]

    @pytest.mark.parametrize(
        ("body", "sender"),
        [
            ("Where is my order?", "ap@harbor.example"),
            (PLEASE_STOP, "somebody@elsewhere.example"),
        ],
    )
    def test_other_words_or_senders__stop_nobody(
        self, body: str, sender: str, mail_room: MailRoom
    ) -> None:
        mail_room.take(mail(body, sender=sender))
        self.night(mail_room)
        assert not any(row.opted_out for row in mail_room.rows(Contact))

    def test_linked_mail__is_held_by_the_desk(self, mail_room: MailRoom) -> None:
        mail_room.take(mail(PLEASE_STOP, In_Reply_To=OURS))
        self.night(mail_room)
        assert [hold.reason for hold in mail_room.rows(Hold)] == ["opt_out"]


def test_file_that_tells_of_consent__does_not_undo_it() -> None:
    record = CustomerRecord(line=1, customer_number="1", name="A", sms_consent=True)
    assert _consents(record, {"no_sms"}) == {"no_sms"}
    assert _consents(record, set()) == {"sms"}
