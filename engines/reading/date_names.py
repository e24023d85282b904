"""Days by their names: of the week, of the month in words, and both together."""

import re
from datetime import date, timedelta

from engines.reading.date_mention import Anchor, Pair
from engines.reading.date_words import MONTHS, WEEKDAYS
from engines.reading.days import add_months, last_of_month, weekday_of_week

_SUNDAY = 6
_NEAR = 31  # days; a weekday with a number tells of no day further off
_TENS = {"twenty": 20, "thirty": 30}
_UNITS = (
    "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth",
    "eleventh", "twelfth", "thirteenth", "fourteenth", "fifteenth", "sixteenth", "seventeenth",
    "eighteenth", "nineteenth", "twentieth",
)  # fmt: skip
ORDINALS = {word: at for at, word in enumerate(_UNITS, 1)} | {"thirtieth": 30}
ORDINALS |= {
    f"{tens} {word}": value + at
    for tens, value in _TENS.items()
    for at, word in enumerate(_UNITS[:9], 1)
    if value + at <= 31
}
_ORDINAL = "|".join(each.replace(" ", "[ -]") for each in sorted(ORDINALS, key=len, reverse=True))
_MONTH = "|".join(sorted(MONTHS, key=len, reverse=True))
SPOKEN = re.compile(
    rf"\b(?P<day>{_ORDINAL})(?: day)?(?: of)? (?P<month>{_MONTH})\b(?:,? (?P<year>20\d\d))?"
    rf"|\b(?P<month2>{_MONTH}) the (?P<day2>{_ORDINAL})\b(?:,? (?P<year2>20\d\d))?"
    rf"|\b(?:on|by|before|until|till) the (?P<alone>{_ORDINAL})\b"
    r"(?! (?:of|day|week|working|business|run|batch|time|instal|part|invoice|reminder|half|one"
    r"|quarter|month|meeting|floor|party|delivery|order|payment))"
)
WEEKDAY_NUMBER = re.compile(
    rf"\b(?P<weekday>{'|'.join(sorted(WEEKDAYS, key=len, reverse=True))})"
    r"(?:\.?,?\s(?:the|den|dem|der|am|dia|le|el|il|de|op)\s|\.?\s)(?P<day>[0-3]?\d)(?:st|nd|rd|th|er)?"
    r"(?:\.(?!\d))?(?![\d.,:/'-]*\d|\w|\s?[%€£$]|\s(?:quid|pounds?|euros?|eur|dollars|bucks|uhr)\b"
    rf"|\s?(?:of |de |d')?(?:{_MONTH})\b)"
)


def dated(day: int, month: int, year: str | None, anchor: Anchor) -> Pair:
    """A day of a month, read ahead and behind where no year is said."""
    if year:
        number = int(year.lstrip("'"))
        found = date(number + 2000 if number < 100 else number, month, day)
        return found, found
    ahead = next(
        each
        for each in (date(anchor.day.year + more, month, day) for more in (0, 1, 2, 3, 4))
        if each >= anchor.day
    )
    behind = ahead if ahead == anchor.day else ahead.replace(year=ahead.year - 1)
    if (ahead - anchor.day).days > 300:  # just gone by, even where it is said of the future
        ahead = behind
    return ahead, behind


def spoken(match: re.Match[str], anchor: Anchor) -> Pair:
    """A day of the month whose number is written as a word."""
    word = match["day"] or match["day2"] or match["alone"]
    day = ORDINALS[word.replace("-", " ")]
    month = match["month"] or match["month2"]
    if month:
        return dated(day, MONTHS[month], match["year"] or match["year2"], anchor)
    return _around(day, anchor)


def weekday_number(match: re.Match[str], anchor: Anchor) -> Pair:
    """A weekday with the number of the day, such as "Friday 26": only where both soon agree."""
    found = _around(int(match["day"]), anchor, WEEKDAYS[match["weekday"]])
    if found is None:
        return None
    ahead, behind = (
        each if each and abs((each - anchor.day).days) <= _NEAR else None for each in found
    )
    return (ahead, behind) if ahead or behind else None


def _around(day: int, anchor: Anchor, named: int | None = None) -> Pair:
    """The next and the last such day of a month, of that weekday where one is named."""
    first = anchor.day.replace(day=1)
    months = (add_months(first, more) for more in (-2, -1, 0, 1, 2))
    days = [each.replace(day=day) for each in months if last_of_month(each).day >= day]
    days = [each for each in days if named is None or each.weekday() == named]
    if not days:
        return None
    ahead = next((each for each in days if each >= anchor.day), None)
    behind = next((each for each in reversed(days) if each <= anchor.day), None)
    return ahead, behind


def weekday(match: re.Match[str], anchor: Anchor) -> Pair:
    """A weekday by its name."""
    named = WEEKDAYS[match["weekday"]]
    before = (match["before"] or "").strip()
    after = (match["after"] or "").strip()
    coming = anchor.day + timedelta(days=(named - anchor.day.weekday() - 1) % 7 + 1)
    gone = anchor.day - timedelta(days=(anchor.day.weekday() - named - 1) % 7 + 1)
    if re.match(
        r"last|letzt|vergangen|vorig|past|pasado|dernier|vorige|scors|afgelopen", before or after
    ):
        week = weekday_of_week(anchor.day, named, -1)
        return None, week if match["before"] == "last " else gone
    if re.match(r"(?:pasado|dernier|scors)", after):
        return None, gone
    if after in ("week", "in einer woche", "en huit") or re.search(r"woche drauf|a week", before):
        return coming + timedelta(days=7), None
    if re.match(r"next|nachste", before):
        return max(weekday_of_week(anchor.day, named, 1), coming), None
    return coming, gone


def day_of_week(match: re.Match[str], anchor: Anchor) -> Pair:
    """A weekday of a week that is named beside it."""
    words = match["week"] or match["week2"]
    weeks = 2 if re.search(r"after next|ubernachst", words) else 1
    if re.match(r"this|diese|cette|esta", words):
        weeks = 0
    found = weekday_of_week(anchor.day, WEEKDAYS[match["weekday"] or match["weekday2"]], weeks)
    if weeks or found >= anchor.day:
        return found, None
    # On a Sunday the week people speak of has yet to begin.
    return (found + timedelta(days=7) if anchor.day.weekday() == _SUNDAY else None), found
