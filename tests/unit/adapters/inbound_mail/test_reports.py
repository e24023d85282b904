"""Answers of machines and delivery reports are told from what people write."""

from collections.abc import Iterator

import pytest

from adapters.inbound_mail.message import MessageKind
from adapters.inbound_mail.parsing import MailReader
from tests.support.mails import NOW, bounce, mail

OURS = "<out_1@northwind.example>"


@pytest.fixture
def reader() -> Iterator[MailReader]:
    with MailReader() as made:
        yield made


class TestAutoReplies:
    @pytest.mark.parametrize(
        ("header", "value"),
        [
            ("Auto-Submitted", "auto-replied"),
            ("Auto-Submitted", "Auto-Generated; owner-email=x"),
            ("Precedence", "bulk"),
            ("Precedence", "auto_reply"),
            ("X-Auto-Response-Suppress", "DR, OOF, AutoReply"),
            ("X-Autoreply", "yes"),
        ],
    )
    def test_header_of_a_machine__is_an_auto_reply(
        self, header: str, value: str, reader: MailReader
    ) -> None:
        data = f"{header}: {value}\r\n".encode() + mail()
        assert reader.read(data, NOW).kind is MessageKind.AUTO_REPLY

    @pytest.mark.parametrize(
        ("header", "value"), [("Auto-Submitted", "no"), ("Precedence", "list"), ("Sender", "x@y.z")]
    )
    def test_person_through_a_group_address__is_a_message(
        self, header: str, value: str, reader: MailReader
    ) -> None:
        data = f"{header}: {value}\r\n".encode() + mail()
        assert reader.read(data, NOW).kind is MessageKind.MESSAGE

    def test_receipt_of_reading__is_an_auto_reply(self, reader: MailReader) -> None:
        data = bounce("ap@harbor.example", OURS)
        data = data.replace(b"report-type=delivery-status", b"report-type=disposition-notification")
        data = data.replace(b"message/delivery-status", b"message/disposition-notification")
        data = data.replace(b"MAILER-DAEMON@mx.example", b"ap@harbor.example")
        assert reader.read(data, NOW).kind is MessageKind.AUTO_REPLY


class TestBounces:
    def test_report_in_fields__address_and_our_message_are_found(self, reader: MailReader) -> None:
        found = reader.read(bounce("ap@harbor.example", OURS), NOW)
        assert found.kind is MessageKind.BOUNCE
        assert found.references[0] == OURS
        (failure,) = found.failed_addresses
        assert (failure.address, failure.status) == ("ap@harbor.example", "5.1.1")
        assert failure.failed
        assert failure.dead

    @pytest.mark.parametrize(
        ("status", "action", "failed", "dead"),
        [
            ("5.1.1", "failed", True, True),
            ("5.2.2", "failed", True, False),
            ("5.7.1", "failed", True, False),
            ("4.4.1", "delayed", False, False),
            ("4.2.2", "failed", True, False),
        ],
    )
    def test_status__tells_dead_from_for_now(
        self, status: str, action: str, failed: bool, dead: bool, reader: MailReader
    ) -> None:
        data = bounce("ap@harbor.example", OURS, status=status, action=action)
        (failure,) = reader.read(data, NOW).failed_addresses
        assert (failure.failed, failure.dead) == (failed, dead)

    def test_report_of_success__reports_no_failure(self, reader: MailReader) -> None:
        data = bounce("ap@harbor.example", OURS, status="2.1.5", action="delivered")
        assert reader.read(data, NOW).failed_addresses == ()

    def test_report_in_words__is_read_too(self, reader: MailReader) -> None:
        body = (
            "Hi. This is the qmail-send program at mx.example.\n"
            "I'm afraid I wasn't able to deliver your message to the following addresses.\n"
            "This is a permanent error; I've given up. Sorry it didn't work out.\n\n"
            "<ap@harbor.example>:\nSorry, no mailbox here by that name.\n\n"
            f"--- Below this line is a copy of the message.\n\nMessage-ID: {OURS}\n"
        )
        found = reader.read(mail(body, sender="MAILER-DAEMON@mx.example"), NOW)
        assert found.kind is MessageKind.BOUNCE
        assert [each.address for each in found.failed_addresses] == ["ap@harbor.example"]
        assert OURS in found.references

    def test_person_quotes_a_report__is_a_message(self, reader: MailReader) -> None:
        found = reader.read(mail("I got: 550 5.1.1 user unknown. Did you send it?"), NOW)
        assert found.kind is MessageKind.MESSAGE
        assert found.failed_addresses == ()
