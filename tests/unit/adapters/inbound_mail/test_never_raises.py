"""Whatever is in a mail, it is taken apart; what comes out fits every database."""

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from adapters.inbound_mail.message import IncomingMessage
from adapters.inbound_mail.parsing import MailReader
from tests.support.mails import NOW, bounce, mail

SEEDS = (
    mail("Wir zahlen am Freitag.", subject="Zahlung für INV-1", html="<p>Wir zahlen</p>"),
    mail(files={"a.csv": ("text/csv", b"a;b\n1;2\n"), "b.ics": ("text/calendar", b"BEGIN:V")}),
    bounce("ap@harbor.example", "<out_1@northwind.example>"),
    b"Authentication-Results: mx.us.example; dmarc=pass\r\n" + mail(In_Reply_To="<a@b>"),
)
SPICE = (
    b"\x00", b"\xff\xfe", b"\r\n\r\n", b"--", b"=?utf-8?b?//8=?=", b"=?x?q?=", b"<", b">", b";",
    b"Content-Type: multipart/alternative; boundary=", b"charset=utf-7", b"charset=idna",
    b"Content-Transfer-Encoding: base64\r\n", b"Content-Type: text/html\r\n", b"(" * 50,
    b"Content-Type: message/rfc822\r\n", b"Content-Type: text/plain; charset*=a''%",
    b"filename*0*=utf-8''%ff; filename*1=", b"From: ", b"Date: Thu, 99 Foo 99999 99:99:99 +9999",
    b"Authentication-Results: mx.us.example; (((", b"<div style='display:none'>",
)  # fmt: skip


@pytest.fixture(scope="module")
def reader() -> Iterator[MailReader]:
    with MailReader("mx.us.example") as made:
        yield made


@st.composite
def broken(draw: st.DrawFn) -> bytes:
    """A mail with pieces cut out, doubled and put in."""
    data = draw(st.sampled_from(SEEDS))
    for _ in range(draw(st.integers(1, 6))):
        at = draw(st.integers(0, len(data)))
        to = min(len(data), at + draw(st.integers(0, 60)))
        piece = draw(st.sampled_from((*SPICE, data[at:to])) | st.binary(max_size=8))
        data = data[:at] + piece + data[draw(st.sampled_from((at, to))) :]
    return data


def check(found: IncomingMessage) -> None:
    texts = [found.sender, found.sender_name, found.subject, found.body, found.message_id]
    texts += [*found.references, *found.recipients]
    texts += [text for file in found.files for text in (file.name, file.text, file.media_type)]
    for text in texts:
        assert "\x00" not in text
        text.encode("utf-8")
    assert found.received_at <= NOW
    assert found.source_key


class TestNeverRaises:
    @given(broken())
    @settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    def test_broken_mail__is_taken_apart(self, reader: MailReader, data: bytes) -> None:
        check(reader.read(data, NOW))

    @given(st.binary(max_size=2_000))
    @settings(max_examples=200, deadline=None)
    def test_no_mail_at_all__is_taken_apart(self, reader: MailReader, data: bytes) -> None:
        check(reader.read(data, NOW))
