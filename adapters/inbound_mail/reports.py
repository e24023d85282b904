"""What machines write: answers nobody typed, and reports of mails that could not be delivered."""

import re
from email.message import Message
from email.parser import HeaderParser

from adapters.inbound_mail.headers import (
    BROKEN,
    addresses_in,
    ids_in,
    raw_header,
    raw_headers,
)
from adapters.inbound_mail.message import FailedAddress, MessageKind
from adapters.outgoing.refusals import is_dead_address

_MAILERS = ("mailer-daemon", "postmaster", "mail-daemon", "mailerdaemon", "bounce", "bounces")
_AUTO_PRECEDENCE = frozenset({"auto_reply", "auto-reply", "bulk", "junk"})
_AUTO_HEADERS = ("X-Autoreply", "X-Autorespond", "X-Auto-Reply", "X-Autoresponder")
_SUPPRESS = frozenset({"all", "oof", "autoreply"})
_ORIGINAL_ID = re.compile(r"^Message-ID:\s*(<[^<>\s]{1,400}>)", re.IGNORECASE | re.MULTILINE)
_STATUS = re.compile(r"\b([245]\.\d{1,3}\.\d{1,3})\b")
_MOST = 50


def kind_of(message: Message, sender: str, leaves: list[Message]) -> MessageKind:
    """Who wrote a mail: a person, their machine, or a mail server about a mail of ours.

    `Precedence: list` says nothing: our own address may be a group that adds it to everything.
    """
    if _report_type(message) == "delivery-status" or any(
        leaf.get_content_type() == "message/delivery-status" for leaf in leaves
    ):
        return MessageKind.BOUNCE
    if sender.partition("@")[0] in _MAILERS or raw_header(message, "X-Failed-Recipients"):
        return MessageKind.BOUNCE
    return MessageKind.AUTO_REPLY if _is_automatic(message) else MessageKind.MESSAGE


def _is_automatic(message: Message) -> bool:
    submitted = raw_header(message, "Auto-Submitted").partition(";")[0].strip().lower()
    if submitted and submitted != "no":
        return True
    if raw_header(message, "Precedence").strip().lower() in _AUTO_PRECEDENCE:
        return True
    asked = {word.strip().lower() for word in _words(message, "X-Auto-Response-Suppress")}
    if asked & _SUPPRESS or _report_type(message) == "disposition-notification":
        return True
    return any(raw_header(message, name) for name in _AUTO_HEADERS)


def _words(message: Message, name: str) -> list[str]:
    return ",".join(raw_headers(message, name)).split(",")


def _report_type(message: Message) -> str:
    try:
        if message.get_content_type() != "multipart/report":
            return ""
        return str(message.get_param("report-type", "")).lower()
    except BROKEN:
        return ""


def failures_in(message: Message, leaves: list[Message]) -> tuple[FailedAddress, ...]:
    """Addresses a bounce reports, by its own fields if it has them, else by its wording."""
    reports = [leaf for leaf in leaves if leaf.get_content_type() == "message/delivery-status"]
    told = [found for report in reports for found in _fields_of(report)]
    return tuple(told[:_MOST]) or _by_wording(message)


def _fields_of(report: Message) -> list[FailedAddress]:
    """One entry for each recipient block of a delivery status."""
    blocks = report.get_payload()
    if not isinstance(blocks, list):
        return []
    found = []
    for block in blocks[: _MOST + 1]:
        if not isinstance(block, Message):
            continue
        named = raw_header(block, "Original-Recipient") or raw_header(block, "Final-Recipient")
        addresses = addresses_in([named.partition(";")[2] or named])
        status = _STATUS.search(raw_header(block, "Status"))
        action = raw_header(block, "Action").strip().lower()
        if not addresses or action in ("delivered", "relayed", "expanded"):
            continue
        code = status[1] if status else ""
        failed = action == "failed" or (action != "delayed" and code.startswith("5"))
        dead = failed and bool(code) and is_dead_address(int(code[0]) * 100, code)
        found.append(FailedAddress(addresses[0][1], code, failed, dead))
    return found


def _by_wording(message: Message) -> tuple[FailedAddress, ...]:
    """What the wording of known mail servers says, where there is no report in fields."""
    from flufl.bounce import all_failures

    try:
        temporary, permanent = all_failures(message)
    except (*BROKEN, NotImplementedError):
        return ()
    found = [FailedAddress(each, "", True, True) for each in _as_text(permanent)]
    found += [FailedAddress(each, "", False, False) for each in _as_text(temporary)]
    return tuple(found[:_MOST])


def _as_text(addresses: object) -> list[str]:
    if not isinstance(addresses, set | frozenset):
        return []
    plain = [a.decode("utf-8", "replace") if isinstance(a, bytes) else str(a) for a in addresses]
    return sorted(address for _name, address in addresses_in(plain))


def returned_ids(leaves: list[Message], body: str) -> tuple[str, ...]:
    """Message-IDs of the mail that a bounce gives back, whole, by its header, or in its words."""
    found: list[str] = []
    for leaf in leaves:
        try:
            if leaf.get_content_type() == "message/rfc822":
                inner = leaf.get_payload()
                if isinstance(inner, list) and inner and isinstance(inner[0], Message):
                    found.extend(ids_in(inner[0], "Message-ID"))
            elif leaf.get_content_type() == "text/rfc822-headers":
                payload = leaf.get_payload(decode=True)
                text = payload.decode("utf-8", "replace") if isinstance(payload, bytes) else ""
                found.extend(ids_in(HeaderParser().parsestr(text[:65_536]), "Message-ID"))
        except BROKEN:
            continue
    return tuple(dict.fromkeys([*found, *_ORIGINAL_ID.findall(body)[:_MOST]]))
