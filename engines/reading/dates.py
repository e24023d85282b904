"""Dates in the words of a message, read against the day it came.

Each mention is found by a form of the grammar below and read twice: as a day to come and as a day
gone by, because "on the 9th" is one or the other by what is said of it.
"""

import re
from collections.abc import Callable
from datetime import date, timedelta

from engines.reading.date_mention import Anchor, DateMention, Pair
from engines.reading.date_names import (
    SPOKEN,
    WEEKDAY_NUMBER,
    dated,
    day_of_week,
    spoken,
    weekday,
    weekday_number,
)
from engines.reading.date_overlaps import one_after_another, without_repeats
from engines.reading.date_words import (
    AFTER_EVENT,
    CALENDAR_WEEK,
    DAY_OF_WEEK,
    DAY_ONLY,
    DURATION,
    EARLIER_DAY,
    EDGE,
    EDGE_FORM,
    MONTH_ONLY,
    MONTHS,
    NAMED_DAY,
    NAMED_DAYS,
    NEXT_MONTH,
    NTH,
    NTH_FORM,
    NUMBERS,
    NUMERIC,
    PERIOD_EDGE,
    TEXTUAL,
    TEXTUAL_LATER,
    UNITS,
    WEEK,
    WEEKDAY,
    WEEKDAYS,
)
from engines.reading.days import (
    FRIDAY,
    add_business_days,
    add_months,
    first_business_day,
    last_business_day,
    last_of_month,
    last_of_quarter,
    nth_weekday,
    weekday_of_week,
)

_MOST_LISTED = 12
_NEXT_WORD = re.compile(r"\s{1,3}(?:on |of )?(?P<word>[a-z]{3,12})")
_LISTED_BEFORE = re.compile(r"\d{1,2}[/-]\d{1,2}(?:,|,? (?:and|&|und|et|y|e|en)) ?$")
_FAR = 400  # days; a date further off in the future is not read from words without a year


def find_dates(folded: str, anchor: Anchor) -> list[DateMention]:
    """Every date of a folded text, without overlaps, in order."""
    found: list[DateMention] = []
    taken: list[tuple[int, int]] = []
    for form, pattern, read in _FORMS:
        for match in pattern.finditer(folded):
            start, end = match.span()
            if any(start < last and first < end for first, last in taken):
                continue
            pair = _read(read, match, anchor)
            if pair is None:
                continue
            if AFTER_EVENT.match(folded, end) and form == "duration":
                pair = (None, None)
            here = [DateMention(start, end, pair[0], pair[1], form)]
            if form in ("nth", "edge", "textual"):
                here += _listed(folded, form, pattern, read, match, anchor)
            taken += [(each.start, each.end) for each in here]
            found += here
    found.sort(key=lambda each: each.start)
    return without_repeats(one_after_another(found, folded), folded)


def _listed(
    folded: str,
    form: str,
    pattern: re.Pattern[str],
    read: Callable[..., Pair],
    match: re.Match[str],
    anchor: Anchor,
) -> list[DateMention]:
    """The other days of a list, such as "the last day of March, April and May", "5 and 20 May"."""
    found: list[DateMention] = []
    groups = match.groupdict()
    name = groups.get("month")
    if not name:
        return found
    at = match.end()
    while len(found) < _MOST_LISTED and (after := NEXT_MONTH.match(folded, at)):
        words = match.group().replace(name, after["month"])
        again = pattern.fullmatch(words)
        pair = _read(read, again, anchor) if again else None
        if pair is None:
            break
        found.append(DateMention(after.start("month"), after.end("month"), *pair, form))
        at = after.end()
    at = match.start()
    while groups.get("day") and len(found) < _MOST_LISTED:
        window = folded[max(0, at - 14) : at]
        before = EARLIER_DAY.search(window)
        if not before:
            break
        at = at - len(window) + before.start("day")
        pair = _earlier(int(before["day"]), name, match["year"], anchor)
        if pair is None:
            break
        found.append(DateMention(at, at + len(before["day"]), *pair, form))
    return found


