"""Remittance advices that came by mail: what a payer says a payment is for.

They are material for matching and never money: whatever such a file says of balances or booked
lines is left out, because a bank does not send us mail.
"""

import hashlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date

from adapters.bank_files import advice_mail
from adapters.bank_files.model import BankFile
from adapters.bank_files.reading import read_bank_file
from adapters.inbound_mail.forwarded import FORWARDED_MAIL
from adapters.inbound_mail.message import HIDDEN_TEXT, OTHER_VERSION
from ledger.clock import Clock
from ledger.errors import BadInput
from ledger.queries.inbound import known_files, readable_files
from ledger.session import Ledger
from tools.bank_book import take_in_bank_file
from tools.inbound_bounces import ACTOR

# Words that are not the customer's own file: what a third party wrote says nothing of a payment.
_NOT_FILES = (HIDDEN_TEXT, OTHER_VERSION, FORWARDED_MAIL)


@dataclass(frozen=True, slots=True)
class _Advice:
    """An attachment that says what a payment is for."""

    name: str
    data: bytes
    file: BankFile


def take_in_advices(
    ledger: Ledger, inbound_ids: Collection[str], *, as_of: date, currency: str, clock: Clock
) -> int:
    """Book the advices among the attachments of some messages, each once.

    Only messages whose account is known and whose sender is not doubted are looked at.

    Returns:
        How many lines of advices are new.
    """
    with ledger.read() as session:
        files = [f for f in readable_files(session, inbound_ids) if f.media_type not in _NOT_FILES]
        data = [file.body.encode() for file in files]
        known = known_files(session, (hashlib.sha256(each).hexdigest() for each in data))
    lines = 0
    for file, content in zip(files, data, strict=True):
        if hashlib.sha256(content).hexdigest() in known:
            continue
        advice = _read(f"{file.inbound_id}: {file.name}", content)
        if advice is not None:
            lines += _book(ledger, advice, as_of, currency, clock)
    return lines


def take_in_tables(
    ledger: Ledger, tables: Mapping[str, bytes], *, as_of: date, currency: str, clock: Clock
) -> int:
    """Book remittance tables that stand in messages themselves, each once.

    Args:
        ledger: The books.
        tables: What a reader found to be a remittance, by message.
        as_of: The business date.
        currency: The currency of amounts without one.
        clock: For the journal.

    Returns:
        How many lines of advices are new.
    """
    digests = {name: hashlib.sha256(data).hexdigest() for name, data in tables.items()}
    with ledger.read() as session:
        known = known_files(session, digests.values())
    lines = 0
    for inbound_id, data in tables.items():
        if digests[inbound_id] in known:
            continue
        name = f"{inbound_id}: the message"
        try:
            file = advice_mail.read(name, data)
        except BadInput:
            continue  # left to whoever reads the message
        lines += _book(ledger, _Advice(name, data, file), as_of, currency, clock)
    return lines


def _read(name: str, data: bytes) -> _Advice | None:
    """The advice in a file, if there is one."""
    try:
        file = read_bank_file(name, data)
    except BadInput:
        return None
    advice = replace(file, statements=())
    return _Advice(name, data, advice) if advice.remittances else None


def _book(ledger: Ledger, advice: _Advice, as_of: date, currency: str, clock: Clock) -> int:
    """Book one; an advice that does not add up is left to whoever reads the message."""
    try:
        taken = take_in_bank_file(
            ledger,
            advice.name,
            advice.data,
            advice.file,
            as_of=as_of,
            currency=currency,
            actor=ACTOR,
            clock=clock,
        )
    except BadInput:
        return 0
    return taken.advice_lines
