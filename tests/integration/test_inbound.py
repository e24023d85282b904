"""Mail is recorded once, whole or not at all, and given back sealed."""

import io
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP

import pytest
from openpyxl import Workbook
from sqlalchemy import select

from adapters.inbound_mail.message import IncomingMessage
from guardrails.untrusted import Untrusted
from ledger.clock import FixedClock
from ledger.errors import Conflict, NotFound
from ledger.tables.account import Account
from ledger.tables.inbound import Attachment, Inbound
from ledger.tables.receivable import BankLine, RemittanceLine
from ledger.tables.work import Audit
from tests.support.mail_room import AS_OF, NOW, OURS, MailRoom, mail_room
from tests.support.mails import mail
from tools.inbound_advices import take_in_advices
from tools.inbound_by_hand import link_by_hand, set_aside
from tools.inbound_sealed import incoming

__all__ = ["mail_room"]
ADVICE = b"Invoice,Amount,Currency\nINV-1001,1200.00,USD\n"
STATEMENT = b"Date,Description,Amount,Balance\n2026-03-16,Payment Harbor,1200.00,5200.00\n"


class TestOnce:
    def test_same_mail_again__is_known(self, mail_room: MailRoom) -> None:
        mail_room.take(mail(In_Reply_To=OURS))
        again = mail_room.take(mail(In_Reply_To=OURS), mail(In_Reply_To=OURS))
        assert (again.messages, again.known) == (0, 2)
        assert again.ids == (mail_room.only().id,)
        assert len(mail_room.heard()) == 1

    def test_twice_in_one_batch__is_one(self, mail_room: MailRoom) -> None:
        assert mail_room.take(mail(), mail()).messages == 1

    def test_any_order__same_books(self, mail_room: MailRoom) -> None:
        older = mail("First.", message_id="<1@h.example>", date="Thu, 12 Mar 2026 08:00:00 +0000")
        newer = mail("Second.", message_id="<2@h.example>")
        mail_room.take(newer)
        mail_room.take(older)
        days = sorted(row.received_on.isoformat() for row in mail_room.rows(Inbound))
        assert days == ["2026-03-12", "2026-03-16"]

    def test_failure_in_a_batch__leaves_nothing(self, mail_room: MailRoom) -> None:
        bad = IncomingMessage(received_at=NOW, account_id="acc_nobody", channel="portal")
        with pytest.raises(Exception, match=r"FOREIGN KEY|foreign key"):
            mail_room.take(mail(In_Reply_To=OURS), bad)
        assert mail_room.rows(Inbound) == []
        assert mail_room.heard() == []


class TestHistory:
    def test_message_of_a_person__wants_an_answer_and_a_look(self, mail_room: MailRoom) -> None:
        mail_room.books.change("account", "id", "acc_a", next_action_on=AS_OF)
        mail_room.take(mail(In_Reply_To=OURS))
        assert [each.answered for each in mail_room.heard()] == [False]
        (account,) = mail_room.rows(Account, id="acc_a")
        assert account.next_action_on is None

    def test_auto_reply__is_kept_and_never_answered(self, mail_room: MailRoom) -> None:
        mail_room.take(mail(In_Reply_To=OURS, Auto_Submitted="auto-replied"))
        assert (mail_room.only().kind, mail_room.only().state) == ("auto_reply", "read")
        assert [each.answered for each in mail_room.heard()] == [True]

    def test_portal_message__is_linked_by_its_account(self, mail_room: MailRoom) -> None:
        mail_room.take(
            IncomingMessage(channel="portal", received_at=NOW, account_id="acc_b", body="Hi")
        )
        assert (mail_room.only().linked_by, len(mail_room.heard("acc_b"))) == ("portal", 1)

    def test_journal__counts_the_batch(self, mail_room: MailRoom) -> None:
        mail_room.take(mail(In_Reply_To=OURS), mail("b", sender="x@y.example"))
        with mail_room.house.ledger.read() as session:
            kinds = list(session.scalars(select(Audit.kind)))
        assert kinds.count("mail_taken_in") == 1


class TestReadBack:
    def test_words__come_back_sealed(self, mail_room: MailRoom) -> None:
        data = mail("Body.", subject="Subject", files={"a.csv": ("text/csv", b"x;y\n")})
        mail_room.take(data)
        with mail_room.house.ledger.read() as session:
            (found,) = incoming(session, [mail_room.only().id])
        assert found.subject == Untrusted("Subject", "subject")
        assert found.body.open_to_read().strip() == "Body."
        (part,) = found.parts
        assert (part.name, part.text.open_to_read()) == ("a.csv", "x;y\n")


