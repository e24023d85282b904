"""Amounts, dates and text as bank files write them; every refusal says where."""

import re
from datetime import date
from decimal import Decimal

from adapters.bank_files.code_pages import text_of, wide_text
from adapters.bank_files.model import UNKNOWN_CURRENCY
from ledger.errors import BadInput
from ledger.money import Money, currency_digits

MAX_BYTES = 256 * 1024 * 1024
_MAX_DIGITS = 18
_NUMBER = re.compile(r"([+-]?)(\d*)(?:\.(\d*))?", re.ASCII)
_SHOWN = 60
_SHORTEST_IBAN = 15


def shown(text: str) -> str:
    """A piece of the file, short and on one line, for an error."""
    flat = " ".join(text.split())
    return repr(flat if len(flat) <= _SHOWN else flat[:_SHOWN] + "...")


def shown_amount(minor: int, currency: str) -> str:
    """An amount for a message, also where the file names no currency."""
    return str(Money(minor, currency)) if currency else f"{Decimal(minor).scaleb(-2):f}"


def digits_of(currency: str, where: str) -> int:
    """Number of minor-unit digits of a currency a file names; two where it names none.

    Raises:
        BadInput: Not an ISO 4217 code.
    """
    if currency == UNKNOWN_CURRENCY:
        return 2
    try:
        return currency_digits(currency)
    except BadInput:
        raise BadInput(
            f"{where}: unknown currency {shown(currency)}; ask the bank for an ISO 4217 code"
        ) from None


def minor_units(text: str, currency: str, where: str) -> int:
    """Read a plain decimal ("-12.50", point only, no grouping) into minor units, exactly.

    Raises:
        BadInput: Not a number, or more non-zero decimals than the currency has.
    """
    digits = digits_of(currency, where)
    found = _NUMBER.fullmatch(text.strip())
    whole, part = (found[2] or "", found[3] or "") if found else ("", "")
    if found is None or not (whole or part):
        raise BadInput(f"{where}: {shown(text)} is not an amount; ask the bank for the file again")
    kept, rest = part[:digits], part[digits:]
    if rest.strip("0"):
        raise BadInput(
            f"{where}: {shown(text)} has more decimals than {currency or 'money'} allows ({digits})"
        )
    if len(whole.lstrip("0")) > _MAX_DIGITS:
        raise BadInput(f"{where}: {shown(text)} is too large to be an amount")
    minor = int(whole or "0") * 10**digits + int(kept.ljust(digits, "0") or "0")
    return -minor if found[1] == "-" else minor


def day_of(year: int, month: int, day: int, where: str) -> date:
    """A date of a file; a day the month does not have (February 30) is its last one.

    Raises:
        BadInput: No such month, or no such day in any month.
    """
    if not (1 <= month <= 12 and 1 <= day <= 31 and 1 <= year <= 9999):
        raise BadInput(f"{where}: {year:04d}-{month:02d}-{day:02d} is not a date")
    for last in range(day, day - 4, -1):
        try:
            return date(year, month, last)
        except ValueError:
            continue
    raise BadInput(f"{where}: {year:04d}-{month:02d}-{day:02d} is not a date")


def full_year(two_digits: int) -> int:
    """The year of a two-digit one, by the rule of SWIFT: 80 to 99 lie in the last century."""
    return two_digits + (1900 if two_digits >= 80 else 2000)


def iban_or_empty(text: str) -> str:
    """An IBAN without spaces if the text is one whose check digits are right, or ""."""
    from stdnum import iban

    found = "".join(text.split()).upper()
    if len(found) < _SHORTEST_IBAN or not found[:2].isalpha() or not found.isascii():
        return ""
    return found if iban.is_valid(found, check_country=False) else ""


def decode_text(data: bytes, name: str) -> str:
    """Decode a text file by its mark or its zeros, then UTF-8, then its likeliest code page.

    Control bytes become spaces.

    Raises:
        BadInput: Too large, or not text.
    """
    if len(data) > MAX_BYTES:
        raise BadInput(f"{name}: larger than {MAX_BYTES >> 20} MB; split the file by statement")
    text = wide_text(data, name)
    return (text_of(data) if text is None else text).translate(_CONTROLS)


def head_of(data: bytes) -> bytes:
    """The first bytes of a file as one-byte text, whatever its encoding, to judge it by."""
    head = data[:8192]
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return head[2:].replace(b"\0", b"")
    return head.removeprefix(b"\xef\xbb\xbf").replace(b"\0", b"")


def split_lines(text: str) -> list[str]:
    """Cut at line ends only: other separators of Unicode are text, and lines keep their numbers."""
    return text.replace("\r\n", "\n").replace("\r", "\n").split("\n")


# A stray control byte stands where a letter was; lines and their numbers stay as they are.
_CONTROLS = dict.fromkeys((c for c in range(32) if chr(c) not in "\t\n\r"), " ") | {0x7F: " "}
