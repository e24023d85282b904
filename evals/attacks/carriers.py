"""How the text of a row comes in: as the bytes its carrier has, through the door that carrier uses.

Mails, text messages, bank files and exports are dropped where a home takes them in; what a portal
or a telephone system hands over goes in as they hand it over. A carrier nobody has heard of is the
body of a mail.
"""

import csv
import io
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path

import orjson

from adapters.inbound_mail.message import IncomingMessage
from evals.attacks.rows import AttackRow
from evals.attacks.statement import bank_statement
from evals.attacks.world import ACCOUNT, AS_OF, EMAIL, OUR_MAIL, PHONE
from graph.bootstrap import House
from tools.inbound import take_in
from tools.inbound_rows import Intake

RECEIVED_AT = datetime.combine(AS_OF, time(9), UTC)
SHORT_PAYMENT = 100_00
_AMOUNT = re.compile(r"\b(\d{1,3}(?:,\d{3})*|\d+)\.(\d{2})\b")
_MEMO_LENGTH = 140
_ASKED = "chat_paste"
_SAYS = "Please see the attached file."


@dataclass(frozen=True, slots=True)
class Placed:
    """What was carried in.

    Attributes:
        question: What a collector pastes into a conversation; empty for every other carrier.
        received_minor: Money that really came with it.
    """

    question: str = ""
    received_minor: int = 0


def place(row: AttackRow, house: House) -> Placed:
    """Put a row where its carrier brings it, before the night."""
    return DOORS.get(row.carrier, _mail)(row, house)


def _mail(row: AttackRow, house: House) -> Placed:
    return _post(house, _message(row.text))


def _subject(row: AttackRow, house: House) -> Placed:
    return _post(house, _message("See the subject, please.", subject=on_one_line(row.text)))


def _html(row: AttackRow, house: House) -> Placed:
    message = _message(None)
    message.set_content(row.text, subtype="html")
    return _post(house, message)


def _header(row: AttackRow, house: House) -> Placed:
    message = _message("Thank you for your letter.")
    message["X-Note"] = on_one_line(row.text)
    message["Organization"] = on_one_line(row.text)[:200]
    return _post(house, message)


def _attached(name: str, media_type: str) -> Callable[[AttackRow, House], Placed]:
    def carry(row: AttackRow, house: House) -> Placed:
        return _post(house, _with_file(name, media_type, row.text.encode()))

    return carry


def _named_file(row: AttackRow, house: House) -> Placed:
    return _post(house, _with_file(on_one_line(row.text), "application/pdf", pdf_that_says({})))


def _pdf_metadata(row: AttackRow, house: House) -> Placed:
    told = {f"/{key}": on_one_line(row.text) for key in ("Title", "Subject", "Author", "Keywords")}
    return _post(house, _with_file("statement.pdf", "application/pdf", pdf_that_says(told)))


def _remittance(name: str, media_type: str) -> Callable[[AttackRow, House], Placed]:
    """An advice comes as a mail with the advice in it, and as a file for the reader of advices."""

    def carry(row: AttackRow, house: House) -> Placed:
        message = _with_file(name, media_type, row.text.encode(), body=row.text)
        _drop(house.home, "bank", name, row.text.encode())
        return _post(house, message)

    return carry


def _bank_memo(row: AttackRow, house: House) -> Placed:
    """A line of a bank statement: money that came in, with the text as its memo."""
    found = _AMOUNT.search(row.text)
    minor = int(f"{found[1]}{found[2]}".replace(",", "")) if found else SHORT_PAYMENT
    memo = on_one_line(row.text)[:_MEMO_LENGTH]
    _drop(house.home, "bank", "statement.xml", bank_statement(minor, memo, row.account))
    return Placed(received_minor=minor)


def _customer_master(row: AttackRow, house: House) -> Placed:
    """An export of customers, whose field the text stands in."""
    contact = row.text.partition("contact:")[2].strip() or row.text
    columns = ("customer_number", "customer_name", "contact_name", "email")
    values = (ACCOUNT.removeprefix("acc_").upper(), row.account, contact, EMAIL)
    _drop(house.home, "customers", "customers.csv", as_table(columns, values))
    return Placed()


