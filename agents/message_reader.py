"""Who opens what customers wrote: a reader without tools, whose answer is claims, nothing else."""

import functools
from collections.abc import Iterator
from importlib import resources

from adapters.bank_files.advice_mail_lines import read_message as read_advice
from adapters.bank_files.advice_mail_text import read_words
from adapters.inbound_mail.forwarded import FORWARDED_MAIL
from adapters.inbound_mail.message import HIDDEN_TEXT, OTHER_VERSION
from agents.chat_model import ChatPort
from agents.model_reading import add_claims
from agents.part_reading import ReadPart, add_parts
from engines.reading.message import InboundText
from engines.reading.model import Reading
from engines.reading.quotes import own_words
from engines.reading.read import read_message
from ledger.ids import digest
from policies.schema import Policy
from tools.inbound_sealed import Incoming, Part

_MOST_PARTS = 8
_SURE_OF_STOP = 0.5
_GREETING = "Hello,"
_REMITTING = frozenset({"remittance_advice", "already_paid", "promise_to_pay"})
_OBJECTING = frozenset({"dispute", "short_pay", "credit_request", "request_copy"})
_WORDS = ("text/plain", "text/html", "application/pdf")
"""Files that can be the message itself, where nothing else was written."""


@functools.cache
def reader_version() -> str:
    """What the words were read with: a digest of the word lists and the trained weights."""
    parts = sorted(
        (part.name, part.read_bytes())
        for part in resources.files("engines.reading").iterdir()
        if part.is_file() and not part.name.endswith(".py")
    )
    return digest(b"\x1f".join(name.encode() + b"\x1f" + data for name, data in parts))[:12]


def read_inbound(message: Incoming, policy: Policy, model: ChatPort | None = None) -> Reading:
    """Read one message by the trained reader, and by a model beside it where one is configured.

    Args:
        message: The message as it was taken in, its words sealed.
        policy: Its calendar is what relative dates count in.
        model: A configured model; never the offline one, which cannot read.
    """
    calendar = policy.company.calendar
    beside = [part for part in message.parts if part.text]
    body = message.body.open_to_read()
    if not message.body:
        said = [part for part in beside if part.media_type in _WORDS][:_MOST_PARTS]
        beside = [part for part in beside if part not in said]
        body = "\n\n".join(part.text.open_to_read() for part in said)
    words = _text(message, message.subject.open_to_read(), body)
    reading = read_message(words, calendar=calendar)
    if model:
        reading = add_claims(reading, words, policy, model, calendar)
    read = list(_read_parts(message, beside, calendar))
    return add_parts(reading, read, left=len(beside) - len(read))


def remittance_in(message: Incoming, policy: Policy) -> bytes | None:
    """The customer's own words where they are a table of what a payment is for, else None.

    Words they only quote do not count: our own letters hold such tables. A table of what they
    do not accept is none either.
    """
    if message.account_id is None or message.authentic == "fail" or message.kind != "message":
        return None
    body = message.body.open_to_read()
    # Handed on without a word, everything would count as theirs.
    own = own_words(f"{_GREETING}\n{body}").removeprefix(_GREETING)
    if not own.strip() or not read_advice(read_words(own.encode(), "").rows).documents:
        return None
    reading = read_message(
        _text(message, message.subject.open_to_read(), body), calendar=policy.company.calendar
    )
    told = set(reading.intents)
    is_one = told & _REMITTING and not told & _OBJECTING and not reading.injection
    return own.strip("\n").encode() if is_one else None


def asks_to_stop(reading: Reading) -> bool:
    """Whether a message asks to be left alone so clearly that it is obeyed whoever wrote it."""
    asked = "stop_contact" in reading.intents
    return asked and reading.confidence["stop_contact"] >= _SURE_OF_STOP


def _read_parts(message: Incoming, parts: list[Part], calendar: str) -> Iterator[ReadPart]:
    """Readings of what came beside the words, the suspicious first."""
    suspicious = (HIDDEN_TEXT, OTHER_VERSION)
    ranked = sorted(parts, key=lambda part: part.media_type not in suspicious)
    for part in ranked[:_MOST_PARTS]:
        shown, subject = part.text.open_to_read(), ""
        if part.media_type == FORWARDED_MAIL:  # its header would read like that of a quotation
            head, _, rest = shown.partition("\n\n")
            shown, subject = rest or shown, head.partition("\nSubject: ")[2]
        words = _text(message, subject, shown)
        yield ReadPart(part.media_type, read_message(words, calendar=calendar))


def _text(message: Incoming, subject: str, body: str) -> InboundText:
    return InboundText(
        subject=subject,
        body=body,
        received=message.received_at,
        sender=message.sender,
        carrier=message.carrier,
    )
