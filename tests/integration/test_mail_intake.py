"""The night reads its mail: folders are emptied after the books have it, and a crash loses none."""

import random
from collections.abc import Iterator
from pathlib import Path

import orjson
import pytest

from batch import intake_mail
from batch.intake_mail import fetch_mail
from batch.night import run_night
from batch.report import build_report
from cli.main import _run
from ledger.tables.inbound import Inbound
from ledger.tables.receivable import BankLine, RemittanceLine
from ledger.tables.work import Feed
from tests.support.mail_room import AS_OF, NOW, OURS, MailRoom, mail_room
from tests.support.mails import bounce, mail

__all__ = ["mail_room"]


def drop(room: MailRoom, place: str, data: bytes) -> Path:
    path = room.house.home / "intake" / place
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path


def fetch(room: MailRoom) -> intake_mail.MailTaken:
    return fetch_mail(room.house, AS_OF, NOW)


class TestFolders:
    def test_maildir__is_read_and_marked_as_seen(self, mail_room: MailRoom) -> None:
        drop(mail_room, "mail/new/1.host", mail(In_Reply_To=OURS))
        assert fetch(mail_room).taken.messages == 1
        assert (mail_room.house.home / "intake/mail/cur/1.host:2,S").exists()
        assert mail_room.only().account_id == "acc_a"

    def test_single_mail__is_put_away(self, mail_room: MailRoom) -> None:
        path = drop(mail_room, "mail/reply.eml", mail())
        fetch(mail_room)
        assert not path.exists()
        assert (mail_room.house.home / "intake/done/2026-03-17/mail-reply.eml").exists()

    def test_mbox__every_mail_of_it_is_read(self, mail_room: MailRoom) -> None:
        box = b"".join(
            b"From a@b Mon Mar 16 10:00:00 2026\n" + mail(f"{n}", message_id=f"<{n}@x>") + b"\n"
            for n in range(250)
        )
        path = drop(mail_room, "mail/all.mbox", box)
        assert fetch(mail_room).taken.messages == 250
        assert not path.exists()

    def test_crash_before_putting_away__nothing_is_lost_or_doubled(
        self, mail_room: MailRoom, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        drop(mail_room, "mail/new/1.host", mail(In_Reply_To=OURS))
        with monkeypatch.context() as patched:
            patched.setattr(intake_mail, "take_in_advices", lambda *_, **__: 1 / 0)
            with pytest.raises(ZeroDivisionError):
                fetch(mail_room)
        assert fetch(mail_room).taken.known == 1
        assert len(mail_room.heard()) == 1

    def test_file_that_cannot_be_put_away__is_named_and_known_again(
        self, mail_room: MailRoom
    ) -> None:
        drop(mail_room, "mail/a.eml", mail())
        drop(mail_room, "done", b"a file where the folder should be")
        (line,) = fetch(mail_room).refused
        assert "taken in and not put away" in line
        assert fetch(mail_room).taken.known == 1

    def test_empty_file__stays_and_is_named(self, mail_room: MailRoom) -> None:
        path = drop(mail_room, "mail/nothing.eml", b"  \n")
        drop(mail_room, "mail/new/1.host", mail())
        done = fetch(mail_room)
        assert done.refused == ["intake/mail/nothing.eml: there is no mail in it"]
        assert path.exists()
        assert done.taken.messages == 1

    def test_no_mail_at_all__no_feed(self, mail_room: MailRoom) -> None:
        fetch(mail_room)
        assert feeds(mail_room) == {}

    def test_mail_was_read__the_feed_is_fresh(self, mail_room: MailRoom) -> None:
        drop(mail_room, "mail/new/1.host", mail())
        fetch(mail_room)
        assert feeds(mail_room) == {"mail": AS_OF}

    def test_mailbox_out_of_reach__folders_are_read_and_the_feed_is_not_fresh(
        self, mail_room: MailRoom
    ) -> None:
        from pydantic import SecretStr

        settings = mail_room.house.settings
        url = SecretStr("imaps://ar:geheim@127.0.0.1:1/INBOX")
        mail_room.house.settings = settings.model_copy(update={"imap_url": url})
        drop(mail_room, "mail/new/1.host", mail())
        done = fetch(mail_room)
        assert done.taken.messages == 1
        assert feeds(mail_room) == {}
        (line,) = done.refused
        assert "mail server 127.0.0.1:1" in line
        assert "geheim" not in line


def feeds(room: MailRoom) -> dict[str, object]:
    with room.house.ledger.read() as session:
        found = session.get(Feed, "mail")
        return {found.name: found.read_through} if found else {}


class TestNight:
    def test_night__reads_its_mail_and_reports_what_waits(self, mail_room: MailRoom) -> None:
        drop(mail_room, "mail/new/1.host", mail(In_Reply_To=OURS, message_id="<1@h.example>"))
        drop(mail_room, "mail/new/2.host", mail("Hello", message_id="<2@h.example>"))
        drop(mail_room, "mail/broken.eml", b"")
        night = run_night(mail_room.house, AS_OF, lambda *_: None)
        counted = night.counts["intake"]
        assert (counted["mail_messages"], counted["mail_linked"], counted["mail_unlinked"]) == (
            2,
            1,
            1,
        )
        with mail_room.house.ledger.read() as session:
            report = build_report(session, mail_room.house, AS_OF)
        told = {task.why: task.count for task in report.tasks}
        assert told["to link (`dunwell mail list --unlinked`)"] == 1
        assert told["not read, the first: intake/mail/broken.eml: there is no mail in it"] == 1


def test_remittance_in_the_words_of_a_mail__is_booked_once(mail_room: MailRoom) -> None:
    body = "We paid today by wire:\n\nInvoice      Amount     Currency\nINV-1001   1,200.00   USD\n"
    for name in ("a", "b"):
        drop(mail_room, f"mail/{name}.eml", mail(body, In_Reply_To=OURS))
        counted = fetch(mail_room).advice_lines
        assert counted == (1 if name == "a" else 0)
    (line,) = mail_room.rows(RemittanceLine)
    assert (line.reference, line.net_minor) == ("INV-1001", 120_000)
    assert mail_room.rows(BankLine) == []


class TestTextMessages:
    def test_dropped_list__is_taken_in(self, mail_room: MailRoom) -> None:
        told = [
            {"id": f"s{n}", "from": "+15035550101", "body": "ok", "received_at": NOW.isoformat()}
            for n in range(2)
        ]
        path = drop(mail_room, "sms/a.json", orjson.dumps(told))
        assert fetch(mail_room).taken.messages == 2
        assert not path.exists()

    @pytest.mark.parametrize(
        ("data", "why"),
        [
            (b"nonsense", "it is no JSON"),
            (b'{"id": "1"}', "0.from: Field required"),
            (b"[]", "there is no message in it"),
        ],
    )
    def test_wrong_file__stays_and_is_named(
        self, data: bytes, why: str, mail_room: MailRoom
    ) -> None:
        path = drop(mail_room, "sms/a.json", data)
        (line,) = fetch(mail_room).refused
        assert line.startswith("intake/sms/a.json: ")
        assert why in line
        assert path.exists()


class TestCommand:
    @pytest.fixture
    def home(self, mail_room: MailRoom, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
        url = mail_room.house.settings.database_url
        monkeypatch.setenv("DUNWELL_DATABASE_URL", url or "")
        return str(mail_room.house.home)

    def run(self, capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
        code = _run([*arguments], debug=False)
        told = capsys.readouterr()
        return code, told.out, told.err

    def test_files__are_taken_in_and_stay(
        self, home: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        path = tmp_path / "a.eml"
        path.write_bytes(mail(In_Reply_To=OURS))
        arguments = ("mail", str(path), "--as-of", "2026-03-17", "--home", home)
        code, out, _err = self.run(capsys, *arguments, "--json")
        assert (code, orjson.loads(out)["linked"]) == (0, 1)
        assert path.exists()

    def test_missing_file__is_one_line(self, home: str, capsys: pytest.CaptureFixture[str]) -> None:
        code, _out, err = self.run(capsys, "mail", "no.eml", "--home", home)
        assert (code, err) == (2, "dunwell: no.eml: there is no such file or folder\n")

    def test_nothing_named__says_what_to_do(
        self, home: str, capsys: pytest.CaptureFixture[str]
    ) -> None:
        code, _out, err = self.run(capsys, "mail", "take", "--home", home)
        assert code == 2
        assert "--fetch" in err

    def test_unlinked__is_listed_shown_and_linked(
        self, home: str, mail_room: MailRoom, capsys: pytest.CaptureFixture[str]
    ) -> None:
        mail_room.take(mail("Pay \x1b[31m later", subject="Re: hello"))
        inbound_id = mail_room.only().id
        code, out, _err = self.run(capsys, "mail", "list", "--unlinked", "--home", home)
        assert code == 0
        assert inbound_id in out
        assert "? acc_a" in out
        code, out, _err = self.run(capsys, "mail", "show", inbound_id, "--home", home)
        assert "\x1b" not in out
        arguments = ("mail", "link", inbound_id, "acc_a", "--as", "cora", "--home", home)
        assert self.run(capsys, *arguments)[0] == 0
        assert mail_room.only().linked_by == "person"
        code, out, _err = self.run(capsys, "mail", "list", "--unlinked", "--json", "--home", home)
        assert out == "[]\n"

    def test_link_by_nobody_known__is_refused(
        self, home: str, mail_room: MailRoom, capsys: pytest.CaptureFixture[str]
    ) -> None:
        mail_room.take(mail())
        inbound_id = mail_room.rows(Inbound)[0].id
        arguments = ("mail", "link", inbound_id, "acc_a", "--as", "mallory", "--home", home)
        assert self.run(capsys, *arguments)[0] == 2
        assert mail_room.only().account_id is None


class TestNoLoss:
    def test_mutilated_mails__each_is_in_the_books_or_named(self, mail_room: MailRoom) -> None:
        rng = random.Random(5)
        whole = [mail(In_Reply_To=OURS), bounce("ap@harbor.example", OURS)]
        for number in range(150):
            data = bytearray(rng.choice(whole))
            for _ in range(rng.randint(1, 40)):
                data[rng.randrange(len(data))] = rng.randrange(256)
            del data[rng.randrange(len(data)) :]
            drop(mail_room, f"mail/new/{number:03}.host", bytes(data))
        done = fetch(mail_room)
        left = list((mail_room.house.home / "intake/mail/new").iterdir())
        seen = list((mail_room.house.home / "intake/mail/cur").iterdir())
        assert len(done.refused) == len(left)
        assert len(seen) + len(left) == 150
        assert done.taken.messages + done.taken.known == len(seen)
