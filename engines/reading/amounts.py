"""Amounts of money in the usual ways to write them, exact to the minor unit."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from ledger.money import currency_digits

_SIGNS = {
    "us$": "USD", "usd$": "USD", "a$": "AUD", "au$": "AUD", "c$": "CAD", "ca$": "CAD", "nz$": "NZD",
    "hk$": "HKD", "s$": "SGD", "r$": "BRL", "mx$": "MXN", "$": "USD", "€": "EUR", "£": "GBP",
    "¥": "JPY", "₹": "INR", "rs": "INR", "rs.": "INR", "inr": "INR", "r": "ZAR", "fr.": "CHF",
    "sfr.": "CHF", "sfr": "CHF", "euro": "EUR", "euros": "EUR", "dollars": "USD", "dollar": "USD",
    "pounds": "GBP", "quid": "GBP", "pound": "GBP", "francs": "CHF", "franken": "CHF", "zl": "PLN",
    "zł": "PLN", "rupees": "INR", "rand": "ZAR", "bucks": "USD", "stutz": "CHF", "gs.": "PYG",
    "bs": "BOB", "s/": "PEN", "s/.": "PEN", "soles": "PEN", "$ ca": "CAD", "$ us": "USD",
    "lucas": "CLP", "reais": "BRL", "kc": "CZK", "ft": "HUF", "dirhams": "AED",
}  # fmt: skip
_CODES = (
    "USD EUR GBP CHF CAD AUD NZD JPY CNY INR SEK NOK DKK PLN CZK HUF RON BGN TRY ZAR BRL MXN ARS "
    "CLP COP PEN UYU PYG BOB SGD HKD THB MYR IDR PHP KRW TWD AED SAR QAR KWD BHD OMR JOD ILS EGP "
    "MAD TND NGN KES GHS XOF XAF RUB UAH ISK"
).lower().split()  # fmt: skip
CURRENCIES = _SIGNS | {code: code.upper() for code in _CODES}
_BEFORE = (
    r"(?:(?<![\w])(?:"
    + "|".join(_CODES)
    + r"|us\$|usd\$|au?\$|ca?\$|nz\$|hk\$|s\$|r\$|mx\$|rs\.?|r|s?fr\.|gs\.|bs|s/\.?)|[$€£¥₹])"
)
_AFTER = (
    r"(?:\$ (?:ca|us)\b|[€£$¥₹]|(?:"
    + "|".join(_CODES)
    + r"|euros?|dollars?|pounds?|quid|francs?|franken|zl|rupees|rand|bucks|stutz|soles"
    r"|reais|kc|dirhams"
    r"|lucas)\b)"
)
_NUMBER = (
    r"(?:\d{1,3}(?:[ \u00a0\u202f.,'](?=\d))(?:\d{3}(?:["
    r" \u00a0\u202f.,'])){0,4}\d{3}(?:[.,]\d{1,2})?(?!\d)"
    r"|\d{1,2}(?:,\d\d){1,3},\d{3}(?:\.\d\d)?(?!\d)|\d{1,9}(?:[.,]\d{1,3})?(?!\d))"
)
_AMOUNT = re.compile(
    rf"(?:(?P<before>{_BEFORE})\s?"
    rf"|(?<![\w/#])(?<!\d[.,:'-]))(?P<minus>[-(]\s?)?(?P<number>{_NUMBER})"
    r"(?P<blank>[.,]?(?:[-]{1,2}|/-))?"
    r"(?:\s?(?P<scale>k|tsd|mil|thousand|tausend|mio|million|lakh|lacs?|lucas|m)\b\.?)?"
    rf"(?(before)|(?:\s?(?P<after>{_AFTER}))?)(?![\w/]|-\w|[.,]\d|:\d)"
)
_SCALES = {
    "k": 3, "tsd": 3, "mil": 3, "thousand": 3, "tausend": 3, "lucas": 3, "mio": 6, "million": 6,
    "m": 6, "lakh": 5, "lac": 5, "lacs": 5,
}  # fmt: skip
_UNIT = re.compile(
    r"\s?(?:%|percent|prozent|pour cent|por ciento|(?:x|of the|von|sur|de los|de las) ?\d"
    r"|(?:business |working |calendar )?"
    r"(?:days?|weeks?|months?|years?|hours?|hrs?|tagen?|tage|wochen?|monate?n?|jahre?n?|stunden"
    r"|jours?"
    r"|semaines?|mois|ans?|heures?|dias?|semanas?|meses|anos?|horas?|werktage?n?)\b|units?"
    r"|boxes|cartons?"
    r"|pallets?|pieces?|pcs|items?|stuck|stk|kartons?|paletten?|palettes?|unites?|pieces"
    r"|unidades|uds?\b"
    r"|cajas?|palets?|bultos|kg\b|kilos?|tonnes?|tons?|litres?|liter|metres?|meter|employees"
    r"|mal\b|times|fois"
    r"|veces|st\b|nd\b|rd\b|th\b|uhr|h\b|o'clock|raten\b|instal\w*|cuotas|plazos"
    r"|mensualites"
    r"|monthly|wochenraten|monatsraten|invoices|rechnungen|factur|of them|others)"
)

_HOUR = re.compile(r"\s?[ap]m\b")
_PART_OF = re.compile(r"\s?(?:of the|von|sur|de los|de las) ")


@dataclass(frozen=True, slots=True)
class AmountMention:
    """Words that name an amount.

    Attributes:
        value: The amount in whole and parts.
        currency: Only where it is written beside the number.
        sure: Written as money: with its currency, its cents or its thousands apart.
    """

    start: int
    end: int
    value: Decimal
    currency: str | None
    sure: bool


def find_amounts(folded: str, taken: Sequence[tuple[int, int]]) -> list[AmountMention]:
    """Every amount of a folded text, in order.

    Args:
        folded: A text in small plain letters.
        taken: Places of dates and numbers of documents, which are no amounts.
    """
    found = []
    for match in _AMOUNT.finditer(folded):
        start, end = match.start("number"), match.end()
        if any(first < end and start < last for first, last in taken):
            continue
        if mention := _read(match, folded):
            found.append(mention)
    return found


def _read(match: re.Match[str], folded: str) -> AmountMention | None:
    marked = match["before"] or match["after"]
    currency = CURRENCIES.get((match["before"] or match["after"] or "").strip())
    if match["scale"] == "lucas":
        currency = "CLP"
    number = match["number"]
    unit = None if marked else _UNIT.match(folded, match.end("number"))
    if not marked and len(number) <= 2 and _HOUR.match(folded, match.end("number")):
        return None
    if unit and not (_PART_OF.match(unit.group()) and len(number) > 3):  # 1,500 of the 4,200
        return None
    value = _value_of(number, currency)
    if value is None:
        return None
    scale = match["scale"]
    if scale == "m" and not marked:
        return None
    value = value.scaleb(_SCALES.get(scale or "", 0))
    grouped = bool(re.search(r"[.,' \u00a0\u202f]\d", number))
    sure = bool(marked or grouped or match["blank"] or scale)
    if not sure and (number.startswith("0") or len(number) > 6):
        return None
    start = match.start("before") if match["before"] else match.start("number")
    return AmountMention(start, match.end(), value, currency, sure)


def _value_of(number: str, currency: str | None) -> Decimal | None:
    """The value of a number, its separators read by where they stand."""
    digits = re.sub(r"[ '\u00a0\u202f]", "", number)
    last = max(digits.rfind("."), digits.rfind(","))
    if last >= 0:
        whole, part = re.sub(r"[.,]", "", digits[:last]), digits[last + 1 :]
        if len(part) == 3 and not (currency and currency_digits(currency) == 3):
            digits = whole + part
        else:
            digits = f"{whole}.{part}"
    try:
        return Decimal(digits)
    except InvalidOperation:
        return None


def minor_of(value: Decimal, currency: str | None) -> int | None:
    """An amount in minor units; hundredths where no currency is known."""
    scaled = value.scaleb(currency_digits(currency) if currency else 2)
    return int(scaled) if scaled == scaled.to_integral_value() else None


def major_of(minor: int, currency: str | None) -> float:
    """An amount as people write it."""
    value = Decimal(minor).scaleb(-(currency_digits(currency) if currency else 2))
    return float(value)
