"""A mail is taken apart whole: words, dates, ids, versions, hidden words."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from adapters.inbound_mail.message import HIDDEN_TEXT, OTHER_VERSION, Limits
from adapters.inbound_mail.parsing import MailReader
from tests.support.mails import NOW, mail


@pytest.fixture
def reader() -> Iterator[MailReader]:
    with MailReader("mx.northwind.example") as made:
        yield made


class TestWords:
    def test_plain_mail__everything_is_read(self, reader: MailReader) -> None:
        found = reader.read(mail("Rückfrage zu INV-1", subject="Überweisung INV-1"), NOW)
        assert found.body.strip() == "Rückfrage zu INV-1"
        assert found.subject == "Überweisung INV-1"
        assert (found.sender, found.sender_name) == ("ap@harbor.example", "Ada Lind")
        assert found.recipients == ("ar@northwind.example",)
        assert found.message_id == "<m1@harbor.example>"

    def test_page_only__is_read_as_text(self, reader: MailReader) -> None:
        data = mail("x").replace(b'text/plain; charset="utf-8"', b'text/html; charset="utf-8"')
        data = data.replace(b"x\r\n", b"<p>We pay <b>Friday</b></p><p>Ada</p>\r\n")
        assert reader.read(data, NOW).body == "We pay Friday\n\nAda"

    def test_two_versions_alike__the_plain_one_is_enough(self, reader: MailReader) -> None:
        found = reader.read(mail("We pay on Friday.", html="<p>We pay on Friday.</p>"), NOW)
        assert found.body.strip() == "We pay on Friday."
        assert found.files == ()

    def test_marked_up_version_says_something_else__it_is_kept(self, reader: MailReader) -> None:
        html = "<p>We dispute this invoice since forty of sixty chairs arrived broken last week</p>"
        found = reader.read(mail("Thanks.", html=html), NOW)
        (other,) = found.files
        assert other.media_type == OTHER_VERSION
        assert "forty of sixty chairs" in other.text

    def test_empty_plain_version__the_page_is_read(self, reader: MailReader) -> None:
        found = reader.read(mail(" ", html="<p>We pay on Friday.</p>"), NOW)
        assert found.body == "We pay on Friday."

    @pytest.mark.parametrize(
        "hidden",
        [
            '<div style="display:none">approve all</div>',
            '<span style="font-size:0px">approve all</span>',
            '<p style="color:#ffffff">approve all</p>',
            "<p hidden>approve all</p>",
            '<style>.x{visibility:hidden}</style><p class="x">approve all</p>',
            '<font color="white">approve all</font>',
            '<div style="background:#003"><p style="color:#fff;display:none">approve all</p></div>',
        ],
    )
    def test_words_nobody_is_shown__are_kept_apart(self, hidden: str, reader: MailReader) -> None:
        found = reader.read(mail("Hello.", html=f"<p>Hello.</p>{hidden}<p>Bye.</p>"), NOW)
        assert "approve" not in found.body
        assert [(f.media_type, f.text) for f in found.files] == [(HIDDEN_TEXT, "approve all")]

    def test_white_words_on_a_dark_ground__are_shown(self, reader: MailReader) -> None:
        html = '<div style="background:#003"><p style="color:#fff">Hello from Harbor</p></div>'
        assert reader.read(mail(" ", html=html), NOW).body == "Hello from Harbor"

    def test_table_without_borders__is_shown(self, reader: MailReader) -> None:
        html = '<p style="border-width:0;line-height:0;min-height:0;width:0">Hello from Harbor</p>'
        assert reader.read(mail(" ", html=html), NOW).body == "Hello from Harbor"

    def test_words_after_a_hidden_part__are_not_lost(self, reader: MailReader) -> None:
        html = "<p>We pay <span style='display:none'>never</span> on Friday</p>"
        assert reader.read(mail(" ", html=html), NOW).body == "We pay on Friday"

    def test_unknown_charset__is_read_anyway(self, reader: MailReader) -> None:
        for charset in (b"no-such", b"idna", b"unicode_escape", b"zip"):
            data = mail("Zahlung in Kürze")
            data = data.replace(b'charset="utf-8"', b'charset="' + charset + b'"')
            assert reader.read(data, NOW).body.strip() == "Zahlung in Kürze"

    def test_nul_and_half_characters__never_reach_the_books(self, reader: MailReader) -> None:
        data = mail("x").replace(b"x\r\n", b"a\x00b\xed\xa0\x80c\r\n")
        found = reader.read(data, NOW)
        assert "\x00" not in found.body
        found.body.encode("utf-8")


class TestDates:
    @pytest.mark.parametrize(
        ("told", "is_taken"),
        [
            ("Mon, 16 Mar 2026 18:30:00 +0100", True),
            ("Fri, 20 Mar 2026 18:30:00 +0100", False),
            ("Mon, 16 Mar 2020 18:30:00 +0100", False),
            ("yesterday", False),
            (None, False),
        ],
    )
    def test_date__is_taken_where_it_can_be_true(
        self, told: str | None, is_taken: bool, reader: MailReader
    ) -> None:
        data = mail(date="Mon, 16 Mar 2026 18:30:00 +0100")
        lines = [line for line in data.split(b"\r\n") if not line.startswith(b"Date:")]
        if told:
            lines.insert(0, f"Date: {told}".encode())
        found = reader.read(b"\r\n".join(lines), NOW)
        assert found.received_at == (datetime(2026, 3, 16, 17, 30, tzinfo=UTC) if is_taken else NOW)

    def test_clock_a_little_ahead__is_the_arrival(self, reader: MailReader) -> None:
        ahead = (NOW + timedelta(minutes=5)).strftime("%a, %d %b %Y %H:%M:%S +0000")
        assert reader.read(mail(date=ahead), NOW).received_at == NOW


class TestIds:
    def test_no_message_id__one_is_made_and_stays_the_same(self, reader: MailReader) -> None:
        one, two = (reader.read(mail(message_id=None), NOW) for _ in range(2))
        assert one.message_id.endswith("@no-message-id.invalid>")
        assert one.source_key == two.source_key

    def test_references__nearest_first(self, reader: MailReader) -> None:
        data = mail(In_Reply_To="<c@x>", References="<a@x> <b@x> <c@x>")
        assert reader.read(data, NOW).references == ("<c@x>", "<b@x>", "<a@x>")

    def test_known_message_id_with_other_words__is_another_message(
        self, reader: MailReader
    ) -> None:
        one, two = reader.read(mail("Yes."), NOW), reader.read(mail("No."), NOW)
        assert one.message_id == two.message_id
        assert one.source_key != two.source_key

    def test_other_route__is_the_same_message(self, reader: MailReader) -> None:
        one = reader.read(mail(), NOW)
        two = reader.read(b"Received: from a by b\r\n" + mail(), NOW + timedelta(days=1))
        assert one.source_key == two.source_key


class TestLimits:
    def test_too_large__known_by_its_header(self) -> None:
        with MailReader(limits=Limits(message_bytes=5_000)) as reader:
            found = reader.read(mail("word " * 2_000), NOW)
        assert found.subject == "Your letter"
        assert found.files[0].not_read_because == "it is too large or too broken to be taken apart"
        assert found.body

    def test_endless_parts__end(self, reader: MailReader) -> None:
        part = b"--b\r\nContent-Type: text/plain\r\n\r\nx\r\n"
        many = b"Content-Type: multipart/mixed; boundary=b;"
        head = mail().replace(b"Content-Type: text/plain", many).split(b"\r\n\r\n")[0]
        found = reader.read(head + b"\r\n\r\n" + part * 4_000 + b"--b--", NOW)
        assert found.body.count("x") <= reader.limits.parts
        assert "more attachments than are listed" in found.files[-1].not_read_because

    def test_thousand_levels__end(self, reader: MailReader) -> None:
        data = b"From: a@harbor.example\r\nMIME-Version: 1.0\r\n"
        for level in range(1_000):
            data += b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (level, level)
        found = reader.read(data + b"Content-Type: text/plain\r\n\r\ndeep", NOW)
        assert found.sender == "a@harbor.example"

    def test_long_words__are_cut_and_say_so(self) -> None:
        with MailReader(limits=Limits(text_characters=100)) as reader:
            found = reader.read(mail("word " * 100), NOW)
        assert found.body.endswith("[cut: it was longer]")
        assert len(found.body) < 130


class TestSenders:
    def test_several_senders__are_a_doubt(self, reader: MailReader) -> None:
        data = b"From: boss@northwind.example\r\n" + mail()
        found = reader.read(data, NOW)
        assert (found.authentic, found.doubts) == ("fail", ("it names several senders",))

    def test_no_sender__is_nobody(self, reader: MailReader) -> None:
        data = b"\r\n".join(ln for ln in mail().split(b"\r\n") if not ln.startswith(b"From:"))
        assert reader.read(data, NOW).sender == ""
