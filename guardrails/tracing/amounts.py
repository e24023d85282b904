"""Amounts and rates as people write them, in digits and in words."""

import functools
import re
from decimal import Decimal

from guardrails.tracing.numerals import number_before, number_word
from guardrails.tracing.reading import Reading
from guardrails.tracing.report import UNREADABLE, Money
from guardrails.tracing.words import (
    CENTS,
    CURRENCY_NAMES,
    DISPUTED,
    DISPUTED_STEMS,
    FEE,
    FEE_STEMS,
    MONEY_BEFORE,
    MONEY_NEAR,
    MULTIPLIED,
    ORIGINAL,
    ORIGINAL_STEMS,
    PAID,
    PAID_STEMS,
    PERCENT,
    SIGNS,
    TOTAL_AFTER,
    TOTAL_BEFORE,
    TOTAL_STEMS,
    UNIT,
)
from guardrails.tracing.written import NUMBER, SMALL_CODES, currency_words, read_amount
from ledger.money import currency_digits

_SYMBOL = r"(?:[A-Z]{0,3}\$|[€£¥₹₽₩₪฿₫₴₦₺])"
_SIGN = "[-\N{MINUS SIGN}\N{EN DASH}]"
_NUMBER = re.compile(rf"(?:(?<![\w.,/:-])|(?<=[^\w]-)|(?<=\b[a-z]{{3}})){NUMBER}(?![/:]\d)")
_BEFORE = re.compile(
    rf"(?:(?P<symbol>{_SYMBOL})"
    r"|(?<![^\W\d_])(?P<word>[A-Z]{3}|[a-z]{3}|[Ee]uros?)\.?)"
    rf" ?{_SIGN}?$"
)
_AFTER = re.compile(
    rf" ?(?:(?P<symbol>{_SYMBOL})|(?i:(?:US|U\.S\.|canadian|australian|british|american) )?"
    r"(?P<word>[^\W\d_]+))"
)
_NEGATIVE = re.compile(rf"(?:^|[\s(]){_SIGN}(?:{_SYMBOL}|[A-Z]{{3}} ?)?$|{_SIGN}$")
_HUNDREDTHS = re.compile(r"[.,]\d\d$")
_NO_MONEY_AFTER = re.compile(
    rf"\s?(?:{UNIT}|h\b|uhr\b|am\b|pm\b|a\.m|p\.m|%|invoices?\b|[-–/]\d|of \d)"
)
_NO_MONEY_BEFORE = re.compile(
    r"(?:clause|section|article|artikel|ziffer|cláusula|version|v|chapter|§|at|um|from|von)\.? ?$"
)
_PARTS = re.compile(
    rf"(?:,? (?:and|y|et|und|con))? ?(?P<digits>\d\d?)? ?(?:[^\W\d_-]+[ -]){{0,3}}?{CENTS}"
)
_PERCENT_WORD = re.compile(r"(?<=[^\W\d_] )(?:per ?cent|prozent|por ciento|pour cent)\b")
_PERCENT_WORDS = frozenset({"percent", "prozent", "ciento", "cent"})
# Nearly every amount; any other form is read by `read_amount`.
_WITH_CENTS = re.compile(
    r"(?:[1-9]\d{0,2}(?:(?P<group>[., '’])\d{3}(?:(?P=group)\d{3})*)?|[1-9]\d*|0)"
    r"(?P<point>[.,])\d\d"
)
_NOT_DIGITS = re.compile(r"\D")
_MARK_OR_DIGIT = re.compile(r"[\x01\d]")
# What is in every number word from a hundred on.
_HUNDREDS = ("hund", "thous", "taus", "mil", "cien", "cent", "quinien", "novec", "setec")
_LONG_NUMBER = 100
_ROUND = frozenset({100, 1000, 1_000_000})
_CUE_REACH = 45


def find_amounts(reading: Reading) -> None:
    """Find every amount and rate, with what it is said to be."""
    for found in reading.numbers(_NUMBER):
        _judge_number(reading, found)
    if not reading.words.isdisjoint(CURRENCY_NAMES):
        _find_named(reading)
    if not reading.words.isdisjoint(_PERCENT_WORDS):
        _find_percent_words(reading)
    _find_long_numbers(reading)


def _judge_number(reading: Reading, found: re.Match[str]) -> None:
    start, end = found.span()
    if percent := PERCENT.match(reading.low, end):
        _take_percent(reading, found[0], start, percent.end())
        return
    before = _BEFORE.search(reading.text, max(0, start - 7), start)
    multiplied = MULTIPLIED.match(reading.low, end)
    after = _AFTER.match(reading.text, multiplied.end() if multiplied else end)
    said = [_meant(each) for each in (before, after)]
    named = [currencies for currencies in said if currencies]
    if not named and not _is_bare_amount(reading, found, multiplied is not None):
        return
    currencies = frozenset.intersection(*named) if named else frozenset()
    contradicts = bool(named) and not currencies
    value = UNREADABLE if multiplied or contradicts else _value(found[0], currencies, reading)
    if value is not None and _NEGATIVE.search(reading.text, max(0, start - 7), start):
        value = -value
    stop = after.end() if after and said[1] else multiplied.end() if multiplied else end
    _take_amount(reading, Money(value, currencies), before.start() if said[0] else start, stop)


def _meant(found: re.Match[str] | None) -> frozenset[str]:
    """The currencies a symbol, code or name beside a number may mean; empty when it is none."""
    if found is None:
        return frozenset()
    if symbol := found["symbol"]:
        return SIGNS.get(symbol) or currency_words().get(symbol, frozenset())
    return _of_word(found["word"])


