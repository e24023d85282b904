"""What an amount or a date written by a person says, in any of the ways our languages write it.

A text that can be read in two ways is not guessed at: both readings are returned, and the caller
accepts it only where one alone is possible.
"""

import functools
import re
from datetime import date
from decimal import Decimal, InvalidOperation

from guardrails.formats import LANGUAGES, has_sign

NUMBER = r"(?:\d{1,3}(?:[ '’]\d{3})+(?!\d)(?:[.,]\d+)*|\d+(?:[.,'’]\d+)*)"
SIGN = "[-\N{MINUS SIGN}\N{EN DASH}]"
# What may stand right before and right after a fact; anything else makes it part of another word.
OPENERS = r"\s(«“\"„:"
ENDING = r"[.,;:!?)»”\"“]*(?:\s|$)"
OPENS = f"(?<![^{OPENERS}])"
CLOSES = f"(?={ENDING})"

# Codes people also write in small letters; other codes are words of our languages ("all", "top").
_SMALL = "eur usd gbp chf cad aud nzd jpy cny sek nok dkk pln czk huf inr brl mxn zar"
SMALL_CODES = tuple(re.findall(r"\w+", _SMALL))
NAMED_CURRENCIES = {
    "euros": "EUR",
    "euro": "EUR",
    "dollars": "USD",
    "dollar": "USD",
    "dólares": "USD",
    "dólar": "USD",
    "pounds": "GBP",
    "pound": "GBP",
    "fcfa": "XAF",
}
# Words after a number that make it another number, or no amount at all.
CHANGES = (
    r"(?:%|‰|(?:percent|prozent|pour cent|por ciento|per cent|thousand|million|billion|tausend"
    r"|millionen|milliarden|mio|mrd|tsd|mille|millions?|milliards?|mil|mill[oó]n|millones"
    r"|tbd|bn|mn|k|m)(?!\w))"
)
SPANS = (
    r"(?:(?:[^\W\d]+ )?(?:hours?|days?|weeks?|months?|years?|stunden?|tagen?|wochen?|monaten?"
    r"|jahren?|heures?|jours?|semaines?|mois|ans?|ann[ée]es?|horas?|d[ií]as?|semanas?|mes(?:es)?"
    r"|años?)(?!\w))"
)


@functools.cache
def currency_words() -> dict[str, frozenset[str]]:
    """Symbols, codes and names of currencies, each with the currencies it may mean."""
    from babel import Locale
    from babel.numbers import get_currency_symbol, list_currencies

    codes = sorted(list_currencies())
    found = {code: {code} for code in codes if code != "XXX"}
    for language in LANGUAGES:
        for code in Locale(language).currencies:
            symbol = get_currency_symbol(code, language)
            if code != "XXX" and has_sign(symbol):
                found.setdefault(symbol, set()).add(code)
    return {word: frozenset(meant) for word, meant in found.items()}


def currencies_of(word: str) -> frozenset[str]:
    """The currencies a symbol, code or name may mean."""
    known = currency_words()
    if word in known:
        return known[word]
    named = NAMED_CURRENCIES.get(word.casefold())
    return frozenset({named}) if named else known[word.upper()]


@functools.cache
def currency_patterns() -> tuple[str, str]:
    """Regular expressions for a currency before and after a number.

    Before it stands a symbol or code, after it also a name ("euros").
    """
    words = currency_words()
    signs = "|".join(
        re.escape(word) for word in sorted(words, key=len, reverse=True) if has_sign(word)
    )
    codes = "|".join(word for word in words if not has_sign(word))
    small = "|".join(SMALL_CODES)
    before = rf"(?:{signs}|(?<!\w)(?:{codes}|(?i:{small})))"
    after = rf"(?:{signs}|(?:{codes}|(?i:{'|'.join(NAMED_CURRENCIES)}|{small}))(?!\w))"
    return before, after


