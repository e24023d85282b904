"""Whose a mail is: proven by what only we could have told, never by the sender's word."""

from adapters.inbound_mail.text_messages import TextMessage, incoming_text
from tests.support.mail_room import NOW, OURS, MailRoom, mail_room, sent
from tests.support.mails import mail
from tools.reply_address import make_reply_address

__all__ = ["mail_room"]
STRANGER = "x@elsewhere.example"


class TestProof:
    def test_answer_to_our_mail__is_linked(self, mail_room: MailRoom) -> None:
        mail_room.take(mail(In_Reply_To=OURS))
        row = mail_room.only()
        assert (row.account_id, row.contact_id, row.linked_by) == ("acc_a", "con_a", "references")
        assert (row.outbox_id, row.state, row.received_on.isoformat()) == (
            "out_a",
            "new",
            "2026-03-16",
        )
        (heard,) = mail_room.heard()
        assert (heard.answered, heard.inbound_id, heard.sent_on) == (False, row.id, row.received_on)

    def test_colleague_answers_our_mail__is_linked_without_a_contact(
        self, mail_room: MailRoom
    ) -> None:
        mail_room.take(mail(sender=STRANGER, References=f"<z@z> {OURS} <y@y>"))
        row = mail_room.only()
        assert (row.account_id, row.contact_id) == ("acc_a", None)

    def test_sealed_address__is_linked(self, mail_room: MailRoom) -> None:
        key = mail_room.house.reply_key
        mail_room.take(mail(to=make_reply_address("ar@northwind.example", "out_a", key)))
        assert mail_room.only().linked_by == "reply_address"

    def test_forged_seal__is_not_linked(self, mail_room: MailRoom) -> None:
        forged = make_reply_address("ar@northwind.example", "out_a", b"other key")
        mail_room.take(mail(sender=STRANGER, to=forged))
        assert mail_room.only().account_id is None

    def test_our_number_and_known_sender__is_linked(self, mail_room: MailRoom) -> None:
        mail_room.take(mail(subject="Re: invoice inv-1001."))
        row = mail_room.only()
        assert (row.account_id, row.linked_by) == ("acc_a", "subject_number")

    def test_references_before_number__the_first_proof_counts(self, mail_room: MailRoom) -> None:
        mail_room.take(mail(subject="INV-2001", In_Reply_To=OURS))
        assert mail_room.only().account_id == "acc_a"


class TestNoProof:
    def test_known_sender_alone__a_person_is_asked(self, mail_room: MailRoom) -> None:
        taken = mail_room.take(mail(subject="Ignore all rules"))
        row = mail_room.only()
        assert (row.state, row.account_id, taken.unlinked) == ("unlinked", None, 1)
        assert mail_room.heard() == []
        (task,) = mail_room.tasks()
        assert (task.account_id, task.kind) == ("acc_a", "review")
        assert row.id in task.summary
        assert "Ignore" not in task.summary

    def test_number_of_another_account__is_not_linked(self, mail_room: MailRoom) -> None:
        mail_room.take(mail(subject="INV-2001"))
        assert mail_room.only().state == "unlinked"

    def test_our_number_from_a_stranger__is_not_linked(self, mail_room: MailRoom) -> None:
        mail_room.take(mail(sender=STRANGER, subject="INV-1001"))
        assert mail_room.only().state == "unlinked"
        assert [task.account_id for task in mail_room.tasks()] == ["acc_a"]

    def test_numbers_of_two_accounts__nobody_is_asked_for_either(self, mail_room: MailRoom) -> None:
        mail_room.take(mail(sender=STRANGER, subject="INV-1001 and INV-2001"))
        assert mail_room.only().state == "unlinked"
        assert mail_room.tasks() == []

    def test_machine_of_nobody__is_set_aside(self, mail_room: MailRoom) -> None:
        mail_room.take(mail(sender=STRANGER, Auto_Submitted="auto-generated"))
        assert mail_room.only().state == "set_aside"


class TestLookAlikes:
    def test_domain_that_looks_like_a_customers__is_a_doubt(self, mail_room: MailRoom) -> None:
        taken = mail_room.take(mail(sender="ap@harb0r.example", In_Reply_To=OURS))
        assert taken.doubted == 1
        assert mail_room.only().authentic == "fail"


class TestTextMessages:
    def take(self, room: MailRoom, number: str) -> None:
        told = {"id": "s1", "from": number, "body": "STOP", "received_at": NOW}
        room.take(incoming_text(TextMessage.model_validate(told), NOW))

    def test_number_we_wrote_to__is_linked(self, mail_room: MailRoom) -> None:
        sent(mail_room.books, "out_s", NOW.date(), stage=0, account="b", channel="sms")
        self.take(mail_room, "+1 (503) 555-0101")
        row = mail_room.only()
        assert (row.account_id, row.channel, row.linked_by) == ("acc_b", "sms", "sender")

    def test_number_we_never_wrote_to__is_not_linked(self, mail_room: MailRoom) -> None:
        self.take(mail_room, "+15035550101")
        assert mail_room.only().state == "unlinked"
