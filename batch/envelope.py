"""A row of the outbox as it is handed over: the letter, and the headers that follow from it.

Everything here derives from the row, the policy and the key of the home, so that `dunwell verify`
makes the same bytes again.
"""

from datetime import datetime
from typing import Any

from adapters.outgoing.message import AttachedFile, OutgoingMessage
from ledger.actions import read_action
from policies.letters.words import REQUIRED
from policies.schema import Policy
from tools.reply_address import make_reply_address, make_token

_OFFERS = tuple(lines.opt_out_email for lines in REQUIRED.values())


def envelope(
    policy: Policy,
    key: bytes,
    row: Any,
    at: datetime,
    files: tuple[AttachedFile, ...] = (),
) -> OutgoingMessage:
    """A message signed by the company as the policy has it.

    Args:
        policy: Names the company and says what headers a mail carries.
        key: Seals the reply address.
        row: The row of the outbox.
        at: The instant of the attempt.
        files: The documents that go with it.
    """
    company, is_mail = policy.company, row.channel == "email"
    tagged = is_mail and company.reply_tag
    reply_to = make_reply_address(company.reply_to, row.id, key) if tagged else company.reply_to
    return OutgoingMessage(
        outbox_id=row.id,
        message_id=row.message_id,
        sender=company.sender_email,
        sender_name=company.name,
        reply_to=reply_to,
        recipient=row.recipient,
        cc=tuple(row.cc.split(",")) if row.cc else (),
        subject=row.subject,
        body=row.body,
        sent_at=at,
        channel=row.channel,
        language=company.language if is_mail else read_action(row.action).language,
        answers=row.in_reply_to,
        automatic=_automatic(row) if is_mail else "",
        unsubscribe=_unsubscribe(policy, key, row, reply_to) if is_mail else (),
        attachments=files if is_mail else (),
    )


def _automatic(row: Any) -> str:
    """What nobody approved came from a template by itself, and says so to other machines."""
    if row.proposal_id is not None:
        return ""
    return "auto-replied" if row.in_reply_to else "auto-generated"


def _unsubscribe(policy: Policy, key: bytes, row: Any, reply_to: str) -> tuple[str, ...]:
    wanted = policy.contact.list_unsubscribe
    offered = wanted == "always" or any(line in row.body for line in _OFFERS)
    if wanted == "never" or not offered or not reply_to:
        return ()
    by_mail = f"mailto:{reply_to}?subject=unsubscribe"
    link = policy.company.unsubscribe_link
    if not link:
        return (by_mail,)
    return by_mail, link.replace("{token}", make_token(row.id, key))
