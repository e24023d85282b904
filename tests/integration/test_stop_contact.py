"""Who asks to be left alone is left alone, also where nobody can say whose message it is."""

from datetime import timedelta

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select

from adapters.inbound_mail.text_messages import TextMessage, incoming_text
from adapters.spreadsheets.records import CustomerRecord
from api.app import create_app
from batch.night import run_night
from batch.proof_evidence import Evidence
from batch.proof_stops import prove_stops
from ledger.actions import SendReminder, action_json
from ledger.tables.account import Contact, Hold
from ledger.tables.inbound import Inbound
from ledger.tables.work import Audit, CallTask
from tests.support.mail_room import AS_OF, NOW, OURS, SENT_ON, MailRoom, mail_room, sent
from tests.support.mails import mail
from tools.import_accounts import _consents
from tools.reply_address import make_reply_address, make_token
from tools.stop_contact import is_stop_word

__all__ = ["mail_room"]
REMINDER = action_json(
    SendReminder(
        account_id="acc_a",
        contact_id="con_a",
        currency="EUR",
        stage=2,
        template_id="second_reminder",
        invoice_ids=("INV-1001",),
    )
)
DOUBTED = "INV-1001 will be paid on Friday by wire. Smettete di chiamare."
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

    def test_linked_mail__opts_out_the_contact_at_once_and_for_good(
        self, mail_room: MailRoom
    ) -> None:
        mail_room.take(mail(PLEASE_STOP, In_Reply_To=OURS))
        self.night(mail_room)
        assert gone(mail_room) == {"con_a": True, "con_b": False}
        assert stops(mail_room) == [("con_a", "contact_opted_out")]
        mail_room.books.change("hold", "account_id", "acc_a", lifted_at=NOW)
        assert gone(mail_room)["con_a"]
        assert broken(mail_room) is None

    @pytest.mark.parametrize(
        "words",
        [
            "Never call us before 9 in the morning. INV-1001 will be paid on Friday.",
            "No more reminders needed, the 500.00 went out yesterday by wire.",
            "Could you stop sending duplicates?",
            "Please stop sending paper copies, PDF by e-mail is fine.",
            "We leave here from 4 pm.",
            "Remove us from the cc of order confirmations.",
            "Please cease sending goods.",
        ],
    )
    def test_wish_for_less__stops_nobody_and_holds_nothing(
        self, words: str, mail_room: MailRoom
    ) -> None:
        mail_room.take(mail(words, In_Reply_To=OURS))
        mail_room.take(mail(words, sender="ap@harbor.example"))
        counts = self.night(mail_room).counts["replies"]
        assert not any(gone(mail_room).values())
        assert "opt_out" not in [hold.reason for hold in mail_room.rows(Hold)]
        assert counts["read"] == 1

    def test_stop_the_head_doubts__is_held_and_left_to_a_person(self, mail_room: MailRoom) -> None:
        mail_room.take(mail(DOUBTED, In_Reply_To=OURS))
        self.night(mail_room)
        assert not any(gone(mail_room).values())
        assert "opt_out" in [hold.reason for hold in mail_room.rows(Hold)]

    @pytest.mark.parametrize("words", ["Ne m'appelez plus.", "Please stop writing to us.", "BAJA"])
    def test_plain_stop__is_for_good(self, words: str, mail_room: MailRoom) -> None:
        mail_room.take(mail(words, In_Reply_To=OURS))
        self.night(mail_room)
        assert gone(mail_room)["con_a"]

    def test_linked_text_message__stops_texts_alone(self, mail_room: MailRoom) -> None:
        mail_room.books.change("contact", "id", "con_a", consents="email,sms")
        sent(mail_room.books, "out_s", SENT_ON, stage=2, channel="sms")
        text(mail_room, "Please stop texting me, take me off your list.", "+1 503 555 0100")
        self.night(mail_room)
        assert gone(mail_room) == {"con_a": False, "con_b": False}
        assert consents(mail_room)["con_a"] == "email,no_sms"


