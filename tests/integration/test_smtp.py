"""Mail over SMTP against a real server on the loopback: accepted, refused, lost, encrypted."""

import ssl
import subprocess
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from adapters.outgoing.message import OutgoingMessage
from adapters.outgoing.refusals import RefusalKind
from adapters.outgoing.smtp import SmtpMail, read_smtp_url
from ledger.errors import BadInput
from tests.support.smtp_server import PASSWORD, USER, MailServer, mail_server

AT = datetime(2026, 3, 17, 14, 5, tzinfo=UTC)
PAT, KIM = "pat@one.example", "kim@two.example"


def letter(recipient: str = PAT, number: int = 1, **more: Any) -> OutgoingMessage:
    values = {
        "outbox_id": f"out_{number}",
        "message_id": f"<out_{number}@ours.example>",
        "sender": "ar@ours.example",
        "sender_name": "Ours",
        "reply_to": "ar+out_1.seal@ours.example",
        "recipient": recipient,
        "cc": (),
        "subject": "Zahlung für Rechnung 7",
        "body": "Grüße\n.\nA line that is a dot is no end.\n",
        "sent_at": AT,
    }
    return OutgoingMessage(**(values | more))


def mailer(server: MailServer, folder: Path, scheme: str = "smtp", more: str = "") -> SmtpMail:
    return SmtpMail(read_smtp_url(f"{scheme}://{server.url}{more}"), folder)


def kinds(refused: dict[str, Any]) -> dict[str, RefusalKind]:
    return {outbox_id: no.kind for outbox_id, no in refused.items()}


class TestAccepted:
    def test_mail__arrives_as_it_was_written(self, tmp_path: Path) -> None:
        with mail_server() as server:
            assert mailer(server, tmp_path).deliver([letter(answers="<his@c.example>")]) == {}
        mail = server.mail_to(PAT)
        assert mail["Message-ID"] == "<out_1@ours.example>"
        assert mail["In-Reply-To"] == mail["References"] == "<his@c.example>"
        assert mail["Date"] == "Tue, 17 Mar 2026 14:05:00 +0000"
        words = mail.get_payload(decode=True).decode().replace("\r\n", "\n")
        assert words == letter().body

    def test_batch__a_few_connections_serve_it_all(self, tmp_path: Path) -> None:
        batch = [letter(f"{n}@c.example", n) for n in range(40)]
        with mail_server() as server:
            port = mailer(server, tmp_path, more="?connections=3")
            assert port.deliver(batch) == {}
            assert len(server.taken) == 40
            assert server.sessions <= 3 + 1  # the controller knocks once itself
            assert server.most_at_once <= 3

    def test_server_lets_in_fewer__those_serve_it_all(self, tmp_path: Path) -> None:
        batch = [letter(f"{n}@c.example", n) for n in range(12)]
        with mail_server(at_most=2) as server:
            assert mailer(server, tmp_path, more="?connections=4").deliver(batch) == {}
            assert len(server.taken) == 12
            assert server.turned_away

    def test_accepted__a_copy_tells_after_a_crash(self, tmp_path: Path) -> None:
        with mail_server() as server:
            port = mailer(server, tmp_path)
            assert port.was_delivered(letter()) is False
            port.deliver([letter()])
        assert port.was_delivered(letter()) is True
        (copy,) = port.delivered()["out_1"]
        assert copy.read_bytes() == port.content(letter())

    def test_hand_over_begun_before_a_crash__nobody_can_tell(self, tmp_path: Path) -> None:
        with mail_server() as server:
            port = mailer(server, tmp_path)
            port.spool.begin([letter()], port.content)
            assert port.was_delivered(letter()) is None


