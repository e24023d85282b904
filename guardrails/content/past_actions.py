"""What a message says we did before: what kind of action, on which day, how often.

The count is of the actions that must lie in the event log before this message goes: "we sent you
three reminders" is 3, "this is our third reminder" is 2, "several times" and "again" are 2.
"""

import re
from datetime import date, timedelta

from guardrails.content.claims import Match
from guardrails.content.report import PastAction

_MONTHS = (
    "january|jan|enero|ene|janvier|janv|januar|janner",
    "february|feb|febrero|fevrier|fevr|februar",
    "march|mar|marzo|mars|marz|maerz",
    "april|apr|abril|abr|avril|avr",
    "may|mayo|mai",
    "june|jun|junio|juin|juni",
    "july|jul|julio|juillet|juil|juli",
    "august|aug|agosto|ago|aout",
    "september|sept|sep|septiembre|septembre|setiembre",
    "october|oct|octubre|octobre|oktober|okt",
    "november|nov|noviembre|novembre",
    "december|dec|diciembre|dic|decembre|dezember|dez",
)
_MONTH_NUMBER = {
    name: number for number, names in enumerate(_MONTHS, start=1) for name in names.split("|")
}
_MONTH = "|".join(sorted(_MONTH_NUMBER, key=len, reverse=True))
_DAY = re.compile(
    rf"(?<!\d)(?P<day>\d{{1,2}})(?:st|nd|rd|th|er|\.)?,? (?:of |de |del )?(?P<month>{_MONTH})\b\.?"
    r"(?:,? (?:de |del )?(?P<year>\d{4}))?"
    rf"|\b(?P<month2>{_MONTH})\b\.? (?P<day2>\d{{1,2}})(?:st|nd|rd|th)?\b(?:,? (?P<year2>\d{{4}}))?"
    r"|\b(?P<year3>\d{4})-(?P<month3>\d\d)-(?P<day3>\d\d)\b"
    r"|(?<!\d)(?P<day4>\d{1,2})[./](?P<month4>\d{1,2})[./](?P<year4>\d{4})(?!\d)"
    r"|(?<!\d)(?P<day5>\d{1,2})\.(?P<month5>\d{1,2})\.(?!\d)"
)
_YESTERDAY = re.compile(r"\b(?:yesterday|ayer|anoche|hier|gestern|last night)\b")
_EARLIER = re.compile(
    r"\b(?:day before yesterday|anteayer|antier|avant-hier|vorgestern|tomorrow)\b"
)
# "1st reminder" is the first of its kind, so nothing lies before it.
_ORDINALS = {
    2: r"second|2nd|segund[oa]|2[oa]|deuxieme|seconde?|2e|2eme|zweite[nrsm]?",
    3: r"third|3rd|tercer[oa]?|troisieme|3e|3eme|dritte[nrsm]?",
    4: r"fourth|4th|cuart[oa]|quatrieme|4e|4eme|vierte[nrsm]?",
    5: r"fifth|5th|quint[oa]|cinquieme|5e|5eme|funfte[nrsm]?|fuenfte[nrsm]?",
}
_NUMBERS = {
    1: r"once|una vez|une fois|einmal",
    2: r"twice|two|both|dos|deux|zwei|zweimal|beiden|again|several|repeated(?:ly)?|many|multiple"
    r"|various|numerous|a number of|varias|varios|muchas|repetid[ao]s|numerosas|numerosos|diversas"
    r"|plusieurs|nombreu(?:x|ses)|maintes|de nouveau|encore|nochmals|erneut|mehrfach|mehrmals"
    r"|mehrere[nr]?|viele[nr]?|wiederholt|zahlreiche[nr]?|otra vez|de nuevo",
    3: r"three(?: times)?|thrice|tres|trois|drei|dreimal",
    4: r"four(?: times)?|cuatro|quatre|viermal|vier",
    5: r"five(?: times)?|cinco|cinq|funf|fuenf|funfmal",
}
_ORDINAL = {count: re.compile(rf"\b(?:{words})\b") for count, words in _ORDINALS.items()}
_NUMBER = {count: re.compile(rf"\b(?:{words})\b") for count, words in _NUMBERS.items()}
_NEAR = 30


def past_action(kind: str, text: str, folded: str, match: Match, as_of: date) -> PastAction:
    """Read the day and the count of an action a sentence was found to assert.

    Args:
        kind: One of the kinds of `PastAction`.
        text: The sentence as written.
        folded: The sentence folded, letter for letter.
        match: Where the action stands in it.
        as_of: The day of sending; a day without a year is the last such day before it.
    """
    end = min(len(folded), match.end + _NEAR)
    while end < len(folded) and folded[end].isalnum():
        end += 1
    start = max(0, match.start - _NEAR)
    near = folded[start:end]
    return PastAction(kind, _day_in(near, as_of), _count_in(near), text[match.start : match.end])


def _count_in(near: str) -> int | None:
    for count, pattern in _ORDINAL.items():
        if pattern.search(near):
            return count - 1
    without_days = _DAY.sub(" ", near)
    for count in sorted(_NUMBER, reverse=True):
        if _NUMBER[count].search(without_days):
            return count
    times = re.search(r"\b(\d{1,2}) (?:times|veces|fois|mal|reminders|e-?mails|letters)\b", near)
    return int(times[1]) if times else None


def _day_in(near: str, as_of: date) -> date | None:
    match = _DAY.search(near)
    if match is None:
        is_exact = _YESTERDAY.search(near) and not _EARLIER.search(near)
        return as_of - timedelta(days=1) if is_exact else None
    read = {name.rstrip("2345"): value for name, value in match.groupdict().items() if value}
    month = read["month"]
    number = int(month) if month.isdigit() else _MONTH_NUMBER[month]
    year = int(read["year"]) if "year" in read else None
    return _made(year, number, int(read["day"]), as_of)


def _made(year: int | None, month: int, day: int, as_of: date) -> date | None:
    """A day; without a year the last such day up to the day of sending."""
    try:
        if year is not None:
            return date(year, month, day)
        this_year = date(as_of.year, month, day)
        return this_year if this_year <= as_of else date(as_of.year - 1, month, day)
    except ValueError:
        return None
