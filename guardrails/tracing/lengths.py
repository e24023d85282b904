"""Lengths of time and days counted from today: "10 days late", "vor zehn Tagen", "by Friday"."""

import re
from calendar import monthrange
from datetime import date, timedelta

from guardrails.tracing.days import is_ours
from guardrails.tracing.numerals import number_before
from guardrails.tracing.reading import Reading
from guardrails.tracing.report import Span
from guardrails.tracing.words import (
    AGO_AFTER,
    AGO_BEFORE,
    BEFORE_YESTERDAY,
    BY_BEFORE,
    DUE_BEFORE,
    FULL_WEEKDAYS,
    HOURS_BEFORE,
    LEFT_AFTER,
    MORE_AFTER,
    OF_DAYS,
    OVERDUE,
    OVERDUE_AFTER,
    OVERDUE_BEFORE,
    PAY,
    SINCE_BEFORE,
    TERMS,
    THAN_BEFORE,
    TODAY,
    TOMORROW,
    UNITS,
    WEEKDAYS,
    WITHIN,
    WITHIN_BEFORE,
    YESTERDAY,
    each_of,
)

_DIGITS_BEFORE = re.compile(r"(?<![\w.,/])(\d{1,3})(?: ?\([^()\d]{1,20}\))?[ -]$")
_OF_DAYS = re.compile(rf"{OF_DAYS}$")
_OVERDUE = re.compile(OVERDUE)
_DUE_NEAR = re.compile(r"\b(?:due|fällig\w*|venc\w+|échue?s?|échéance|payable)\b")
_WAS_DUE = re.compile(r"\b(?:due|fällig\w*|venc\w+|échue?s?|échéance)\b")
_SINCE_AFTER = re.compile(r" (?:since|seit|seitdem|desde que|depuis que)\b")
_HAVE = re.compile(r"\b(?:have|has|haben sie|tienen?|avez|only|bleiben)\b[^.]{0,25}$")

# The first words of what `_NAMED` finds.
_NAMED_HEADS = frozenset(
    f"{TODAY}|{TOMORROW}|{YESTERDAY}|{BEFORE_YESTERDAY}".replace("avant-hier", "avant").split("|")
) | frozenset(
    each_of(
        "aujourd eod cob close midnight mitternacht medianoche minuit noon end ende tagesende "
        "eom month "
        "monatsende fin final finales eow wochenende this diese dieser esta cette"
    )
)
_NAMED = re.compile(
    rf"(?<![\w-])(?:(?P<before_yesterday>{BEFORE_YESTERDAY})|(?P<yesterday>{YESTERDAY})"
    rf"|(?P<tomorrow>{TOMORROW})|(?P<today>{TODAY}|eod|cob|close of business|midnight|mitternacht"
    r"|medianoche|minuit|noon|(?:the )?end of (?:the |this |business )?(?:day|today)|ende des tages"
    r"|tagesende|final del día|fin de journée)"
    r"|(?P<month>eom|(?:the )?end of (?:the |this )?month|month end|monatsende|ende des monats"
    r"|ende dieses monats|(?:fin|final|finales) (?:de(?:l| este)?) mes"
    r"|(?:la )?fin (?:du|de ce) mois)"
    r"|(?P<week>eow|(?:the )?end of (?:the |this )?week|ende der woche|wochenende"
    r"|fin de (?:la |esta )"
    r"?semana|(?:la )?fin de (?:la |cette )semaine)"
    r"|(?P<this_week>this week|diese woche|dieser woche|esta semana|cette semaine))(?!\w)"
)
# Opening hours end at them too.
_CLOCK_WORDS = frozenset({"noon", "midnight", "mitternacht", "medianoche", "minuit"})
_DEMANDED = re.compile(
    r"\b(?:pay|settle|remit|transfer|send|clear|zahlen|bezahlen|überweisen|begleichen|ausgleichen"
    r"|pague[n]?|pagar|abone[n]?|abonar|liquide|liquidar|payer|payez|réglez|régler|virer)\b"
    r"[^.\x01?]{0,30}$"
)
_ONLY_AFTER = re.compile(r" (?:only|at the latest|noch)\b")
_MORNING = re.compile(r"\b(?:guten|am|la|esta|cada|por la|de la) $")
_LAST_BEFORE = re.compile(r"\b(?:last|letzten?|letzter|vergangenen?|vergangener|pasado) $")
_LAST_AFTER = re.compile(r" (?:pasado|dernier|passé)\b")
_ON_BEFORE = re.compile(r"\b(?:on|this|next|am|el|le|ce|diesen|nächsten) $")
_DAY_OF_MONTH = re.compile(
    r"(?<![\w.,/:-])(\d{1,2})(?:st|nd|rd|th|\.)?(?=[.,;!?)]*(?:\s*$|\s+(?:of|at|so|or|and|if|oder|und"
    r"|please|bitte|to|o|y|ou|et|[^\w\s]))|[.;!?)])"
)
_ARTICLE_BEFORE = re.compile(r"\b(?:the|zum|den|el|le|al|au|del|día) $")
_CLOCK = re.compile(
    r"(?<![\w.,:-])(?:\d{1,2}(?:[:.h]\d{2})? ?(?:am\b|pm\b|a\.m\.|p\.m\.|uhr\b|h\b|hrs\b)"
    r"|\d{1,2}:\d{2})"
)
_FROM = re.compile(r"\b(?:from|between|von|zwischen|de|desde|entre|open)\b")
_DAY = timedelta(days=1)


