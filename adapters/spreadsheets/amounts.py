"""Amounts as people and exporters write them, read exactly or refused.

The decimal mark is decided once for all amount columns of a file, never per cell: "1.234" is
twelve hundred in one file and one and a bit in another, and nothing in the cell says which.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache

from babel.numbers import NumberFormatError, parse_decimal

from ledger.errors import BadInput
from ledger.money import currency_digits

# SQLite and PostgreSQL hold minor units in 64 bits.
_MAX_MINOR = 2**63 - 1
# Decimal arithmetic rounds silently beyond 28 digits.
_MAX_DIGITS = 25

_SYMBOLS = {
    "€": "EUR",
    "£": "GBP",
    "₹": "INR",
    "zł": "PLN",
    "us$": "USD",
    "ca$": "CAD",
    "c$": "CAD",
    "a$": "AUD",
    "au$": "AUD",
    "nz$": "NZD",
    "hk$": "HKD",
    "r$": "BRL",
    "₩": "KRW",
    "₪": "ILS",
    "₺": "TRY",
    "fr.": "CHF",
    "sfr.": "CHF",
    "kč": "CZK",
}
_OPEN_SYMBOLS = {"$", "¥", "kr", "kr."}
_MINUS = str.maketrans({"−": "-", "–": "-", "‒": "-", "﹣": "-", "-": "-"})
_SPACES = re.compile("[\\s\u00a0\u2007\u2009\u202f]+")
_PLAIN = re.compile(r"-?\d+(?:\.\d+)?")
_NUMBER = re.compile(r"\d[\d., '’\u00a0\u2007\u2009\u202f]*\d|\d|(?<!\w)[.,]\d+")
_NO_CENTS = re.compile(r"(\d)[.,]-+(?=\s|$)")
_SCIENTIFIC = re.compile(r"-?\d+([.,]\d+)?E[+-]?\d+", re.IGNORECASE)
_SIDES = {"cr", "dr", "haben", "soll", "h", "s"}
_CREDIT_SIDES = {"cr", "h", "haben"}


class DecimalMark(StrEnum):
    """The sign between whole and fraction."""

    POINT = "point"
    COMMA = "comma"


class NotAnAmount(ValueError):
    """The cell is no amount in the decided format; the text says why."""


@dataclass(frozen=True, slots=True)
class Written:
    """A cell taken apart: its digits with separators, its sign, the currency beside it."""

    digits: str
    negative: bool
    currency: str | None
    symbol: str | None


@dataclass(frozen=True, slots=True)
class Decision:
    """What a whole column says about a format, or why it stays open.

    Attributes:
        value: The decided format; None when open or mixed.
        reason: How it was decided, or the question to put to a person.
        settled: False when a person must answer.
    """

    value: str | None
    reason: str
    settled: bool = True


@lru_cache(maxsize=65_536)
def take_apart(cell: str) -> Written:
    """Split sign, currency and debit or credit side from the digits of a cell.

    Raises:
        NotAnAmount: Something is left over that is no sign, side or currency.
    """
    text = unicodedata.normalize("NFC", cell).translate(_MINUS).strip()
    # "100,-" and "100.--" mean no cents; their dashes are not a sign.
    body = _NO_CENTS.sub(r"\1", text)
    found = _NUMBER.search(body)
    if found is None:
        raise NotAnAmount("it holds no digits")
    before, after = body[: found.start()], body[found.end() :]
    brackets = before.count("(") == after.count(")") == 1
    if brackets:
        before, after = before.replace("(", " "), after.replace(")", " ")
    signs = before.count("-") + after.count("-") + brackets
    if signs > 1:
        raise NotAnAmount("it carries two minus signs")
    negative = signs == 1
    words = before.replace("-", " ").replace("+", " ").split()
    words_after = after.replace("-", " ").split()
    if words_after and words_after[-1].lower().rstrip(".") in _SIDES:
        negative ^= words_after.pop().lower().rstrip(".") in _CREDIT_SIDES
    around = " ".join(words + words_after)
    currency, symbol = _currency_of(around)
    return Written(_SPACES.sub(" ", found[0]), negative, currency, symbol)


def _currency_of(around: str) -> tuple[str | None, str | None]:
    if not around:
        return None, None
    key = around.lower()
    if key in _OPEN_SYMBOLS:
        return None, around
    if key in _SYMBOLS:
        return _SYMBOLS[key], around
    code = known_currency(around)
    if code is None:
        raise NotAnAmount(f"{around!r} beside the digits is no currency, sign or side")
    return code, around


@lru_cache(maxsize=4_096)
def known_currency(text: str) -> str | None:
    """Return the ISO 4217 code a cell names by code or unmistakable symbol, else None."""
    text = text.strip()
    by_symbol = _SYMBOLS.get(text.lower())
    code = by_symbol or text.upper()
    if len(code) != 3 or not code.isalpha() or not code.isascii():
        return None
    try:
        currency_digits(code)
    except BadInput:
        return None
    return code


def decide_decimal_mark(cells: Iterable[tuple[int, str]]) -> Decision:
    """Decide point or comma from every amount cell of a file.

    Args:
        cells: Line number and text of each cell; blank ones are skipped.

    Returns:
        The mark; `value` None with a question when only cells like "1.234" were seen, or when
        cells contradict each other.
    """
    proofs: dict[str, tuple[int, str]] = {}
    open_cells: list[tuple[int, str]] = []
    for line, cell in cells:
        if not cell or cell.isdigit():
            continue
        if DecimalMark.POINT in proofs and _PLAIN.fullmatch(cell):
            continue
        try:
            verdict = _mark_proved_by(take_apart(cell).digits)
        except NotAnAmount:
            continue
        if verdict == "open":
            if len(open_cells) < 2:
                open_cells.append((line, cell))
        elif verdict:
            proofs.setdefault(verdict, (line, cell))
    return _judge_marks(proofs, open_cells)


def _judge_marks(proofs: dict[str, tuple[int, str]], open_cells: list[tuple[int, str]]) -> Decision:
    if len(proofs) == 2:
        (a, x), (b, y) = proofs.values()
        return Decision(
            None,
            f"line {a} {x!r} and line {b} {y!r} use different decimal marks; "
            "export again with one number format, or say --decimal comma|point",
            settled=False,
        )
    if proofs:
        mark, (line, cell) = next(iter(proofs.items()))
        return Decision(mark, f"decimal {mark}: line {line} {cell!r}")
    if open_cells:
        shown = " and ".join(f"line {line} {cell!r}" for line, cell in open_cells)
        return Decision(
            None,
            f"{shown} can be thousands or decimals; say --decimal comma|point",
            settled=False,
        )
    return Decision(DecimalMark.POINT.value, "no decimals in the file")


def _mark_proved_by(digits: str) -> str | None:
    """Return the mark a number proves, "open" if it could be either, None if it shows neither."""
    dots, commas = digits.count("."), digits.count(",")
    grouped_otherwise = any(char in digits for char in " '’")
    if not dots and not commas:
        return None
    point, comma = DecimalMark.POINT.value, DecimalMark.COMMA.value
    if dots and commas:
        return point if digits.rindex(".") > digits.rindex(",") else comma
    sign, here, there = (".", point, comma) if dots else (",", comma, point)
    if digits.count(sign) > 1:
        return there
    whole, _, fraction = digits.partition(sign)
    could_group = len(fraction) == 3 and 1 <= len(whole) <= 3 and not whole.startswith("0")
    return "open" if could_group and not grouped_otherwise else here


def parse_amount(cell: str, mark: DecimalMark) -> Decimal:
    """Read one cell in the decided format, sign included.

    Raises:
        NotAnAmount: The cell does not fit the format.
    """
    if len(cell) > _MAX_DIGITS and sum(char.isdigit() for char in cell) > _MAX_DIGITS:
        raise NotAnAmount("too many digits to be an amount")
    if mark is DecimalMark.POINT and _PLAIN.fullmatch(cell):
        return Decimal(cell)
    if _SCIENTIFIC.fullmatch(cell):
        raise NotAnAmount("scientific notation, the digits were cut by a spreadsheet program")
    written = take_apart(cell)
    value = _grouped(written.digits, mark)
    return -value if written.negative else value


def _grouped(digits: str, mark: DecimalMark) -> Decimal:
    decimal, group = (".", ",") if mark is DecimalMark.POINT else (",", ".")
    others = {char for char in digits if char in " '’"}
    if len(others) > 1 or (others and group in digits):
        raise NotAnAmount("it mixes thousands separators")
    digits = re.sub("[ '’]", group, digits)
    if decimal == "," and group not in digits:
        digits, decimal, group = digits.replace(",", "."), ".", ","
    if group not in digits:
        if not re.fullmatch(r"\d*(\.\d+)?", digits):
            raise NotAnAmount(f"it does not fit a decimal {mark.value}")
        return Decimal(digits)
    # Indian grouping (12,34,567.00) is as unmistakable as thousands are.
    for locale in ("de",) if group == "." else ("en_US", "en_IN"):
        try:
            return parse_decimal(digits, locale=locale, strict=True)
        except NumberFormatError:
            continue
    raise NotAnAmount(f"it does not fit a decimal {mark.value}")


def exact_decimal(value: int | float) -> Decimal:
    """Return the number a workbook shows: 15 significant digits, as Excel keeps them."""
    return Decimal(value) if isinstance(value, int) else Decimal(format(value, ".15g"))


def to_minor(value: Decimal, currency: str) -> int:
    """Turn a decimal amount into integer minor units of its currency.

    Raises:
        NotAnAmount: More decimals than the currency has, or too large to store.
    """
    digits = currency_digits(currency)
    scaled = value.scaleb(digits)
    if not scaled.is_finite() or abs(scaled) > _MAX_MINOR:
        raise NotAnAmount("too large to be an amount")
    if scaled != scaled.to_integral_value():
        raise NotAnAmount(f"more decimals than {currency} has ({digits})")
    return int(scaled)