def _earlier(day: int, month: str, year: str | None, anchor: Anchor) -> Pair:
    try:
        return dated(day, MONTHS[month], year, anchor)
    except ValueError:
        return None


def _read(read: Callable[..., Pair], match: re.Match[str], anchor: Anchor) -> Pair:
    try:
        return read(match, anchor)
    except (ValueError, OverflowError):  # no such day, such as 31 April or the year 0
        return None


def _numeric(match: re.Match[str], anchor: Anchor) -> Pair:
    if match["iso"]:
        found = date(*map(int, re.split(r"[-/.]", match["iso"])))
        return found, found
    one, two = int(match["one"]), int(match["two"])
    year, mark = match["year"], match["mark"]
    clear = mark == "/" and (len(match["one"]) == len(match["two"]) == 2 or max(one, two) > 12)
    listed = bool(_LISTED_BEFORE.search(match.string[max(0, match.start() - 16) : match.start()]))
    if not year and mark != "." and not (match["lead"] or clear or listed):
        return None
    if not year and mark == "." and not (match["lead"] or match["stop"]):
        return None
    day_first = mark == "." or anchor.day_first
    if one > 12 or two > 12:
        day_first = one > 12
    day, month = (one, two) if day_first else (two, one)
    return dated(day, month, year, anchor)


def _textual(match: re.Match[str], anchor: Anchor) -> Pair:
    return dated(int(match["day"]), MONTHS[match["month"]], match["year"], anchor)


def _day_only(match: re.Match[str], anchor: Anchor) -> Pair:
    day = int(match["day"] or match["day2"] or match["day3"])
    if not 1 <= day <= 31:
        return None
    later = match["later"]
    if later and later != "month":
        month = add_months(anchor.day.replace(day=1), 0 if later == "this month" else 1)
        found = month.replace(day=day)
        return found, found
    first = anchor.day.replace(day=1)
    days = [
        each.replace(day=day)
        for each in (add_months(first, more) for more in (-2, -1, 0, 1, 2))
        if last_of_month(each).day >= day
    ]
    ahead = next((each for each in days if each >= anchor.day), None)
    behind = next((each for each in reversed(days) if each <= anchor.day), None)
    return ahead, behind


def _calendar_week(match: re.Match[str], anchor: Anchor) -> Pair:
    found = date.fromisocalendar(anchor.day.year, int(match["number"]), FRIDAY + 1)
    return found, found


def _named(match: re.Match[str], anchor: Anchor) -> Pair:
    word = match["named"]
    after = _NEXT_WORD.match(match.string, match.end()) if word in ("eod", "cob") else None
    if after and after["word"] in WEEKDAYS:
        return None  # the end of the day that follows
    days = NAMED_DAYS[word]
    found = anchor.day + timedelta(days=days)
    return (found if days >= 0 else None), (found if days <= 0 else None)


def _duration(match: re.Match[str], anchor: Anchor) -> Pair:
    word = match["count"] or match["count_ago"]
    count = int(word) if word.isdigit() else NUMBERS[word]
    if count > _FAR:
        return None
    unit = UNITS[(match["unit"] or match["unit_ago"])[:4].strip()]
    sign = -1 if match["ago"] or match["count_ago"] else 1
    if match["business"] or match["business2"] or unit == "business":
        found = add_business_days(anchor.calendar, anchor.day, sign * count)
    elif unit == "month":
        found = add_months(anchor.day, sign * count)
    else:
        found = anchor.day + timedelta(days=sign * count * (7 if unit == "week" else 1))
    return (found, None) if sign > 0 else (None, found)


def _month_meant(match: re.Match[str], anchor: Anchor) -> date:
    """The first day of the month that "end of ..." is about."""
    name, later = match["month"], match["later"]
    first = anchor.day.replace(day=1)
    if name:
        found = first.replace(month=MONTHS[name])
        if match["year"]:
            return found.replace(year=int(match["year"]))
        return found if found >= first else found.replace(year=first.year + 1)
    if not later:
        return first
    back = re.match(r"last|letzt|vergangen|dernier|pasado", later)
    return add_months(first, -1 if back else 1)