def find_lengths(reading: Reading) -> None:
    """Find lengths of time that say how late something is, or until when to pay."""
    for at, unit in reading.places(UNITS):
        if reading.low[at - 1 : at] in (" ", "-") and (number := _number_before(reading, at)):
            start, value = number
            _judge_length(reading, Span(value, UNITS[unit]), start, at + len(unit))


def _number_before(reading: Reading, end: int) -> tuple[int, int] | None:
    """The number a unit counts: where it starts and its value."""
    if digits := _DIGITS_BEFORE.search(reading.low, max(0, end - 30), end):
        return digits.start(), int(digits[1])
    between = _OF_DAYS.search(reading.low, max(0, end - 30), end)
    stop = between.start() if between and between[0] else end
    if stop < end and (digits := _DIGITS_BEFORE.search(reading.low, max(0, stop - 10), stop)):
        return digits.start(), int(digits[1])
    return number_before(reading.low, stop - 1, reading.language)


def _judge_length(reading: Reading, span: Span, start: int, end: int) -> None:
    before, after = reading.before(start, 70), reading.after(end, 45)
    if than := THAN_BEFORE.search(before):
        span = span._replace(than=1 if than["more"] else -1)
        before = before[: than.start()]
    elif MORE_AFTER.match(after):
        span = span._replace(than=1)
    ago = bool(AGO_AFTER.match(after) or AGO_BEFORE.search(before))
    if ago and span.days and not before.endswith("desde hace "):
        _take_ago(reading, span, start, end)
    elif WITHIN_BEFORE.search(before) or LEFT_AFTER.match(after):
        _take_limit(reading, span, start, end)
    elif span.days and _is_overdue(reading, before, after, start):
        reading.take("days_overdue", span, start, end)
    elif TERMS.search(f"{before[-40:]}|{after[:30]}"):
        reading.take("terms", span.number * max(span.days, 1), start, end)


def _is_overdue(reading: Reading, before: str, after: str, start: int) -> bool:
    if OVERDUE_AFTER.match(after) or OVERDUE_BEFORE.search(before):
        return True
    if _SINCE_AFTER.match(after) and _WAS_DUE.search(reading.around(start)):
        return True
    return bool(SINCE_BEFORE.search(before) and _OVERDUE.search(reading.around(start)))


def _take_ago(reading: Reading, span: Span, start: int, end: int) -> None:
    """So many days ago is a day; so many weeks or months ago may be any day of that time."""
    due = _WAS_DUE.search(_nearby(reading, start, end))
    if span.than:
        if due:
            reading.take("days_overdue", span, start, end)
        return
    first = span.number * span.days
    last = first if span.days == 1 else first + span.days - 1
    days = frozenset(reading.as_of - _DAY * back for back in range(first, last + 1))
    role = "due" if due else "any" if len(days) > 1 else ""
    reading.take("date", days, start, end, role)


def _nearby(reading: Reading, start: int, end: int) -> str:
    """The clause around a place, up to the amounts and days beside it."""
    before = reading.before(start, 60).rpartition("\x01")[2]
    return f"{before} {reading.after(end, 40).partition(chr(1))[0]}"