class TestRefused:
    @pytest.mark.parametrize(
        ("answer", "kind"),
        [
            ("550 5.1.1 no such user", RefusalKind.ADDRESS),
            ("550 unknown", RefusalKind.ADDRESS),
            ("553 5.1.3 bad syntax", RefusalKind.ADDRESS),
            ("550 5.2.1 mailbox disabled", RefusalKind.ADDRESS),
            ("550 5.7.1 relaying denied", RefusalKind.MESSAGE),
            ("552 5.2.2 mailbox full", RefusalKind.MESSAGE),
            ("554 5.7.1 blocked", RefusalKind.MESSAGE),
            ("450 4.2.0 greylisted", RefusalKind.LATER),
            ("451 try again", RefusalKind.LATER),
        ],
    )
    def test_one_recipient__is_told_by_its_code_and_the_others_go(
        self, tmp_path: Path, answer: str, kind: RefusalKind
    ) -> None:
        with mail_server(answers={KIM: answer}) as server:
            port = mailer(server, tmp_path, more="?connections=1")
            refused = port.deliver([letter(PAT, 1), letter(KIM, 2), letter("c@c.example", 3)])
        assert kinds(refused) == {"out_2": kind}
        assert refused["out_2"].code == int(answer[:3])
        assert answer in refused["out_2"].says
        assert sorted(server.taken) == ["c@c.example", PAT]
        assert port.was_delivered(letter(KIM, 2)) is False

    def test_copy_refused__nobody_gets_it_and_the_address_is_not_blamed(
        self, tmp_path: Path
    ) -> None:
        with mail_server(answers={KIM: "550 5.1.1 no such user"}) as server:
            refused = mailer(server, tmp_path).deliver([letter(PAT, 1, cc=(KIM,))])
        assert kinds(refused) == {"out_1": RefusalKind.MESSAGE}
        assert server.taken == {}

    @pytest.mark.parametrize(
        ("answer", "kind"),
        [("552 too big", RefusalKind.MESSAGE), ("452 no room", RefusalKind.LATER)],
    )
    def test_words__are_refused_surely(
        self, tmp_path: Path, answer: str, kind: RefusalKind
    ) -> None:
        with mail_server(after_words={PAT: answer}) as server:
            port = mailer(server, tmp_path, more="?connections=1")
            refused = port.deliver([letter(PAT, 1), letter(KIM, 2)])
        assert kinds(refused) == {"out_1": kind}
        assert list(server.taken) == [KIM]

    def test_sender__is_never_the_fault_of_the_address(self, tmp_path: Path) -> None:
        with mail_server(from_mail="550 5.1.1 who are you") as server:
            refused = mailer(server, tmp_path).deliver([letter()])
        assert kinds(refused) == {"out_1": RefusalKind.MESSAGE}

    def test_header_with_a_line_break__never_leaves(self, tmp_path: Path) -> None:
        with mail_server() as server:
            refused = mailer(server, tmp_path).deliver([letter(subject="a\nBcc: x@evil.example")])
        assert kinds(refused) == {"out_1": RefusalKind.MESSAGE}
        assert server.taken == {}

    def test_address_no_server_can_take__is_refused_and_the_next_one_goes(
        self, tmp_path: Path
    ) -> None:
        with mail_server() as server:
            port = mailer(server, tmp_path, more="?connections=1")
            refused = port.deliver([letter("jürgen@c.example", 1), letter(PAT, 2)])
        assert kinds(refused) == {"out_1": RefusalKind.MESSAGE}
        assert list(server.taken) == [PAT]


class TestLost:
    def test_hung_up_after_the_words__is_uncertain_and_the_others_go(self, tmp_path: Path) -> None:
        with mail_server(after_words={PAT: "drop"}) as server:
            port = mailer(server, tmp_path, more="?connections=1")
            refused = port.deliver([letter(PAT, 1), letter(KIM, 2)])
        assert kinds(refused) == {"out_1": RefusalKind.UNCERTAIN}
        assert len(server.taken[PAT]) == 1  # it was taken, which only the server knows
        assert list(server.taken) == [PAT, KIM]
        assert port.was_delivered(letter(PAT, 1)) is None

    def test_nobody_there__nothing_was_handed_over(self, tmp_path: Path) -> None:
        with mail_server() as server:
            port = mailer(server, tmp_path)
        refused = port.deliver([letter(PAT, 1), letter(KIM, 2)])
        assert set(kinds(refused).values()) == {RefusalKind.UNREACHABLE}
        assert len(refused) == 2
        assert port.was_delivered(letter(PAT, 1)) is False
        assert port.check()


