"""Days with a month or in digits, as people write them."""

import functools
import re
from datetime import date

from guardrails.tracing.numerals import number_word
from guardrails.tracing.reading import Reading
from guardrails.tracing.words import (
    BY_BEFORE,
    DUE_AFTER,
    DUE_BEFORE,
    OURS,
    PAY,
    WEEKDAY,
    WEEKDAYS,
)
from guardrails.tracing.written import month_names

_NUMERIC = re.compile(
    r"(?<![\w.,/-])(?:\d{4}([-/.])\d{1,2}\1\d{1,2}|\d{1,2}([-/.])\d{1,2}\2(?:\d{4}|\d\d))"
    r"(?![\w/-]|[.,]\d)"
)
_WITHOUT_YEAR = re.compile(r"(?<![\w.,/-])(\d{1,2})(?:/(\d{1,2})|\.(\d{1,2})\.)(?![\w/-]|[.,]\d)")
_ON_BEFORE = re.compile(r"\b(?:on|am|vom|el|le|du|del|since|from|dated|seit|desde|depuis) $")
_SHORT_MONTHS = {"sept": 9, "mrz": 3, "jän": 1, "fevrier": 2, "aout": 8, "decembre": 12, "set": 9}
_WEEKDAY_BEFORE = re.compile(rf"(?<!\w)({WEEKDAY})\.?,? (?:the |den |dem |el |le )?$")
_WEEKDAY_AFTER = re.compile(rf",? ?\(?({WEEKDAY})\b\)?")
_ORDINAL_BEFORE = re.compile(r"(?<!\w)((?:[^\W\d_]+-)?[^\W\d_]{3,})(?: of| de| day of)? $")
_SEPARATOR = re.compile("[-/.]")
_CENTURY = 2000


@functools.cache
def _months() -> dict[str, int]:
    return month_names() | _SHORT_MONTHS


_DAY_BEFORE = re.compile(
    r"(?<![\w.,/-])(?P<day>\d{1,2})(?:\.|er|st|nd|rd|th|º|ª|°)?[ -]?(?:day )?(?:of |de |del )?$"
)
_YEAR_AFTER = re.compile(r"\.?[ ,-]{1,3}(?:de |del )?(?P<year>\d{4})(?!\w)")
_DAY_AFTER = re.compile(
    r"\.? (?:the )?(?P<day>\d{1,2})(?:st|nd|rd|th)?(?![\d\w]|[.,:/]\d)(?:,? (?P<year>\d{4})(?!\w))?"
)


def find_days(reading: Reading) -> None:
    """Find every day a text names; what is said of it is settled by `settle_days`."""
    for found in reading.numbers(_NUMERIC):
        _take_day(reading, digits_mean(found[0], _day_first(reading.language)), *found.span())
    for at, name in reading.places(_months()):
        _judge_month(reading, at, name)


def _judge_month(reading: Reading, at: int, name: str) -> None:
    """A month is a day's with a number before or after it, or the word of one before it."""
    low, end = reading.low, at + len(name)
    year = ""
    if before := _DAY_BEFORE.search(low, max(0, at - 16), at):
        start, day = before.start(), int(before["day"])
    elif after := _DAY_AFTER.match(low, end):
        start, day, year, end = at, int(after["day"]), after["year"], after.end()
    elif (said := _ORDINAL_BEFORE.search(low, max(0, at - 40), at)) and (
        day := _ordinal(said[1], reading.language)
    ):
        start = said.start(1)
    else:
        return
    if not year and (written := _YEAR_AFTER.match(low, end)):
        year, end = written["year"], written.end()
    _take_day(reading, _named_day(day, _months()[name], year, reading.as_of), start, end)


@functools.lru_cache(maxsize=8192)
def _named_day(day: int, month: int, year: str, as_of: date) -> frozenset[date]:
    """A day without a year is the closest one."""
    if year:
        return _days([(int(year), month, day)])
    near = _days([(as_of.year + shift, month, day) for shift in (-1, 0, 1)])
    return frozenset(sorted(near, key=lambda each: abs(each - as_of))[:1])