class TestByHand:
    def link(self, room: MailRoom, inbound_id: str, account_id: str = "acc_a") -> None:
        with room.house.ledger.write() as session:
            link_by_hand(session, inbound_id, account_id, "cora", NOW)

    def test_person_links_a_mail__it_is_read_like_any_other(self, mail_room: MailRoom) -> None:
        mail_room.take(mail())
        self.link(mail_room, mail_room.only().id)
        row = mail_room.only()
        assert (row.account_id, row.contact_id, row.linked_by) == ("acc_a", "con_a", "person")
        assert row.state == "new"
        assert [each.answered for each in mail_room.heard()] == [False]

    def test_linked_already__is_refused(self, mail_room: MailRoom) -> None:
        mail_room.take(mail(In_Reply_To=OURS))
        with pytest.raises(Conflict, match="belongs to acc_a already"):
            self.link(mail_room, mail_room.only().id, "acc_b")

    def test_no_such_message__says_how_to_find_one(self, mail_room: MailRoom) -> None:
        with pytest.raises(NotFound, match="dunwell mail list"):
            self.link(mail_room, "inb_x")

    def test_advertising__is_set_aside(self, mail_room: MailRoom) -> None:
        mail_room.take(mail(sender="ads@elsewhere.example"))
        with mail_room.house.ledger.write() as session:
            set_aside(session, mail_room.only().id, "cora", NOW)
        assert mail_room.only().state == "set_aside"


class TestAdvices:
    def advices(self, room: MailRoom, *ids: str) -> int:
        return take_in_advices(
            room.house.ledger, ids, as_of=AS_OF, currency="USD", clock=FixedClock(NOW)
        )

    def test_advice_of_a_customer__is_booked_once(self, mail_room: MailRoom) -> None:
        taken = mail_room.take(mail(In_Reply_To=OURS, files={"adv.csv": ("text/csv", ADVICE)}))
        assert self.advices(mail_room, *taken.ids) == 1
        assert self.advices(mail_room, *taken.ids) == 0
        (line,) = mail_room.rows(RemittanceLine)
        assert (line.reference, line.net_minor) == ("INV-1001", 120_000)

    def test_workbook_of_a_customer__is_booked_as_its_table(self, mail_room: MailRoom) -> None:
        book, out = Workbook(), io.BytesIO()
        book.worksheets[0].append(["Invoice", "Amount", "Currency"])
        book.worksheets[0].append(["INV-1001", 1200.0, "USD"])
        book.save(out)
        files = {"adv.xlsx": ("application/octet-stream", out.getvalue())}
        taken = mail_room.take(mail(In_Reply_To=OURS, files=files))
        assert self.advices(mail_room, *taken.ids) == 1
        (line,) = mail_room.rows(RemittanceLine)
        assert (line.reference, line.net_minor) == ("INV-1001", 120_000)

    def test_advice_in_a_forwarded_mail__is_not_the_customers(self, mail_room: MailRoom) -> None:
        inner = EmailMessage()
        inner["From"] = "somebody@elsewhere.example"
        inner.set_content(ADVICE.decode())
        outer = message_from_bytes(mail(In_Reply_To=OURS), policy=SMTP)
        outer.make_mixed()
        outer.add_attachment(inner)
        taken = mail_room.take(outer.as_bytes())
        assert "INV-1001" in mail_room.rows(Attachment)[0].body
        assert self.advices(mail_room, *taken.ids) == 0

    def test_advice_of_a_doubted_or_unknown_sender__is_not(self, mail_room: MailRoom) -> None:
        files = {"adv.csv": ("text/csv", ADVICE)}
        taken = mail_room.take(
            mail(files=files), mail("b", sender="ap@harb0r.example", In_Reply_To=OURS, files=files)
        )
        assert self.advices(mail_room, *taken.ids) == 0

    def test_bank_statement_by_mail__is_no_money(self, mail_room: MailRoom) -> None:
        taken = mail_room.take(mail(In_Reply_To=OURS, files={"s.csv": ("text/csv", STATEMENT)}))
        self.advices(mail_room, *taken.ids)
        assert mail_room.rows(BankLine) == []

    def test_file_in_the_books__has_its_text(self, mail_room: MailRoom) -> None:
        mail_room.take(mail(files={"adv.csv": ("text/csv", ADVICE)}))
        assert [file.body for file in mail_room.rows(Attachment)] == [ADVICE.decode()]
