"""Channels that are folders: a file a message, once, and the port that tells channels apart."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from adapters.mail import MaildirMail, mail_bytes
from adapters.outgoing.channels import Channels
from adapters.outgoing.files import FileDrop, PortalMessages, PrintFiles, SmsFiles
from adapters.outgoing.message import OutgoingMessage
from adapters.outgoing.refusals import Refusal, RefusalKind, is_dead_address


def message(number: int = 1, **more: Any) -> OutgoingMessage:
    values = {
        "outbox_id": f"out_{number}",
        "message_id": f"<out_{number}@ours.example>",
        "sender": "ar@ours.example",
        "sender_name": "Ours & Co",
        "reply_to": "ar@ours.example",
        "recipient": "pat@one.example",
        "cc": (),
        "subject": "Invoice <7>",
        "body": "Dear Pat,\n\n1 < 2 & so on.\n",
        "sent_at": datetime(2026, 3, 17, 14, 5, tzinfo=UTC),
    }
    return OutgoingMessage(**(values | more))


DROPS = {
    "email": (MaildirMail, "new/out_1.dunwell", "cur/out_1.dunwell:2,S"),
    "sms": (SmsFiles, "out_1.json", "taken/out_1.json"),
    "letter": (PrintFiles, "out_1.html", "printed/out_1.html"),
}


@pytest.mark.parametrize("channel", DROPS)
class TestFileDrop:
    def drop(self, channel: str, folder: Path) -> FileDrop:
        return DROPS[channel][0](folder)

    def test_delivered_twice__is_one_file(self, channel: str, tmp_path: Path) -> None:
        drop = self.drop(channel, tmp_path)
        assert drop.was_delivered(message()) is False
        for _again in range(2):
            assert drop.deliver([message(), message(2)]) == {}
        files = drop.delivered()
        assert sorted(files) == ["out_1", "out_2"]
        assert [path.relative_to(tmp_path).as_posix() for path in files["out_1"]] == [
            DROPS[channel][1]
        ]
        assert files["out_1"][0].read_bytes() == drop.content(message())

    def test_taken_by_somebody__was_still_delivered(self, channel: str, tmp_path: Path) -> None:
        drop = self.drop(channel, tmp_path)
        drop.deliver([message()])
        _kind, kept, taken = DROPS[channel]
        (tmp_path / kept).rename(tmp_path / taken)
        assert drop.was_delivered(message()) is True
        assert list(drop.delivered()) == ["out_1"]

    def test_begun_and_not_moved__was_not_delivered(self, channel: str, tmp_path: Path) -> None:
        drop = self.drop(channel, tmp_path)
        drop.spool.begin([message()], drop.content)
        assert drop.was_delivered(message()) is False
        assert drop.delivered() == {}

    def test_folder_gone__nothing_left_and_it_goes_again(
        self, channel: str, tmp_path: Path
    ) -> None:
        drop = self.drop(channel, tmp_path)
        drop.spool.begun.rmdir()
        refused = drop.deliver([message()])
        assert refused["out_1"].kind is RefusalKind.UNREACHABLE


def test_text_message__is_json_with_the_number_and_the_words(tmp_path: Path) -> None:
    told = json.loads(SmsFiles(tmp_path).content(message(recipient="+1202", language="de")))
    assert told == {
        "id": "out_1",
        "to": "+1202",
        "sender": "Ours & Co",
        "language": "de",
        "body": message().body,
        "sent_at": "2026-03-17T14:05:00+00:00",
    }


def test_letter__is_a_page_in_which_words_stay_words(tmp_path: Path) -> None:
    page = PrintFiles(tmp_path).content(message(recipient="Pat | <b>Fjord</b> | C-1")).decode()
    assert "Pat\n&lt;b&gt;Fjord&lt;/b&gt;\nC-1" in page
    assert "1 &lt; 2 &amp; so on." in page
    assert "<title>Invoice &lt;7&gt;</title>" in page
    assert "<b>" not in page


class TestHeaders:
    def test_plain_mail__has_only_what_it_needs(self) -> None:
        head = mail_bytes(message()).split(b"\n\n")[0].decode()
        for name in ("In-Reply-To", "References", "Auto-Submitted", "List-Unsubscribe", "Cc"):
            assert f"\n{name}:" not in head

    def test_automatic_answer_with_a_link__says_so_to_machines(self) -> None:
        where = ("mailto:a@ours.example?subject=unsubscribe", "https://ours.example/stop/t")
        mail = mail_bytes(
            message(answers="<his@c.example>", automatic="auto-replied", unsubscribe=where)
        ).decode()
        assert "\nAuto-Submitted: auto-replied\n" in mail
        assert "\nIn-Reply-To: <his@c.example>\n" in mail
        assert "\nReferences: <his@c.example>\n" in mail
        assert "\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\n" in mail
        assert f"\nList-Unsubscribe: <{where[0]}>, <{where[1]}>\n" in mail

    def test_long_addresses_and_ids__are_never_broken(self) -> None:
        long = f"accounts.receivable+out_1.{'s' * 16}@a-rather-long-name-of-a-company.example"
        mail = mail_bytes(message(reply_to=long, answers=f"<{long}>")).decode()
        assert f"\nReply-To: {long}\n" in mail
        assert f"\nReferences: <{long}>\n" in mail

    def test_address_alone__has_no_one_click(self) -> None:
        mail = mail_bytes(message(unsubscribe=("mailto:a@ours.example",))).decode()
        assert "List-Unsubscribe: <mailto:a@ours.example>" in mail
        assert "List-Unsubscribe-Post" not in mail

    @pytest.mark.parametrize("name", ["subject", "recipient", "reply_to", "answers", "automatic"])
    def test_line_break_in_a_header__is_refused(self, name: str) -> None:
        with pytest.raises(ValueError, match="line break"):
            mail_bytes(message(**{name: "a\nBcc: x@evil.example"}))


class _Closed(PortalMessages):
    plays_the_day = False

    def deliver(self, messages: Any) -> dict[str, Refusal]:
        return {m.outbox_id: Refusal(RefusalKind.UNREACHABLE, "closed") for m in messages}


class TestChannels:
    def test_each_message__goes_its_own_way(self, tmp_path: Path) -> None:
        channels = Channels({"sms": SmsFiles(tmp_path), "email": _Closed()})
        batch = [message(1), message(2, channel="sms"), message(3, channel="fax")]
        refused = channels.deliver(batch)
        assert {key: no.kind for key, no in refused.items()} == {
            "out_1": RefusalKind.UNREACHABLE,
            "out_3": RefusalKind.MESSAGE,
        }
        assert list(channels.delivered()) == ["out_2"]
        assert channels.was_delivered(batch[1]) is True
        assert channels.was_delivered(batch[2]) is False

    def test_one_real_channel__makes_the_home_keep_real_hours(self, tmp_path: Path) -> None:
        assert Channels({"sms": SmsFiles(tmp_path), "portal": PortalMessages()}).plays_the_day
        assert not Channels({"sms": SmsFiles(tmp_path), "email": _Closed()}).plays_the_day

    def test_portal__is_there_as_soon_as_it_is_sent(self) -> None:
        channels = Channels({"portal": PortalMessages()})
        shown = message(channel="portal")
        assert channels.deliver([shown]) == {}
        assert channels.was_delivered(shown) is True
        assert channels.delivered() == {}


@pytest.mark.parametrize(
    ("code", "text", "dead"),
    [
        (550, "5.1.1 user unknown", True),
        (550, "#5.1.10 null MX", True),
        (550, "5.1.8 your domain", False),
        (550, "5.7.26 unauthenticated", False),
        (550, "no such user 15.1.10.3", True),
        (554, "rejected", False),
        (5, "5.4.4 no route", False),
        (4, "4.1.1 not now", False),
    ],
)
def test_status__says_whether_the_address_is_dead(code: int, text: str, dead: bool) -> None:
    assert is_dead_address(code, text) is dead