def _edge(match: re.Match[str], anchor: Anchor) -> Pair:
    first = _month_meant(match, anchor)
    edge = EDGE[re.sub(r"[^a-z]", "", match["edge"])[:5]]
    if edge == "end":
        found = last_of_month(first)
    elif edge == "mid":
        found = first.replace(day=15)
    else:
        found = first_business_day(anchor.calendar, first)
        if found < anchor.day:
            found = anchor.day
    behind = found if found <= anchor.day else last_of_month(add_months(first, -1))
    return (found if found >= anchor.day else None), behind


def _nth(match: re.Match[str], anchor: Anchor) -> Pair:
    first = _month_meant(match, anchor)
    nth = NTH[match["nth"][:4]]
    what = match["what"]
    if what in WEEKDAYS:
        found = nth_weekday(first, WEEKDAYS[what], nth)
    elif re.match(r"week|woche|semaine|semana", what):
        week = last_of_month(first) if nth < 0 else first + timedelta(days=7 * (nth - 1))
        found = weekday_of_week(week, FRIDAY, 0)
        found = found if found.month == first.month else first.replace(day=7 * max(nth, 1))
    elif nth > 0:
        found = first_business_day(anchor.calendar, first)
    else:
        plain = re.match(r"(?:day|tag|jour|dia)$", what) and not match["business"]
        found = last_of_month(first) if plain else last_business_day(anchor.calendar, first)
    return found, found


def _period_edge(match: re.Match[str], anchor: Anchor) -> Pair:
    words = match.group()
    later = 1 if re.search(r"next|nachst|kommend|prochain|proxim|que viene|folgend", words) else 0
    if (
        match["week"]
        or match["week2"]
        or match["week3"]
        or words in ("eow", "next eow")
        or re.match(r"wochenende|week-?end", words)
    ):
        return weekday_of_week(anchor.day, max(FRIDAY, anchor.day.weekday()), later), None
    if match["quarter"]:
        return last_of_quarter(add_months(anchor.day, 3 * later)), None
    if match["year"]:
        return date(anchor.day.year + later, 12, 31), None
    return last_of_month(add_months(anchor.day.replace(day=1), later)), None


def _week(match: re.Match[str], anchor: Anchor) -> Pair:
    words = match.group()
    if re.search(r"last|letzt|vergangen|vorig|derni|pasada|vorige", words):
        return None, None
    if re.search(r"after next|ubernachst", words):
        return weekday_of_week(anchor.day, FRIDAY, 2), None
    if re.search(
        r"next|nachst|kommend|prochain|proxim|viene|following|coming|entrante|volgend|komend|prossim|przyszl",
        words,
    ):
        start = re.search(r"early|beginning|start|anfang|debut|principios|comienzos", words)
        return weekday_of_week(anchor.day, 0 if start else FRIDAY, 1), None
    return weekday_of_week(anchor.day, max(FRIDAY, anchor.day.weekday()), 0), None


def _month_only(_match: re.Match[str], _anchor: Anchor) -> Pair:
    return None, None


# A form earlier in the list wins over a later one that overlaps it.
_FORMS: tuple[tuple[str, re.Pattern[str], Callable[..., Pair]], ...] = (
    ("numeric", NUMERIC, _numeric),
    ("edge", PERIOD_EDGE, _period_edge),
    ("nth", NTH_FORM, _nth),
    ("edge", EDGE_FORM, _edge),
    ("textual", TEXTUAL, _textual),
    ("textual", TEXTUAL_LATER, _textual),
    ("duration", DURATION, _duration),
    ("weekday", DAY_OF_WEEK, day_of_week),
    ("textual", SPOKEN, spoken),
    ("textual", WEEKDAY_NUMBER, weekday_number),
    ("week", CALENDAR_WEEK, _calendar_week),
    ("week", WEEK, _week),
    ("named", NAMED_DAY, _named),
    ("weekday", WEEKDAY, weekday),
    ("day", DAY_ONLY, _day_only),
    ("month", MONTH_ONLY, _month_only),
)