def _take_day(reading: Reading, days: frozenset[date], start: int, end: int) -> None:
    """Note a day; a weekday named with it must be right."""
    named = _WEEKDAY_BEFORE.search(reading.low, max(0, start - 18), start)
    if named:
        start = named.start()
    else:
        named = _WEEKDAY_AFTER.match(reading.low, end)
        end = named.end() if named else end
    if named:
        days = frozenset(day for day in days if day.weekday() == WEEKDAYS[named[1]])
    reading.take("date", days, start, end)


@functools.lru_cache(maxsize=4096)
def _ordinal(word: str, language: str) -> int:
    """The day of a month a word is, such as "twenty-seventh"; 0 where it is none."""
    from text_to_num import alpha2digit

    for each in dict.fromkeys((language, "en", "de", "es", "fr")):
        digits = re.match(r"\d+", alpha2digit(word, each, 0))
        if digits and 1 <= int(digits[0]) <= 31:
            return int(digits[0])
    return number_word(word, language) or 0


def digits_mean(written: str, day_first: bool | None) -> frozenset[date]:
    """Every day that digits may mean.

    Args:
        written: Such as 2026-11-10, 10.11.26 or 10/11/2026; points have the day first.
        day_first: Decides the order where both are days; None leaves both.
    """
    first, second, third = (int(part) for part in _SEPARATOR.split(written))
    if first > 31:
        return _days([(first, second, third)])
    year = third + _CENTURY if third < 100 else third
    if "." in written:
        return _days([(year, second, first)])
    as_day, as_month = _days([(year, second, first)]), _days([(year, first, second)])
    if not as_day or not as_month or day_first is None:
        return as_day | as_month
    return as_day if day_first else as_month


def _day_first(language: str) -> bool | None:
    """English is written both ways."""
    return None if language == "en" else True


def _days(candidates: list[tuple[int, int, int]]) -> frozenset[date]:
    found = set()
    for year, month, day in candidates:
        try:
            found.add(date(year, month, day))
        except ValueError:
            continue
    return frozenset(found)


def find_days_without_year(reading: Reading) -> None:
    """Find days such as 31/10 where the words before say that they are days."""
    for found in reading.numbers(_WITHOUT_YEAR):
        before = reading.before(found.start(), 50)
        if not any(cue.search(before) for cue in (BY_BEFORE, DUE_BEFORE, _ON_BEFORE)):
            continue
        one, other = int(found[1]), int(found[2] or found[3])
        orders = (
            [(one, other)] if found[3] or reading.language != "en" else [(one, other), (other, one)]
        )
        year = reading.as_of.year
        near = [
            min(days, key=lambda each: abs(each - reading.as_of))
            for day, month in orders
            if (days := _days([(year + shift, month, day) for shift in (-1, 0, 1)]))
        ]
        if near:
            reading.take("date", frozenset(near), *found.span())


def settle_days(reading: Reading) -> None:
    """Say of every day found whether payment is demanded by it, or something was due then."""
    for at, stated in enumerate(reading.found):
        if stated.kind != "date" or stated.role:
            continue
        before = reading.before(stated.start, 60)
        kind, role = stated.kind, ""
        if BY_BEFORE.search(before) and not is_ours(reading, stated.start):
            kind = "deadline"
        elif DUE_BEFORE.search(before) or DUE_AFTER.match(reading.after(stated.end, 30)):
            role = "due"
        if (kind, role) != (stated.kind, stated.role):
            reading.found[at] = type(stated)(
                kind, stated.value, stated.span, stated.start, stated.part, role
            )


def is_ours(reading: Reading, at: int) -> bool:
    """Whether the sentence says when we shall do something, not when the customer shall."""
    sentence = reading.around(at)
    return OURS.search(sentence) is not None and PAY.search(sentence) is None
