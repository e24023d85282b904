"""How an amount, a day and a name from outside are written in a letter, a cell in a table.

Letters are rendered and traced with the same functions, so what we write is what we recognise.
Babel is asked once per language and currency; a night formats hundreds of thousands of amounts.
"""

import functools
import re
import unicodedata
from datetime import date

from ledger.errors import BadInput
from ledger.money import currency_digits

LANGUAGES = ("de", "en", "es", "fr")

# Letters and marks that show as nothing, or almost, though Unicode does not call them format.
BLANKS = frozenset(
    (
        *(0x034F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x2800, 0x3164, 0xFFA0),
        *(*range(0x180B, 0x1810), *range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0)),
    )
)
_HIDDEN_CATEGORIES = frozenset({"Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp"})
# What a spreadsheet takes for a formula at the start of a cell.
_FORMULA = ("=", "+", "-", "@", "\t", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
_NUMBER = re.compile(r"[+-]?\d+(?:[.,]\d+)*(?:[eE][+-]?\d+)?%?")
# The long form of "en" is the American one; a letter in English goes to all the world.
_DAY_PATTERNS = {"en": "d MMMM y"}
_SAMPLE_MINOR = 7


class UnknownLanguage(BadInput):
    """There is no way agreed to write letters in this language."""

    code = "unknown_language"


def check_language(language: str) -> None:
    """Refuse a language letters are not written in.

    Raises:
        UnknownLanguage: Not one of `LANGUAGES`.
    """
    if language not in LANGUAGES:
        known = ", ".join(LANGUAGES)
        raise UnknownLanguage(f"no letters are written in {language!r}: use one of {known}")


@functools.lru_cache(maxsize=16_384)
def format_money(minor: int, currency: str, language: str) -> str:
    """Write an amount as the language does, such as `1.234,50 €`.

    Args:
        minor: The amount in minor units of the currency.
        currency: An ISO 4217 code.
        language: One of `LANGUAGES`.

    Raises:
        BadInput: Unknown currency or language.
    """
    positive, negative, digits, group, point = _money_style(currency, language)
    whole, part = divmod(abs(minor), 10**digits)
    number = f"{whole:,}".replace(",", group)
    if digits:
        number = f"{number}{point}{part:0{digits}d}"
    before, after = negative if minor < 0 else positive
    return f"{before}{number}{after}"


@functools.lru_cache(maxsize=16_384)
def format_day(day: date, language: str) -> str:
    """Write a day with the month's name, so that no reader can swap day and month.

    Raises:
        UnknownLanguage: Not one of `LANGUAGES`.
    """
    from babel.dates import format_date

    check_language(language)
    return format_date(day, _DAY_PATTERNS.get(language, "long"), locale=language)


def printable(text: str) -> str:
    """Text from outside on one line, without characters that hide or reorder what is read.

    Compatibility forms become the plain characters they look like (NFKC).
    """
    if text.isascii() and text.isprintable() and "  " not in text:
        return text.strip()
    plain = unicodedata.normalize("NFKC", text)
    kept: list[str] = []
    for char in plain:
        if char.isspace():
            kept.append(" ")
        elif not hides(char) and not floats(char, kept[-1] if kept else ""):
            kept.append(char)
    return unicodedata.normalize("NFKC", " ".join("".join(kept).split()))


def spreadsheet_cell(cell: object) -> object:
    """The cell as text that no spreadsheet runs; numbers and dates stay as they are.

    A name or memo comes from outside, and a table made here is opened in a spreadsheet there.
    """
    if not isinstance(cell, str) or _NUMBER.fullmatch(cell):
        return cell
    text = cell.replace("\r", " ")  # written without quotes, it would begin a row of its own
    return f"'{text}" if text.lstrip(" ").startswith(_FORMULA) else text


def hides(char: str) -> bool:
    """Whether a character is not seen itself: control, format, unassigned, filler."""
    return unicodedata.category(char) in _HIDDEN_CATEGORIES or ord(char) in BLANKS


def floats(char: str, before: str) -> bool:
    """Whether a combining mark has no letter to stand on, and so strikes or adorns something else.

    Args:
        char: The character.
        before: The character before it, empty at the start.
    """
    return unicodedata.category(char)[0] == "M" and (
        not before or unicodedata.category(before)[0] not in "LM"
    )


def has_sign(symbol: str) -> bool:
    """Whether a currency symbol holds a sign such as € and not only letters."""
    return any(unicodedata.category(char) == "Sc" for char in symbol)


@functools.lru_cache(maxsize=1024)
def _money_style(
    currency: str, language: str
) -> tuple[tuple[str, str], tuple[str, str], int, str, str]:
    """What stands around and inside an amount: positive, negative, digits, group, point."""
    from babel.numbers import get_decimal_symbol, get_group_symbol

    check_language(language)
    digits = currency_digits(currency)
    return (
        _around(_SAMPLE_MINOR, currency, language),
        _around(-_SAMPLE_MINOR, currency, language),
        digits,
        get_group_symbol(language),
        get_decimal_symbol(language),
    )


def _around(minor: int, currency: str, language: str) -> tuple[str, str]:
    """The text before and after the digits of an amount, asked of Babel with a sample."""
    from babel.numbers import format_currency, get_currency_symbol

    sample = format_currency(minor, currency, locale=language, currency_digits=True)
    symbol = get_currency_symbol(currency, language)
    digits_at = [at for at, char in enumerate(sample) if char.isdigit()]
    before, after = sample[: digits_at[0]], sample[digits_at[-1] + 1 :]
    if not has_sign(symbol):
        # Letters such as "F" or "Cg." say less than the code, and need a space before digits.
        before, after = before.replace(symbol, currency), after.replace(symbol, currency)
        before = f"{before}\N{NO-BREAK SPACE}" if before[-1:].isalpha() else before
    return before, after
