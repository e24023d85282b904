"""Remittance advices in mails, web pages and plain text: tables, and lines of key and value.

Words of a message are claims. The lines are read as written and compared with the payment they
state; free text around them is left to whoever reads mail.
"""

from dataclasses import replace

from adapters.bank_files.advice_mail_lines import (
    Message,
    amounts_of,
    day_told,
    lines_of,
    read_message,
    total_of,
)
from adapters.bank_files.advice_mail_text import Words, is_mail, is_page, read_words
from adapters.bank_files.csv_tables import is_bank_table
from adapters.bank_files.model import BankFile, RemittanceLine, Tie
from adapters.bank_files.values import decode_text
from ledger.errors import BadInput

_MOST_SNIFFED = 65_536
_BINARY = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"%PDF")


def sniff(data: bytes) -> bool:
    """Whether the text is a mail, or says who pays which documents."""
    if data.startswith(_BINARY):
        return False
    text = decode_text(data[:_MOST_SNIFFED], "")
    if is_mail(text):
        return True
    if not is_page(text) and (":" not in text or is_bank_table(data)):
        return False
    return read_message(read_words(data[:_MOST_SNIFFED], "").rows).is_advice


def read(name: str, data: bytes) -> BankFile:
    """Read the documents a message pays.

    Raises:
        BadInput: No remittance in it, or amounts that do not fit.
    """
    words = read_words(data, name)
    message = read_message(words.rows)
    if not message.is_advice:
        kept = f" (attached and not read: {', '.join(words.left_out)})" if words.left_out else ""
        raise BadInput(
            f"{name}: no remittance table and no payer or invoice with an amount in this "
            f"message{kept}; ask the payer for an advice"
        )
    return advice_of(name, "remittance-mail", message, words)


def advice_of(name: str, kind: str, message: Message, words: Words) -> BankFile:
    """Build the file and compare its lines with the payment it states.

    Raises:
        BadInput: An amount that does not fit.
    """
    amounts = amounts_of(message, name)
    total = total_of(message, amounts)
    lines = tuple(_with_sender(line, message, words) for line in lines_of(message, amounts))
    warnings = [f"{name}: attachment {each} was not read" for each in words.left_out]
    totals: Tie = "none"
    nets = [line.net_minor for line in lines]
    stated = _stated(message, total)
    if stated is not None and any(line.reference for line in lines) and None not in nets:
        missing = stated - sum(net for net in nets if net is not None)
        totals = "differ" if missing else "tie"
        if missing:
            warnings.append(
                f"{name}: the payment is {stated}, its documents miss {missing} of it (minor units)"
            )
    return BankFile(format=kind, remittances=lines, warnings=tuple(warnings), totals=totals)


def _stated(message: Message, total: int | None) -> int | None:
    """A total that the lines can be compared with: one they were not made from."""
    return total if any(told.amounts for told in message.documents) else None


def _with_sender(line: RemittanceLine, message: Message, words: Words) -> RemittanceLine:
    notes = [line.memo, *message.keys.get("order", ()), *message.keys.get("account", ())]
    notes += message.keys.get("memo", ())
    return replace(
        line,
        payer=message.first("payer") or words.sender,
        remittance_id=message.first("number"),
        advised_on=day_told(message) or words.sent_on,
        memo=", ".join(each for each in notes if each),
    )
