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
_CENTURY = 2000


@functools.cache
def _months() -> dict[str, int]:
    return month_names() | _SHORT_MONTHS


@functools.cache
def _patterns() -> tuple[re.Pattern[str], re.Pattern[str]]:
    names = "|".join(sorted(map(re.escape, _months()), key=len, reverse=True))
    return (
        re.compile(
            r"(?<![\w.,/-])(?P<day>\d{1,2})(?:\.|er|st|nd|rd|th|º|ª|°)?[ -]?(?:day )?(?:of |de |del )?"
            rf"(?P<month>{names})\.?(?:[ ,-]{{1,3}}(?:de |del )?(?P<year>\d{{4}}))?(?!\w)"
        ),
        re.compile(
            rf"(?<!\w)(?P<month>{names})\.?(?: (?:the )?(?P<day>\d{{1,2}})(?:st|nd|rd|th)?"
            r"(?![\d\w]|[.,:/]\d)(?:,? (?P<year>\d{4}))?)?(?!\w)"
        ),
    )


def find_days(reading: Reading) -> None:
    """Find every day a text names; what is said of it is settled by `settle_days`."""
    if reading.has_digits:
        for found in _NUMERIC.finditer(reading.low):
            value = digits_mean(found[0], _day_first(reading.language))
            _take_day(reading, value, *found.span())
    if not reading.words.isdisjoint(_months()):
        for pattern in _patterns():
            for found in pattern.finditer(reading.low):
                _take_named(reading, found)


def _take_named(reading: Reading, found: re.Match[str]) -> None:
    start, month = found.start(), _months()[found["month"]]
    if found["day"]:
        day = int(found["day"])
    else:
        said = _ORDINAL_BEFORE.search(reading.low, max(0, start - 40), start)
        day = _ordinal(said[1], reading.language) if said else 0
        if not said or not day:
            return
        start = said.start(1)
    year = found["year"]
    if year:
        value = _days([(int(year), month, day)])
    else:
        near = _days([(reading.as_of.year + shift, month, day) for shift in (-1, 0, 1)])
        value = frozenset(sorted(near, key=lambda each: abs(each - reading.as_of))[:1])
    _take_day(reading, value, start, found.end())


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
    first, second, third = (int(part) for part in re.split("[-/.]", written))
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
    if not reading.has_digits:
        return
    for found in _WITHOUT_YEAR.finditer(reading.low):
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