class TestLetIn:
    def test_password__opens(self, tmp_path: Path) -> None:
        with mail_server(auth=True) as server:
            server.url = f"{USER}:s%20p%40ce%2Fword@{server.url}"
            port = mailer(server, tmp_path)
            assert port.check() == ""
            assert port.deliver([letter()]) == {}
        assert server.authenticated == 2

    def test_wrong_password__nothing_leaves_and_it_is_not_repeated_to_anybody(
        self, tmp_path: Path
    ) -> None:
        with mail_server(auth=True) as server:
            server.url = f"{USER}:wrong@{server.url}"
            refused = mailer(server, tmp_path).deliver([letter(PAT, 1), letter(KIM, 2)])
        assert set(kinds(refused).values()) == {RefusalKind.UNREACHABLE}
        assert len(refused) == 2
        assert server.sessions == 1 + 1  # the controller's own, and one of ours for both mails
        assert "wrong" not in refused["out_1"].says
        assert "535" in refused["out_1"].says

    def test_starttls__is_insisted_on_and_the_certificate_is_checked(self, tmp_path: Path) -> None:
        context, authority = certificate(tmp_path)
        with mail_server(tls=context) as server:
            trusted = mailer(server, tmp_path / "a", more=f"?starttls&ca={authority}")
            assert trusted.deliver([letter()]) == {}
            assert server.encrypted == 1
            strange = mailer(server, tmp_path / "b", more="?starttls")
            assert kinds(strange.deliver([letter()])) == {"out_1": RefusalKind.UNREACHABLE}
        with mail_server() as plain:
            stripped = mailer(plain, tmp_path / "c", more=f"?starttls&ca={authority}")
            assert kinds(stripped.deliver([letter()])) == {"out_1": RefusalKind.UNREACHABLE}
            assert plain.taken == {}


def certificate(folder: Path) -> tuple[ssl.SSLContext, Path]:
    """A certificate for the loopback, signed by itself."""
    key, signed = folder / "key.pem", folder / "cert.pem"
    command = "openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=127.0.0.1"
    extension = ["-addext", "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out", signed]
    subprocess.run([*command.split(), *extension], check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(signed, key)
    return context, signed


class TestUrl:
    def test_read__has_its_parts(self) -> None:
        server = read_smtp_url(f"smtp://{USER}:{PASSWORD.replace('/', '%2F')}@m.example?starttls")
        assert (server.host, server.port, server.user) == ("m.example", 587, USER)
        assert server.password == PASSWORD
        assert server.starttls
        assert not server.tls
        assert read_smtp_url("smtps://m.example").port == 465
        assert read_smtp_url("smtps://m.example").tls

    @pytest.mark.parametrize(
        "url",
        [
            "",
            "m.example",
            "http://m.example",
            "smtp://",
            "smtp://m.example:x",
            "smtp://m.example?starttls&secure",
            "smtp://m.example?connections=0",
            "smtp://m.example?connections=many",
        ],
    )
    def test_unusable__is_refused_in_one_line_without_the_secret(self, url: str) -> None:
        with pytest.raises(BadInput, match="DUNWELL_SMTP_URL"):
            read_smtp_url(url)

    def test_password_in_the_clear__is_refused(self) -> None:
        with pytest.raises(BadInput, match="in the clear") as refused:
            read_smtp_url("smtp://ar:hush@m.example")
        assert "hush" not in refused.value.message
