"""Mails as bytes: whole ones, and ones that are wrong in a single place."""

from collections.abc import Mapping
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import SMTP

NOW = datetime(2026, 3, 17, 9, tzinfo=UTC)
SENT = "Mon, 16 Mar 2026 18:30:00 +0100"


def mail(
    body: str = "We will look into it.",
    *,
    sender: str = "Ada Lind <ap@harbor.example>",
    to: str = "ar@northwind.example",
    subject: str = "Your letter",
    message_id: str | None = "<m1@harbor.example>",
    date: str | None = SENT,
    html: str | None = None,
    files: Mapping[str, tuple[str, bytes]] | None = None,
    **headers: str,
) -> bytes:
    """A mail; headers are named with underscores, files are pairs of media type and content."""
    message = EmailMessage(policy=SMTP)
    message["From"] = sender
    message["To"] = to
    message["Subject"] = subject
    if message_id:
        message["Message-ID"] = message_id
    if date:
        message["Date"] = date
    for name, value in headers.items():
        message[name.replace("_", "-")] = value
    message.set_content(body)
    if html is not None:
        message.add_alternative(html, subtype="html")
    for name, (media_type, content) in (files or {}).items():
        kind, _, subtype = media_type.partition("/")
        message.add_attachment(content, maintype=kind, subtype=subtype, filename=name)
    return message.as_bytes()


def bounce(
    address: str,
    original_id: str,
    *,
    status: str = "5.1.1",
    action: str = "failed",
    message_id: str = "<b1@mx.example>",
) -> bytes:
    """A delivery report as mail servers write it (RFC 3464), with the header of our mail."""
    return f"""From: Mail Delivery System <MAILER-DAEMON@mx.example>
To: ar@northwind.example
Subject: Undelivered Mail Returned to Sender
Message-ID: {message_id}
Date: {SENT}
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="r"

--r
Content-Type: text/plain

I'm sorry to have to inform you that your message could not be delivered.
--r
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example

Final-Recipient: rfc822; {address}
Original-Recipient: rfc822; {address}
Action: {action}
Status: {status}
Diagnostic-Code: smtp; 550 {status} no such user

--r
Content-Type: text/rfc822-headers

From: ar@northwind.example
To: {address}
Message-ID: {original_id}
Subject: Your account

--r--
""".replace("\n", "\r\n").encode()


def pdf(text: str, pages: int = 1, packed: bytes | None = None) -> bytes:
    """A PDF with one line of text a page, or with content that is packed already."""
    stream = packed or f"BT /F1 12 Tf 72 720 Td ({text}) Tj ET".encode()
    packing = "/Filter /FlateDecode " if packed else ""
    kids = " ".join(f"{4 + 2 * n} 0 R" for n in range(pages))
    parts = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {pages} >>".encode(),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    for number in range(pages):
        page = (
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] "
            f"/Resources << /Font << /F1 3 0 R >> >> /Contents {5 + 2 * number} 0 R >>"
        )
        head = f"<< {packing}/Length {len(stream)} >>\nstream\n".encode()
        parts += [page.encode(), head + stream + b"\nendstream"]
    out, places = b"%PDF-1.4\n", []
    for number, part in enumerate(parts, start=1):
        places.append(len(out))
        out += b"%d 0 obj\n%b\nendobj\n" % (number, part)
    start = len(out)
    out += f"xref\n0 {len(parts) + 1}\n0000000000 65535 f \n".encode()
    out += b"".join(f"{place:010d} 00000 n \n".encode() for place in places)
    out += f"trailer\n<< /Size {len(parts) + 1} /Root 1 0 R >>\n".encode()
    return out + f"startxref\n{start}\n%%EOF".encode()