class TestOneClick:
    def pressed(self, room: MailRoom, outbox_id: str = "out_a", **said: str) -> None:
        to = make_reply_address("ar@northwind.example", outbox_id, room.house.reply_key)
        room.take(mail(**{"body": "", "subject": "unsubscribe", "to": to, **said}))

    def test_mail_to_the_sealed_address__stops_at_intake_whoever_sends(
        self, mail_room: MailRoom
    ) -> None:
        self.pressed(mail_room, sender="assistant@elsewhere.example")
        assert gone(mail_room) == {"con_a": True, "con_b": False}
        assert stops(mail_room) == [("con_a", "contact_opted_out")]

    @pytest.mark.parametrize("said", [{"subject": "Re: invoice"}, {"body": "Never mind, all well"}])
    def test_other_mail_to_it__stops_nobody_at_intake(
        self, mail_room: MailRoom, said: dict[str, str]
    ) -> None:
        self.pressed(mail_room, **said)
        assert not any(gone(mail_room).values())

    def test_link__stops_once_however_often_it_is_pressed(self, mail_room: MailRoom) -> None:
        token = make_token("out_a", mail_room.house.reply_key)
        with TestClient(create_app(mail_room.house)) as client:
            answers = [client.post(f"/stop/{token}").status_code for _ in range(2)]
            assert answers == [200, 200]
            assert client.get(f"/stop/{token}").status_code == 405
        assert gone(mail_room) == {"con_a": True, "con_b": False}
        assert stops(mail_room) == [("con_a", "contact_opted_out")]

    @pytest.mark.parametrize("token", ["out_a.aaaaaaaaaaaaaaaa", "out_a", ".", "é.é", "x" * 150])
    def test_link_of_somebody_elses_making__stops_nobody(
        self, mail_room: MailRoom, token: str
    ) -> None:
        with TestClient(create_app(mail_room.house)) as client:
            assert client.post(f"/stop/{token}").status_code == 404
        assert not any(gone(mail_room).values())


class TestProof:
    @pytest.fixture
    def stopped(self, mail_room: MailRoom) -> MailRoom:
        mail_room.take(mail(PLEASE_STOP, In_Reply_To=OURS))
        run_night(mail_room.house, AS_OF + timedelta(days=1), lambda *_: None)
        assert broken(mail_room) is None
        return mail_room

    def test_contact_written_to_again__verify_tells(self, stopped: MailRoom) -> None:
        stopped.books.change("contact", "id", "con_a", opted_out=False)
        assert broken(stopped) == ("con_a", "a contact who may be written to")

    def test_message_after_the_stop__verify_tells(self, stopped: MailRoom) -> None:
        sent(stopped.books, "out_later", AS_OF + timedelta(days=3), stage=2)
        stopped.books.change("outbox", "id", "out_later", action=REMINDER)
        assert broken(stopped) == ("out_later", "it left")


def gone(room: MailRoom) -> dict[str, bool]:
    return {row.id: row.opted_out for row in room.rows(Contact)}


def stops(room: MailRoom) -> list[tuple[str, str]]:
    kinds = ("contact_opted_out", "channel_stopped")
    with room.house.ledger.read() as session:
        query = select(Audit.subject_id, Audit.kind).where(Audit.kind.in_(kinds))
        return [tuple(row) for row in session.execute(query.order_by(Audit.seq))]


def broken(room: MailRoom) -> tuple[str, str] | None:
    """What the proof of stops finds, if anything."""
    with room.house.ledger.read() as session:
        evidence = Evidence(room.house, session, lambda *_: None)
        prove_stops(evidence)
        found = evidence["no_send_under_hold"].broken
    return (found.subject, found.found) if found else None


def test_file_that_tells_of_consent__does_not_undo_it() -> None:
    record = CustomerRecord(line=1, customer_number="1", name="A", sms_consent=True)
    assert _consents(record, {"no_sms"}) == {"no_sms"}
    assert _consents(record, set()) == {"sms"}
