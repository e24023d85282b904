"""A mail inside a mail: what a third party wrote, as the sender hands it on.

Its words are kept as a part beside the sender's own and never taken for theirs: anybody can write
such a mail, its header included. What is attached to it stays closed.
"""

from email.message import Message

from adapters.inbound_mail.headers import decoded_bytes, header_text
from adapters.inbound_mail.message import Limits
from adapters.inbound_mail.pages import page_words

FORWARDED_MAIL = "message/rfc822"
_SHOWN = ("From", "Date", "Subject")
_MOST_IN_A_HEADER = 300


def forwarded_words(part: Message, limits: Limits) -> str:
    """The words of a mail inside a mail, hidden ones too; empty where there is none inside.

    Args:
        part: The part that holds it.
        limits: Bounds the parts that are looked at.
    """
    payload = part.get_payload()
    if not isinstance(payload, list) or not payload or not isinstance(payload[0], Message):
        return ""
    inner = payload[0]
    head = [f"{name}: {header_text(inner, name)[:_MOST_IN_A_HEADER]}" for name in _SHOWN]
    words: list[str] = []
    closed = 0
    waiting: list[tuple[Message, int]] = [(inner, 0)]
    for _ in range(limits.parts):
        if not waiting:
            break
        here, depth = waiting.pop()
        below = here.get_payload() if here.get_content_maintype() == "multipart" else None
        if isinstance(below, list):
            children = [each for each in below if isinstance(each, Message)]
            waiting += [(each, depth + 1) for each in reversed(children) if depth < limits.depth]
        elif here.get_content_type() in ("text/plain", "text/html") and not here.get_filename():
            words.append(_text(here))
        else:
            closed += 1
    told = [f"[{closed} of its attachments were not opened]"] if closed else []
    return "\n".join([*head, "", *dict.fromkeys(words), *told])[: limits.text_characters]


def _text(part: Message) -> str:
    data = part.get_payload(decode=True)
    text = decoded_bytes(data if isinstance(data, bytes) else b"", part.get_content_charset())
    if part.get_content_type() != "text/html":
        return text.strip()
    page = page_words(text)
    return f"{page.shown}\n{page.hidden}".strip()