@functools.lru_cache(maxsize=8192)
def _of_word(word: str) -> frozenset[str]:
    if word.isupper() and len(word) == 3:
        return currency_words().get(word, frozenset())
    low = word.lower()
    if low in SMALL_CODES:
        return frozenset({low.upper()})
    return CURRENCY_NAMES.get(low, frozenset())


def _value(written: str, currencies: frozenset[str], reading: Reading) -> Decimal | None:
    digits = _digits(currencies)
    plain = _WITH_CENTS.fullmatch(written) if digits == 2 else None
    if plain and plain["point"] != plain["group"]:
        return Decimal(f"{_NOT_DIGITS.sub('', written[:-3])}.{written[-2:]}")
    minor = read_amount(written, digits, reading.language)
    if minor is None and digits != 2:
        digits = 2
        minor = read_amount(written, digits, reading.language)
    return None if minor is None else Decimal(minor).scaleb(-digits)


@functools.lru_cache(maxsize=512)
def _digits(currencies: frozenset[str]) -> int:
    return min((currency_digits(each) for each in currencies), default=2)


def _is_bare_amount(reading: Reading, found: re.Match[str], multiplied: bool) -> bool:
    """Whether a number without a currency is money: it has cents, or the words say so."""
    start, end = found.span()
    if _NO_MONEY_AFTER.match(reading.low, end):
        return False
    before = reading.before(start, _CUE_REACH)
    if _HUNDREDTHS.search(found[0]) and not multiplied:
        return not _NO_MONEY_BEFORE.search(before)
    return MONEY_BEFORE.search(before) is not None


def _take_percent(reading: Reading, written: str, start: int, end: int) -> None:
    try:
        value = Decimal(written.replace(",", "."))
    except ArithmeticError:
        value = UNREADABLE
    _take_rate(reading, value, start, end)


def _take_rate(reading: Reading, value: Decimal | None, start: int, end: int) -> None:
    """All of something is an idiom, any other share is a statement."""
    if value != 100:
        reading.take("fee" if _costs(reading, start, end) else "percentage", value, start, end)


def _take_amount(reading: Reading, money: Money, start: int, end: int) -> None:
    before = reading.before(start, _CUE_REACH)
    after = reading.after(end, _CUE_REACH)
    if reading.mentions(TOTAL_STEMS) and (TOTAL_BEFORE.search(before) or TOTAL_AFTER.match(after)):
        kind = "total"
    else:
        kind = "fee" if _costs(reading, start, end) else "amount"
    around, role = f"{_since_mark(before)} {_until_mark(after[:30])}", ""
    for name, stems, cue in _ROLES:
        if not role and reading.mentions(stems) and cue.search(around):
            role = name
    reading.take(kind, money, start, end, role)


_ROLES = (
    ("disputed", DISPUTED_STEMS, DISPUTED),
    ("original", ORIGINAL_STEMS, ORIGINAL),
    ("paid", PAID_STEMS, PAID),
)


def _costs(reading: Reading, start: int, end: int) -> bool:
    return reading.mentions(FEE_STEMS) and bool(
        FEE.search(_since_mark(reading.before(start, _CUE_REACH)))
        or FEE.search(_until_mark(reading.after(end, _CUE_REACH)))
    )


def _since_mark(before: str) -> str:
    return before.rpartition("\x01")[2]


def _until_mark(after: str) -> str:
    cut = _MARK_OR_DIGIT.search(after)
    return after[: cut.start()] if cut else after


def _find_named(reading: Reading) -> None:
    """Amounts in words before the name of a currency."""
    for at, name in reading.places(CURRENCY_NAMES):
        number = number_before(reading.low, at - 1, reading.language)
        if number is None:
            continue
        value, end = Decimal(number[1]), at + len(name)
        parts = _PARTS.match(reading.low, end)
        if parts and (cents := _cents(parts, reading.language)) is not None:
            value, end = value + Decimal(cents) / 100, parts.end()
        money = Money(value, CURRENCY_NAMES[name])
        _take_amount(reading, money, number[0], end)


def _cents(parts: re.Match[str], language: str) -> int | None:
    if parts["digits"]:
        return int(parts["digits"])
    words = parts[0].rpartition(" ")[0]
    number = number_before(words, len(words), language)
    return number[1] if number and 0 <= number[1] < 100 else None


def _find_percent_words(reading: Reading) -> None:
    for word in _PERCENT_WORD.finditer(reading.low):
        number = number_before(reading.low, word.start() - 1, reading.language)
        if number:
            _take_rate(reading, Decimal(number[1]), number[0], word.end())


def _find_long_numbers(reading: Reading) -> None:
    """Find long numbers in words where the sentence is about money: "we still miss twelve hundred".

    Round ones alone ("a thousand thanks") are a manner of speaking.
    """
    if not reading.mentions(_HUNDREDS):
        return
    long = [w for w in reading.words if (number_word(w, reading.language) or 0) >= _LONG_NUMBER]
    past = 0
    for at, word in reading.places(long):
        if at < past:
            continue
        past = _run_end(reading, at + len(word))
        number = number_before(reading.low, past, reading.language)
        if (
            number
            and number[1] not in _ROUND
            and not _NO_MONEY_AFTER.match(reading.low, past)
            and MONEY_NEAR.search(reading.around(at))
        ):
            _take_amount(reading, Money(Decimal(number[1]), frozenset()), number[0], past)


_NEXT = re.compile(r"[ -](?:(?:and|y|et|und) )?([^\W\d_]+)")


def _run_end(reading: Reading, end: int) -> int:
    """Where the run of number words ends that goes on at `end`."""
    while (found := _NEXT.match(reading.low, end)) and number_word(found[1], reading.language):
        end = found.end()
    return end
