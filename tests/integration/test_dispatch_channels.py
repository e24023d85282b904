"""What the dispatcher does with what a channel says, at real hours."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from pathlib import Path
from typing import Any

import pytest

from adapters.documents import page_text
from adapters.mail import MaildirMail, mail_bytes
from adapters.outgoing.channels import Channels
from adapters.outgoing.message import OutgoingMessage
from adapters.outgoing.refusals import Refusal, RefusalKind
from adapters.outgoing.smtp import SmtpMail, read_smtp_url
from batch.accepted import settle
from batch.dispatch import Dispatched, dispatch
from batch.night import run_night
from batch.proof import CounterExample, prove
from engines.dunning import plan_contact
from ledger.actions import SendStatement
from ledger.clock import FixedClock
from ledger.errors import Conflict, NotFound
from ledger.ids import digest
from ledger.states import OutboxState
from ledger.tables.account import Contact
from ledger.tables.inbound import Document
from ledger.tables.work import CallTask, Message
from tests.support.desk import AS_OF
from tests.support.post import ADDRESS, EVENING, MORNING, NIGHT, Post
from tests.support.smtp_server import mail_server
from tools.reply_address import read_reply_address


class TestRealHours:
    def test_night__mail_waits_for_the_hour_and_leaves_then(self, post: Post) -> None:
        post.queue()
        assert post.at(NIGHT) == Dispatched()
        assert post.row().state == OutboxState.QUEUED
        assert post.at(MORNING).sent == 1
        assert post.row().sent_at == MORNING
        assert post.server.taken[0].sent_at == MORNING

    def test_whole_night__fills_the_outbox_and_the_day_empties_it(self, post: Post) -> None:
        post.desk.account("acc_a")
        post.desk.account("acc_b", preferred_channel="sms")
        agreed = {"phone": "+12025550100", "consents": "sms"}
        post.desk.books.change("contact", "id", "con_acc_b", **agreed)
        post.desk.house.system_clock = FixedClock(NIGHT)
        run_night(post.desk.house, AS_OF, lambda *_step: None)
        states = [(row.channel, row.state) for row in post.desk.queued()]
        assert sorted(states) == [("email", OutboxState.QUEUED), ("sms", OutboxState.QUEUED)]
        assert not post.server.taken
        assert post.at(datetime(2026, 3, 17, 12, 30, tzinfo=UTC)).sent == 1  # 08:30: mail only
        assert post.at(MORNING).sent == 1
        assert faults(post) == []

    def test_evening__mail_that_was_due_in_the_morning_stays(self, post: Post) -> None:
        post.queue()
        assert post.at(EVENING) == Dispatched()
        assert post.row().state == OutboxState.QUEUED

    def test_next_day__words_that_are_out_of_date_are_stopped(self, post: Post) -> None:
        post.queue()
        post.desk.books.change("invoice", "id", "inv_acc_a_1", open_minor=60_00)
        done = post.at(MORNING + timedelta(days=1))
        assert (done.sent, done.stopped) == (0, 1)
        assert not post.server.taken

    def test_other_date_than_today__nothing_real_leaves(self, post: Post) -> None:
        post.queue()
        post.desk.house.system_clock = FixedClock(MORNING + timedelta(days=40))
        assert dispatch(post.desk.house, AS_OF, None) == Dispatched()
        assert post.row().state == OutboxState.QUEUED


class TestRefused:
    def test_dead_address__is_paused_and_a_person_finds_another(self, post: Post) -> None:
        outbox_id = post.queue()
        post.server.says[ADDRESS] = Refusal(RefusalKind.ADDRESS, "550 5.1.1 gone", 550)
        done = post.at(MORNING)
        assert (done.sent, done.failed) == (0, 1)
        (contact,) = post.all(Contact)
        assert contact.bounced
        (task,) = post.all(CallTask)
        assert task.kind == "find_contact"
        assert ADDRESS in task.summary
        assert "550 5.1.1 gone" in task.summary
        assert post.row().state == OutboxState.STOPPED
        assert post.row().id == outbox_id
        assert post.row().stopped_by == "not accepted: 550 5.1.1 gone"
        assert post.levels() == {0}  # a stage moves on acceptance only
        assert not post.all(Message)

    def test_dead_address__another_channel_is_an_action_of_its_own(self, post: Post) -> None:
        post.queue()
        post.desk.books.change("contact", "id", "con_acc_a", phone="+12025550100", consents="sms")
        post.server.says[ADDRESS] = Refusal(RefusalKind.ADDRESS, "550 gone", 550)
        post.at(MORNING)
        assert len(post.rows()) == 1  # nothing was tried by itself
        assert post.desk.reminder("acc_a").channel == "sms"

    def test_address_corrected_meanwhile__is_not_paused(self, post: Post) -> None:
        post.queue()
        no = Refusal(RefusalKind.ADDRESS, "550 gone", 550)
        post.server.says[ADDRESS] = no
        deliver = post.server.deliver

        def corrected_meanwhile(messages: Sequence[OutgoingMessage]) -> dict[str, Refusal]:
            post.desk.books.change("contact", "id", "con_acc_a", email="new@acc-a.example")
            return deliver(messages)

        post.server.deliver = corrected_meanwhile
        post.at(MORNING)
        (contact,) = post.all(Contact)
        assert not contact.bounced
        assert not post.all(CallTask)
        assert post.row().state == OutboxState.STOPPED

    def test_refused_for_now__goes_again_a_bounded_number_of_times(self, post: Post) -> None:
        post.queue()
        post.server.says[ADDRESS] = Refusal(RefusalKind.LATER, "451 greylisted", 451)
        attempts = post.desk.house.policy.contact.delivery_attempts
        for attempt in range(1, attempts):
            assert post.at(MORNING + timedelta(minutes=10 * attempt)).later == 1
            assert (post.row().state, post.row().attempts) == (OutboxState.QUEUED, attempt)
        post.at(MORNING + timedelta(minutes=10 * attempts))
        assert post.row().state == OutboxState.STOPPED
        (task,) = post.all(CallTask)
        assert f"after {attempts} attempts (451 greylisted)" in task.summary
        (contact,) = post.all(Contact)
        assert not contact.bounced

    def test_refused_for_now_then_taken__counts_once(self, post: Post) -> None:
        post.queue()
        post.server.says[ADDRESS] = Refusal(RefusalKind.LATER, "451 greylisted", 451)
        post.at(MORNING)
        post.server.says.clear()
        assert post.at(MORNING + timedelta(minutes=10)).sent == 1
        assert len(post.all(Message)) == 1
        assert post.levels() == {1}

    def test_server_not_to_be_had__nothing_counts_and_nothing_is_lost(self, post: Post) -> None:
        post.queue()
        post.server.says[ADDRESS] = Refusal(RefusalKind.UNREACHABLE, "closed")
        for attempt in range(9):
            assert post.at(MORNING + timedelta(minutes=attempt)).later == 1
        assert (post.row().state, post.row().attempts) == (OutboxState.QUEUED, 0)
        assert not post.all(CallTask)

    def test_refused_for_good__a_person_looks_and_the_address_stays(self, post: Post) -> None:
        post.queue()
        post.server.says[ADDRESS] = Refusal(RefusalKind.MESSAGE, "554 5.7.1 blocked", 554)
        post.at(MORNING)
        (task,) = post.all(CallTask)
        assert (task.kind, "554 5.7.1 blocked" in task.summary) == ("review", True)
        assert not post.all(Contact)[0].bounced

    def test_some_refused__the_others_go_in_the_same_round(
        self, post: Post, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("batch.dispatch.BATCH", 2)
        for number in range(7):
            post.queue(f"acc_{number}")
        later = Refusal(RefusalKind.LATER, "451 greylisted", 451)
        post.server.says = {f"pat@acc-{number}.example": later for number in range(0, 7, 2)}
        done = post.at(MORNING)
        assert (done.sent, done.later) == (3, 4)


class TestUncertain:
    def lost(self, post: Post) -> str:
        outbox_id = post.queue()
        post.server.says[ADDRESS] = Refusal(RefusalKind.UNCERTAIN, "connection lost")
        assert post.at(MORNING).failed == 1
        post.server.says.clear()
        return outbox_id

    def test_lost_connection__a_person_is_asked_and_nothing_is_repeated(self, post: Post) -> None:
        outbox_id = self.lost(post)
        assert post.row().state == OutboxState.UNCERTAIN
        (task,) = post.all(CallTask)
        assert outbox_id in task.summary
        post.at(MORNING + timedelta(hours=1))
        assert not post.server.taken
        assert len(post.all(CallTask)) == 1

    def test_channel_knows_by_now__it_is_sent(self, post: Post) -> None:
        self.lost(post)
        post.server.arrived = True
        assert post.at(MORNING + timedelta(hours=1)).sent == 1
        assert post.row().sent_at == MORNING
        assert post.levels() == {1}

    @pytest.mark.parametrize(("arrived", "mails", "level"), [(True, 0, 1), (False, 1, 1)])
    def test_person_found_out__it_is_sent_or_goes_again(
        self, post: Post, arrived: bool, mails: int, level: int
    ) -> None:
        outbox_id = self.lost(post)
        settle(post.desk.house, outbox_id, arrived, "cora")
        post.at(MORNING + timedelta(hours=1))
        assert len(post.server.taken) == mails
        assert post.levels() == {level}
        assert len(post.all(Message)) == 1
        with pytest.raises(Conflict):
            settle(post.desk.house, outbox_id, arrived, "cora")

    def test_no_such_message__is_told(self, post: Post) -> None:
        with pytest.raises(NotFound):
            settle(post.desk.house, "out_x", True, "cora")


class TestHeaders:
    def test_unattended_mail__says_so_and_names_itself_in_its_reply_address(
        self, post: Post
    ) -> None:
        outbox_id = post.queue()
        post.at(MORNING)
        mail = message_from_bytes(mail_bytes(post.server.taken[0]))
        assert mail["Auto-Submitted"] == "auto-generated"
        assert read_reply_address(mail["Reply-To"], post.desk.house.reply_key) == outbox_id
        assert mail["List-Unsubscribe"] is None

    def test_key__is_readable_by_its_owner_alone(self, post: Post) -> None:
        key = post.desk.house.home / "reply.key"
        assert key.stat().st_mode & 0o777 == 0o600
        assert key.read_bytes() == post.desk.house.reply_key
        assert len(post.desk.house.reply_key) == 32


class TestChannel:
    def reachable(self, post: Post, channel: str, **contact: Any) -> None:
        post.desk.account("acc_a", preferred_channel=channel)
        values = {"phone": "+12025550100", "consents": "sms"} | contact
        post.desk.books.change("contact", "id", "con_acc_a", **values)

    def test_preferred_text_message__leaves_as_one_within_its_own_hours(self, post: Post) -> None:
        self.reachable(post, "sms")
        post.queue_reminder()
        row = post.row()
        assert (row.channel, row.recipient) == ("sms", "+12025550100")
        assert row.release_at == datetime(2026, 3, 17, 13, tzinfo=UTC)  # 09:00, not 08:00
        late = datetime(2026, 3, 17, 22, 30, tzinfo=UTC)  # 18:30
        assert post.at(late).sent == 0
        assert post.at(MORNING).sent == 1
        assert post.levels() == {1}

    def test_verify__covers_every_channel(self, post: Post) -> None:
        self.reachable(post, "sms")
        post.queue_reminder()
        post.queue("acc_b")
        post.at(MORNING)
        (written,) = post.desk.house.mail.delivered().values()
        assert faults(post) == []
        written[0].write_text("{}")
        assert "other bytes" in faults(post)[0]
        written[0].unlink()
        assert "none" in faults(post)[0]


class TestDocuments:
    def queue(self, post: Post) -> Document:
        """A statement in the outbox, and the document that goes with it."""
        post.desk.account("acc_a")
        action = SendStatement(account_id="acc_a", contact_id="con_acc_a", currency="USD")
        post.submit(action)
        (made,) = post.all(Document)
        post.desk.books.unfreeze("document", "outbox")
        return made

    def test_named_document__goes_with_the_mail_and_is_proved(
        self, post: Post, tmp_path: Path
    ) -> None:
        made = self.queue(post)
        post.desk.house.mail = Channels({"email": MaildirMail(tmp_path / "mail")})
        assert dispatch(post.desk.house, AS_OF, None).sent == 1
        (written,) = post.desk.house.mail.delivered()[post.row().id]
        words, file = message_from_bytes(written.read_bytes()).get_payload()
        assert b"Dear Pat Doe" in words.get_payload(decode=True)
        assert (file.get_filename(), file.get_content_type()) == (made.name, "text/html")
        assert file.get_payload(decode=True) == made.content
        assert "$200.50" in page_text(made.content)
        assert faults(post) == []

    @pytest.mark.parametrize("changes", [{"id": "doc_2"}, {"file_digest": "x"}, {"account_id": 1}])
    def test_document_missing_changed_or_of_another__the_mail_is_stopped(
        self, post: Post, changes: dict[str, Any]
    ) -> None:
        made = self.queue(post)
        if "account_id" in changes:
            changes = {"account_id": post.desk.account("acc_b")}
        post.desk.books.change("document", "id", made.id, **changes)
        assert post.at(MORNING).stopped == 1
        assert "document" in post.row().stopped_by
        assert not post.server.taken

    @pytest.mark.parametrize("column", ["content", "name", "media_type", "attachments"])
    def test_any_byte_of_it_changed__the_permit_is_broken(self, post: Post, column: str) -> None:
        made = self.queue(post)
        other = made.content.replace(b"$200.50", b"$900.50")
        changes: dict[str, Any] = {"name": "other.exe", "media_type": "text/plain"}
        if column == "content":
            changes = {"content": other, "file_digest": digest(other)}
            post.desk.books.change("document", "id", made.id, **changes)
        elif column == "attachments":
            post.desk.books.change("outbox", "id", post.row().id, attachments="[]")
        else:
            post.desk.books.change("document", "id", made.id, **{column: changes[column]})
        assert faults(post)
        assert post.at(MORNING).stopped == 1
        assert post.row().stopped_by == "no permit for these bytes"
        assert not post.server.taken


def faults(post: Post) -> list[str]:
    results = prove(post.desk.house, lambda *_step: None)
    return [each.found for each in results if isinstance(each, CounterExample)]


def test_home_on_smtp__mail_arrives_once_and_the_copies_prove_it(
    post: Post, tmp_path: Path
) -> None:
    with mail_server() as server:
        mailer = SmtpMail(read_smtp_url(f"smtp://{server.url}"), tmp_path / "sent")
        post.desk.house.mail = Channels({"email": mailer})
        post.queue()
        for minutes in (0, 10):
            post.at(MORNING + timedelta(minutes=minutes))
        mail = server.mail_to(ADDRESS)
    assert mail["Message-ID"] == post.row().message_id
    assert faults(post) == []


@pytest.mark.parametrize(("lost", "sent", "state"), [(False, 1, "sent"), (True, 0, "uncertain")])
def test_crash_after_the_hand_over__the_copy_tells_or_a_person_does(
    post: Post,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    lost: bool,
    sent: int,
    state: str,
) -> None:
    class Killed(BaseException):
        pass

    def killed(*_args: Any) -> int:
        raise Killed

    post.queue()
    with mail_server() as server:
        mailer = SmtpMail(read_smtp_url(f"smtp://{server.url}"), tmp_path / "sent")
        post.desk.house.mail = Channels({"email": mailer})
        with monkeypatch.context() as crash:
            # Before the books note it, or before even the copy does.
            where = "adapters.outgoing.spool.Spool.keep_one" if lost else _RECORD
            crash.setattr(where, killed)
            with pytest.raises(Killed):
                post.at(MORNING)
        done = post.at(MORNING + timedelta(minutes=10))
        assert (done.sent, done.uncertain) == (sent, 1 - sent)
        post.at(MORNING + timedelta(minutes=20))
        assert len(server.taken[ADDRESS]) == 1
    assert post.row().state == state
    assert len(post.all(CallTask)) == 1 - sent


_RECORD = "batch.dispatch.record_accepted"


def test_refused_in_a_night__the_disposition_is_corrected_and_replays(post: Post) -> None:
    post.queue()
    post.server.says[ADDRESS] = Refusal(RefusalKind.ADDRESS, "550 gone", 550)
    post.at(MORNING, "run_a")
    assert [
        each
        for each in prove(post.desk.house, lambda *_step: None)
        if isinstance(each, CounterExample) and each.promise == "every_decision_replays"
    ] == []


def test_reminder__prefers_what_the_customer_prefers(post: Post) -> None:
    facts = post.desk.facts(post.desk.account("acc_a"))
    policy = post.desk.house.policy
    pat = replace(facts.contacts[0], phone="+12025550100", consents=("sms",))
    facts = replace(facts, contacts=(pat,), preferred_channel="sms")
    assert plan_contact(facts, policy).reminders[0].channel == "sms"