def _take_limit(reading: Reading, span: Span, start: int, end: int) -> None:
    """How long someone has: by our terms, by our own promise, or as a deadline."""
    before, after = reading.before(start, 60), reading.after(end, 45)
    by = {reading.as_of + _DAY * (span.number * span.days or -(-span.number // 24))}
    if TERMS.search(f"{before}|{after}"):
        reading.take("terms", span.number * span.days, start, end)
    elif is_ours(reading, start):
        return
    elif WITHIN.search(before[-30:]) or LEFT_AFTER.match(after):
        reading.take("deadline", frozenset(by), start, end)
    elif _DUE_NEAR.search(_nearby(reading, start, end)):
        reading.take("date", frozenset(by), start, end, "due")
    elif PAY.search(reading.around(start)) and not (_HAVE.search(before) and "paid" in before):
        reading.take("deadline", frozenset(by), start, end)


def find_named_days(reading: Reading) -> None:
    """Find days named from today: "yesterday", "by Friday", "the end of the month"."""
    for at, _word in reading.places(_NAMED_HEADS):
        if found := _NAMED.match(reading.low, at):
            _judge_named(reading, found)
    for at, weekday in reading.places(FULL_WEEKDAYS):
        _judge_weekday(reading, weekday, at)
    _find_days_of_month(reading)
    _find_clock(reading)


def _judge_named(reading: Reading, found: re.Match[str]) -> None:
    kind, start, end = found.lastgroup or "", found.start(), found.end()
    if kind in ("yesterday", "before_yesterday"):
        if found[0] == "hier" and reading.language != "fr":
            return  # "here" in German
        day = reading.as_of - _DAY * (1 if kind == "yesterday" else 2)
        role = "due" if _WAS_DUE.search(_nearby(reading, start, end)) else ""
        reading.take("date", frozenset({day}), start, end, role)
        return
    before = reading.before(start, 60)
    if kind == "tomorrow" and found[0] in ("morgen", "mañana") and _MORNING.search(before):
        return
    if is_ours(reading, start) or (
        found[0] in _CLOCK_WORDS and not PAY.search(reading.around(start))
    ):
        return
    demanded = _DEMANDED.search(before) or (
        kind == "today"
        and found[0] in ("today", "heute")
        and _ONLY_AFTER.match(reading.after(end, 20))
    )
    if BY_BEFORE.search(before) or (demanded and kind in ("today", "tomorrow", "this_week")):
        reading.take("deadline", _named_days(kind, reading.as_of), start, end, "any")
    elif kind == "tomorrow" and _DUE_NEAR.search(_nearby(reading, start, end)):
        reading.take("date", frozenset({reading.as_of + _DAY}), start, end, "due")


def _named_days(kind: str, as_of: date) -> frozenset[date]:
    match kind:
        case "tomorrow":
            return frozenset({as_of + _DAY})
        case "month":
            return frozenset({as_of.replace(day=monthrange(as_of.year, as_of.month)[1])})
        case "week" | "this_week":
            return frozenset(as_of + _DAY * (day - as_of.weekday()) for day in (4, 6))
        case _:
            return frozenset({as_of})


def _judge_weekday(reading: Reading, name: str, start: int) -> None:
    end = start + len(name)
    weekday, as_of = WEEKDAYS[name], reading.as_of
    before, after = reading.before(start, 50), reading.after(end, 12)
    coming = as_of + _DAY * ((weekday - as_of.weekday()) % 7)
    past = as_of - _DAY * ((as_of.weekday() - weekday - 1) % 7 + 1)
    if _LAST_BEFORE.search(before) or _LAST_AFTER.match(after):
        role = "due" if _WAS_DUE.search(_nearby(reading, start, end)) else ""
        reading.take("date", frozenset({past}), start, end, role)
    elif HOURS_BEFORE.search(before) or is_ours(reading, start):
        return
    elif BY_BEFORE.search(before) or (_DEMANDED.search(before) and _ON_BEFORE.search(before)):
        later = {coming + _DAY * 7} if "next" in before[-6:] or coming == as_of else set()
        reading.take("deadline", frozenset({coming} | later), start, end, "any")
    elif DUE_BEFORE.search(before):
        reading.take("date", frozenset({coming, past}), start, end, "due")


def _find_days_of_month(reading: Reading) -> None:
    """Find "by the 27th": a day of this month or the ones beside it."""
    for found in reading.numbers(_DAY_OF_MONTH):
        before = reading.before(found.start(), 50)
        if not 1 <= int(found[1]) <= 31 or not _ARTICLE_BEFORE.search(before):
            continue
        if BY_BEFORE.search(before) and not is_ours(reading, found.start()):
            days = _days_of_month(int(found[1]), reading.as_of)
            reading.take("deadline", days, *found.span(), "any")
        elif DUE_BEFORE.search(before):
            reading.take("date", _days_of_month(int(found[1]), reading.as_of), *found.span(), "due")


def _days_of_month(day: int, as_of: date) -> frozenset[date]:
    months = {(as_of.replace(day=1) + _DAY * shift).replace(day=1) for shift in (-5, 0, 40)}
    return frozenset(
        first.replace(day=day) for first in months if day <= monthrange(first.year, first.month)[1]
    )


def _find_clock(reading: Reading) -> None:
    """Find a time of day to pay by, unless a day is named with it."""
    for found in reading.numbers(_CLOCK):
        before, after = reading.before(found.start(), 50), reading.after(found.end(), 30)
        alone = "\x01" not in before[-20:] + after and not _FROM.search(before)
        if alone and BY_BEFORE.search(before) and PAY.search(reading.around(found.start())):
            reading.take("deadline", frozenset({reading.as_of}), *found.span())