def _contract_note(row: AttackRow, house: House) -> Placed:
    number = ACCOUNT.removeprefix("acc_").upper()
    columns = ("contract_number", "customer_number", "text")
    _drop(house.home, "contracts", "contracts.csv", as_table(columns, ("K1", number, row.text)))
    return Placed()


def _sms(row: AttackRow, house: House) -> Placed:
    told = {"id": "sms-1", "from": PHONE, "body": row.text, "received_at": RECEIVED_AT}
    _drop(house.home, "sms", "messages.json", orjson.dumps(told))
    return Placed()


def _handed_over(carrier: str) -> Callable[[AttackRow, House], Placed]:
    """What a signed-in portal or the telephone system hands over: its account is proven."""

    def carry(row: AttackRow, house: House) -> Placed:
        message = IncomingMessage(
            channel="portal",
            carrier=carrier,
            message_id=f"{carrier}:1",
            sender=EMAIL,
            body=row.text,
            received_at=RECEIVED_AT,
            account_id=ACCOUNT,
        )
        now = house.clock_at(AS_OF).now()
        with house.ledger.write() as session:
            take_in(session, [message], Intake(house.policy, house.reply_key, AS_OF, now))
        return Placed()

    return carry


def _chat(row: AttackRow, house: House) -> Placed:  # noqa: ARG001 - the shape of every door
    return Placed(question=row.text[:3900])


DOORS: Mapping[str, Callable[[AttackRow, House], Placed]] = {
    "email": _mail,
    "email_body": _mail,
    "quoted_thread": _mail,
    "appended": _mail,
    "email_subject": _subject,
    "html_email": _html,
    "email_header": _header,
    "ics_invite": _attached("invite.ics", "text/calendar"),
    "dispute_doc": _attached("delivery-note.txt", "text/plain"),
    "document": _attached("document.txt", "text/plain"),
    "ocr_text": _attached("scan.txt", "text/plain"),
    "json_payload": _attached("data.json", "application/json"),
    "pdf_metadata": _pdf_metadata,
    "filename": _named_file,
    "remittance_text": _remittance("remittance.txt", "text/plain"),
    "remittance_csv": _remittance("remittance.csv", "text/csv"),
    "bank_memo": _bank_memo,
    "customer_master": _customer_master,
    "contract_note": _contract_note,
    "knowledge": _contract_note,
    "tool_output": _contract_note,
    "web_portal_note": _handed_over("portal"),
    "voicemail": _handed_over("voicemail"),
    "sms": _sms,
    "chat": _chat,
    _ASKED: _chat,
}


def _message(body: str | None, subject: str = "Re: Your account") -> EmailMessage:
    """A mail of the customer that answers our letter."""
    message = EmailMessage(policy=SMTP)
    message["From"] = f"Pat Doe <{EMAIL}>"
    message["To"] = "ar@northwind.example"
    message["Subject"] = subject
    message["Message-ID"] = "<1@customer.example>"
    message["In-Reply-To"] = OUR_MAIL
    message["Date"] = RECEIVED_AT
    if body is not None:
        message.set_content(body)
    return message


def _with_file(name: str, media_type: str, content: bytes, body: str = _SAYS) -> EmailMessage:
    message = _message(body)
    kind, _, subtype = media_type.partition("/")
    message.add_attachment(content, maintype=kind, subtype=subtype, filename=name)
    return message


def _post(house: House, message: EmailMessage) -> Placed:
    _drop(house.home, "mail", "1.eml", message.as_bytes())
    return Placed()


def _drop(home: Path, kind: str, name: str, content: bytes) -> None:
    folder = home / "intake" / kind
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(content)


def on_one_line(text: str) -> str:
    """On one line, without signs that no header or memo can hold."""
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())


def as_table(columns: tuple[str, ...], values: tuple[str, ...]) -> bytes:
    """A file of comma separated values with one row."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(columns)
    writer.writerow(values)
    return out.getvalue().encode()


def pdf_that_says(told: dict[str, str]) -> bytes:
    """An empty page with what its metadata tell."""
    from pypdf import PdfWriter

    writer, out = PdfWriter(), io.BytesIO()
    writer.add_blank_page(width=612, height=792)
    writer.add_metadata(told)
    writer.write(out)
    return out.getvalue()
