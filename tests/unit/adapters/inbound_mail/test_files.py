"""Attachments are read within limits, and what is not read says why."""

import zlib
from collections.abc import Iterator

import pytest

from adapters.inbound_mail.message import IncomingFile, Limits
from adapters.inbound_mail.parsing import MailReader
from tests.support.mails import NOW, mail, pdf


@pytest.fixture(scope="module")
def reader() -> Iterator[MailReader]:
    limits = Limits(read_files=3, listed_files=5, file_bytes=200_000, pdf_pages=3, pdf_seconds=20)
    with MailReader(limits=limits) as made:
        yield made


def files(reader: MailReader, **named: tuple[str, bytes]) -> tuple[IncomingFile, ...]:
    given = {name.replace("_", "."): content for name, content in named.items()}
    return reader.read(mail(files=given), NOW).files


class TestFiles:
    def test_text_and_csv__are_read(self, reader: MailReader) -> None:
        one, two = files(
            reader, a_csv=("text/csv", b"INV-1;12.50\n"), b_txt=("text/plain", "Grüße".encode())
        )
        assert (one.text, one.name, one.size) == ("INV-1;12.50\n", "a.csv", 12)
        assert two.text.strip() == "Grüße"

    def test_csv_called_a_stream_of_bytes__is_read(self, reader: MailReader) -> None:
        (one,) = files(reader, a_csv=("application/octet-stream", b"INV-1;12.50\n"))
        assert one.text == "INV-1;12.50\n"

    def test_pdf__is_read(self, reader: MailReader) -> None:
        (one,) = files(reader, a_pdf=("application/pdf", pdf("Remittance INV-1 12.50")))
        assert (one.text, one.not_read_because) == ("Remittance INV-1 12.50", "")

    def test_long_pdf__is_cut(self, reader: MailReader) -> None:
        (one,) = files(reader, a_pdf=("application/pdf", pdf("page", pages=9)))
        assert one.text == "page\npage\npage\n[cut: it was longer]"

    @pytest.mark.parametrize(
        ("name", "media_type", "content", "why"),
        [
            ("a_zip", "application/zip", b"PK\x03\x04xx", "archives"),
            ("a_txt", "text/plain", b"PK\x03\x04xx", "archives"),
            ("a_vcf", "text/vcard", b"BEGIN:VCARD\nEND:VCARD", "contact cards"),
            ("a_ics", "text/calendar", b"BEGIN:VCALENDAR", "calendar entries"),
            ("a_png", "image/png", b"\x89PNG\r\n", "a file of type image/png"),
            ("a_bin", "application/octet-stream", b"abc", "a file of type application/"),
            ("a_txt", "text/plain", b"", "it is empty"),
            ("a_csv", "text/csv", b"x" * 200_001, "it is larger than 0 MB"),
            ("a_pdf", "application/pdf", b"%PDF-1.4 broken", "it is not a PDF"),
            ("a_doc", "application/msword", b"\xd0\xcf\x11\xe0", "office files"),
        ],
    )
    def test_anything_else__is_only_listed(
        self, name: str, media_type: str, content: bytes, why: str, reader: MailReader
    ) -> None:
        (one,) = files(reader, **{name: (media_type, content)})
        assert one.text == ""
        assert why in one.not_read_because

    def test_many_files__few_are_read_and_the_rest_is_counted(self, reader: MailReader) -> None:
        named = {f"f{n}_txt": ("text/plain", f"text {n}".encode()) for n in range(8)}
        found = files(reader, **named)
        assert [bool(each.text) for each in found] == [True] * 3 + [False] * 3
        assert found[3].not_read_because == "only 3 attachments of a message are read"
        assert found[5].not_read_because == "3 more attachments than are listed"

    def test_name_with_a_path__keeps_no_path(self, reader: MailReader) -> None:
        data = mail(files={"x.csv": ("text/csv", b"a")}).replace(b"x.csv", b"../../etc/x.csv")
        assert reader.read(data, NOW).files[0].name == ".._.._etc_x.csv"

    def test_forwarded_mail__is_listed(self, reader: MailReader) -> None:
        inner = b"From: a@b.example\r\nSubject: inner\r\n\r\npay now"
        data = mail(files={"x.csv": ("text/csv", b"a")})
        data = data.replace(b"text/csv", b"message/rfc822").replace(b"base64", b"8bit")
        data = data.replace(b"YQ==", inner)
        (one,) = reader.read(data, NOW).files
        assert one.not_read_because == "forwarded mails are not opened"


class TestPdfBombs:
    def test_unpacking_without_end__ends(self) -> None:
        packed = zlib.compress(b" " * 300_000_000, 9)
        bomb = pdf("", packed=packed)
        assert len(bomb) > 100_000
        with MailReader(limits=Limits(pdf_seconds=15)) as reader:
            (one,) = reader.read(mail(files={"a.pdf": ("application/pdf", bomb)}), NOW).files
            assert one.text == ""
            assert one.not_read_because
            (two,) = reader.read(mail(files={"b.pdf": ("application/pdf", pdf("fine"))}), NOW).files
            assert two.text == "fine"

    def test_slow_reader__is_stopped_and_replaced(self) -> None:
        with MailReader(limits=Limits(pdf_seconds=0.0)) as reader:
            (one,) = reader.read(mail(files={"a.pdf": ("application/pdf", pdf("x"))}), NOW).files
            assert one.not_read_because == "reading it took more than 0 seconds"
