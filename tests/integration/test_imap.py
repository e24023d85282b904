"""Mail is fetched from a real server: once, whoever looked at it before, and marked afterwards."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from imap_tools import AND, MailBoxUnencrypted, MailMessageFlags
from pydantic import SecretStr

from adapters.inbound_mail.imap import ImapMail, read_imap_url
from adapters.inbound_mail.parsing import MailReader
from batch import intake_mail
from batch.intake_mail import fetch_mail
from cli.doctor import examine
from ledger.errors import BadInput
from ledger.tables.inbound import Inbound
from tests.support.dovecot import PASSWORD, USER, Dovecot, dovecot
from tests.support.mail_room import AS_OF, NOW, OURS, MailRoom, mail_room
from tests.support.mails import mail

__all__ = ["dovecot", "mail_room"]


@pytest.fixture
def box(dovecot: Dovecot) -> Iterator[MailBoxUnencrypted]:
    """The mailbox, emptied."""
    with MailBoxUnencrypted("127.0.0.1", dovecot.port).login(USER, PASSWORD) as opened:
        opened.delete(opened.uids())
        yield opened


@pytest.fixture
def room(mail_room: MailRoom, dovecot: Dovecot) -> MailRoom:
    """A home that gets its mail from the server."""
    settings = mail_room.house.settings
    mail_room.house.settings = settings.model_copy(update={"imap_url": SecretStr(dovecot.url)})
    return mail_room


def deliver(box: MailBoxUnencrypted, *numbers: int) -> None:
    for number in numbers:
        box.append(mail(f"Mail {number}", message_id=f"<{number}@h.example>", In_Reply_To=OURS))


def unseen(box: MailBoxUnencrypted) -> list[str]:
    box.folder.set("INBOX")
    return box.uids(AND(seen=False))


class TestImap:
    def test_new_mail__is_taken_in_and_marked(
        self, room: MailRoom, box: MailBoxUnencrypted
    ) -> None:
        deliver(box, 1, 2, 3)
        assert fetch_mail(room.house, AS_OF, NOW).taken.linked == 3
        assert unseen(box) == []
        assert len(room.rows(Inbound)) == 3

    def test_again__nothing_is_fetched(self, room: MailRoom, box: MailBoxUnencrypted) -> None:
        deliver(box, 1)
        fetch_mail(room.house, AS_OF, NOW)
        again = fetch_mail(room.house, AS_OF, NOW)
        assert (again.taken.messages, again.taken.known) == (0, 0)
        assert again.complete

    def test_mail_a_person_opened_first__is_fetched_too(
        self, room: MailRoom, box: MailBoxUnencrypted
    ) -> None:
        deliver(box, 1)
        fetch_mail(room.house, AS_OF, NOW)
        deliver(box, 2)
        box.flag(box.uids(AND(seen=False)), MailMessageFlags.SEEN, True)
        assert fetch_mail(room.house, AS_OF, NOW).taken.messages == 1

    def test_crash_after_recording__the_mail_is_known(
        self, room: MailRoom, box: MailBoxUnencrypted, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        deliver(box, 1, 2)
        with monkeypatch.context() as patched:
            patched.setattr(intake_mail, "take_in_advices", lambda *_, **__: 1 / 0)
            with pytest.raises(ZeroDivisionError):
                fetch_mail(room.house, AS_OF, NOW)
        assert len(unseen(box)) == 2
        again = fetch_mail(room.house, AS_OF, NOW)
        assert (again.taken.messages, again.taken.known) == (0, 2)
        assert unseen(box) == []

    def test_mailbox_numbered_anew__unread_mail_is_read(
        self, room: MailRoom, box: MailBoxUnencrypted
    ) -> None:
        state = room.house.home / "imap.json"
        state.write_text('{"uidvalidity": 1, "uid": 4000000000}')
        deliver(box, 1)
        assert fetch_mail(room.house, AS_OF, NOW).taken.messages == 1
        assert '"uidvalidity":1,' not in state.read_text()

    def test_many_mails__come_in_batches(self, room: MailRoom, box: MailBoxUnencrypted) -> None:
        deliver(box, *range(230))
        assert fetch_mail(room.house, AS_OF, NOW).taken.messages == 230

    def test_wrong_password__is_one_line_without_it(self, dovecot: Dovecot, tmp_path: Path) -> None:
        url = dovecot.url.replace("open%40sesame", "hunter2")
        with MailReader() as reader:
            source = ImapMail(read_imap_url(url), tmp_path / "imap.json", reader)
            with pytest.raises(BadInput, match=r"mail server 127\.0\.0\.1") as raised:
                list(source.batches(NOW))
        assert "hunter2" not in raised.value.message
        assert "\n" not in raised.value.message


class TestDoctor:
    def look(self, room: MailRoom, **changes: object) -> tuple[str, str]:
        settings = room.house.settings.model_copy(update=changes)
        (check,) = [each for each in examine(settings) if each.name == "incoming mail"]
        return check.state, check.says

    def test_mailbox_that_answers__is_ok_once_our_server_is_named(self, room: MailRoom) -> None:
        assert self.look(room, mail_authserv="mx.northwind.example")[0] == "ok"
        state, says = self.look(room)
        assert state == "warn"
        assert "DUNWELL_MAIL_AUTHSERV" in says

    def test_wrong_password__fails_without_saying_it(
        self, room: MailRoom, dovecot: Dovecot
    ) -> None:
        url = SecretStr(dovecot.url.replace("open%40sesame", "hunter2"))
        state, says = self.look(room, imap_url=url)
        assert state == "fail"
        assert "hunter2" not in says

    def test_folders_only__is_ok(self, mail_room: MailRoom) -> None:
        assert self.look(mail_room)[0] == "ok"


class TestUrl:
    def test_whole_url__is_read(self) -> None:
        server = read_imap_url("imaps://a%40b:p%2Fw@mx.example/Ein%20gang?ca=x.pem")
        assert (server.host, server.port, server.user) == ("mx.example", 993, "a@b")
        assert (server.password, server.folder, server.ca_file) == ("p/w", "Ein gang", "x.pem")
        assert server.tls

    @pytest.mark.parametrize(
        ("url", "why"),
        [
            ("imap://u:secret@mx.example/INBOX", "in the clear"),
            ("http://u:secret@mx.example", "not usable"),
            ("imaps://mx.example", "not usable"),
            ("imaps://u:secret@mx.example:port", "not usable"),
            ("imaps://u:secret@mx.example?colour=red", "not usable"),
        ],
    )
    def test_wrong_url__says_what_to_give_and_no_secret(self, url: str, why: str) -> None:
        with pytest.raises(BadInput, match=why) as raised:
            read_imap_url(url)
        assert "secret" not in raised.value.message