def read_amount(written: str, digits: int, language: str) -> int | None:
    """The minor units a written number means, or None when it is no amount of that precision.

    Args:
        written: Digits with separators, without sign or currency.
        digits: Minor-unit digits of the currency.
        language: Decides between point and group where both readings are amounts (three digits).
    """
    whole, point, part = _split(re.sub("[ '’]", " ", written), digits, language)
    if whole is None or len(part) > max(digits, 2) or (point and not part):
        return None
    try:
        scaled = Decimal(f"{whole}.{part or 0}").scaleb(digits)
    except InvalidOperation:
        return None
    return int(scaled) if scaled == scaled.to_integral_value() else None


def _split(written: str, digits: int, language: str) -> tuple[str | None, str, str]:
    """Whole part without groups (None when badly grouped), decimal point, decimals."""
    marks = re.findall("[., ]", written)
    point = ""
    if marks and marks[-1] != " ":
        last_group = written.rsplit(marks[-1], 1)[1]
        grouped = len(last_group) == 3 and (
            digits != 3 or marks[-1] != ("." if language == "en" else ",")
        )
        alone = marks.count(marks[-1]) == 1
        if alone and (not grouped or len(set(marks)) > 1):
            point = marks[-1]
    whole, _, part = written.rpartition(point) if point else (written, "", "")
    separators = set(re.findall("[., ]", whole))
    if len(separators) > 1:
        return None, point, part
    groups = re.split("[., ]", whole)
    well_grouped = len(groups) == 1 or (
        1 <= len(groups[0]) <= 3 and all(len(group) == 3 for group in groups[1:])
    )
    padded = len(groups[0]) > 1 and groups[0][0] == "0"
    return ("".join(groups) if well_grouped and not padded else None), point, part


@functools.cache
def month_names() -> dict[str, int]:
    """The months by name and abbreviation, in small letters, in all our languages."""
    from babel.dates import get_month_names

    return {
        name.casefold().rstrip("."): number
        for language in LANGUAGES
        for width in ("wide", "abbreviated")
        for context in ("format", "stand-alone")
        for number, name in get_month_names(width, context, language).items()
    }


@functools.cache
def date_pattern() -> re.Pattern[str]:
    """Finds dates with a month's name, with or without a year, and dates in digits."""
    names = "|".join(sorted(map(re.escape, month_names()), key=len, reverse=True))
    forms = (
        rf"(?P<d1>\d{{1,2}})(?:\.|er|st|nd|rd|th|º)? ?(?:of |de )?(?P<m1>{names})\.?"
        r"(?:,? (?:de |del )?(?P<y1>\d{4}))?",
        rf"(?P<m2>{names})\.? (?P<d2>\d{{1,2}})(?:st|nd|rd|th)?(?:,? (?P<y2>\d{{4}}))?",
        r"(?P<digits>\d{4}(?P<s1>[-/.])\d{1,2}(?P=s1)\d{1,2}"
        r"|\d{1,2}(?P<s2>[-/.])\d{1,2}(?P=s2)\d{4})",
    )
    return re.compile(f"{OPENS}(?i:{'|'.join(forms)}){CLOSES}")


def read_date(found: re.Match[str], near: date) -> frozenset[date]:
    """Every date a match of `date_pattern` may mean.

    Args:
        found: The match.
        near: The day of writing; a date without a year means the closest one.
    """
    if found["digits"]:
        return _read_digits(found["digits"])
    day = int(found["d1"] or found["d2"])
    month = month_names()[(found["m1"] or found["m2"]).casefold().rstrip(".")]
    year = found["y1"] or found["y2"]
    if year:
        return _days([(int(year), month, day)])
    around = _days([(near.year + shift, month, day) for shift in (-1, 0, 1)])
    return frozenset(sorted(around, key=lambda each: abs(each - near))[:1])


def _read_digits(written: str) -> frozenset[date]:
    """Year first and points have one order; slashes and hyphens may have day or month first."""
    first, second, third = (int(part) for part in re.split("[-/.]", written))
    if first > 31:
        return _days([(first, second, third)])
    if "." in written:
        return _days([(third, second, first)])
    return _days([(third, second, first), (third, first, second)])


def _days(candidates: list[tuple[int, int, int]]) -> frozenset[date]:
    found = set()
    for year, month, day in candidates:
        try:
            found.add(date(year, month, day))
        except ValueError:
            continue
    return frozenset(found)
