"""A wish to pay in instalments: how many, how much, from when, how often, in all."""

import re
from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from engines.reading.amounts import AmountMention, minor_of
from engines.reading.date_words import NUMBERS
from engines.reading.linear import Model
from engines.reading.model import PlanClaim, PromiseClaim
from engines.reading.roles import Judged

_WORD_NUMBER = "|".join(sorted((each for each in NUMBERS if len(each) > 2), key=len, reverse=True))
_COUNT = re.compile(
    rf"\b(?P<count>\d{{1,2}}|{_WORD_NUMBER})\s?(?:x|×|equal|monthly|weekly|gleiche[nr]?"
    rf"|monatliche[nr]?"
    r"|wochentliche[nr]?|iguales|mensuales|egales|\s)*\s?"
    r"(?:instal\w*|payments?|parts|raten\b|monatsraten|wochenraten|teilzahlungen|teilbetrage\w*"
    r"|mensualites?"
    r"|versements?|fois\b|echeances|cuotas|plazos|pagos|mensualidades|goes|direct debits|months"
    r"|monate"
    r"|mois\b|meses|weeks|wochen|halves|tranches|stages)"
    r"|\bin (?P<in>drei|vier|funf|sechs|zwei|three|four|five|six|two|\d{1,2})\b"
    r"|\b(?P<times>\d{1,2})\s?[x×]\s?(?=[\d€$£]|eur|chf|usd|gbp)"
)
_FREQUENCY = (
    ("weekly", r"weekly|per week|a week|each week|every week|wochen?(?:tlich|raten)"
     r"|pro woche|jede woche"
     r"|hebdomadaire|par semaine|semanal|por semana|every (?:mon|tues|wednes|thurs|fri)day"
     r"|jeden freitag"),
    ("fortnightly", r"fortnight|biweekly|bi-weekly|every (?:two|other|second) weeks?|quinzaine"
     r"|quincenal"
     r"|alle zwei wochen|14-tagig"),
    ("quarterly", r"quarterly|per quarter|quartalsweise|trimestriel|trimestral"),
    ("monthly", r"month|monat|mois|mensu|mes\b|meses|al mes|direct debits"),
)  # fmt: skip


def read_plan(
    judged: Sequence[Judged],
    intents: Sequence[str],
    promises: Sequence[PromiseClaim],
    model: Model,
) -> PlanClaim | None:
    """Read the plan a message asks for; nothing where it asks for none."""
    if "payment_plan_request" not in intents:
        return None
    text = " ".join(each.line.sentence.folded for each in judged)
    each, total = _best(judged, model, "instalment"), _best(judged, model, "total")
    count = _count_in(text)
    if count is None and len(promises) > 1:
        count = len(promises)
    value, whole = each.value if each else None, total.value if total else None
    if whole is not None and whole == value and not _twice(judged, whole):
        whole = None
    if count and value and whole is None:
        whole = value * count
    if count and whole is not None and value is None and whole % count == 0:
        value = whole / count
    if count is None and value and whole and whole % value == 0 and whole > value:
        count = int(whole / value)
    currency = next((one.currency for one in (each, total) if one and one.currency), None)
    return PlanClaim(
        installments=count,
        amount_minor=minor_of(value, currency) if value is not None else None,
        first_on=_first(judged, promises, model),
        frequency=next((name for name, form in _FREQUENCY if re.search(form, text)), None),
        total_minor=minor_of(whole, currency) if whole is not None else None,
        currency=currency,
        span=_span(judged),
    )


def repeats(folded: str) -> bool:
    """Whether words tell of payments again and again rather than of each by its day."""
    return _count_in(folded) is not None or any(re.search(form, folded) for _n, form in _FREQUENCY)


def _best(judged: Sequence[Judged], model: Model, role: str) -> AmountMention | None:
    head = model["amount"]
    found = [
        (likely[role], mention)
        for line in judged
        for mention, likely in line.amounts
        if head.holds(role, likely)
    ]
    return max(found, key=lambda each: each[0])[1] if found else None


def _twice(judged: Sequence[Judged], value: Decimal) -> bool:
    return sum(each.value == value for line in judged for each in line.line.amounts) > 1


def _count_in(text: str) -> int | None:
    for match in _COUNT.finditer(text):
        word = match["count"] or match["in"] or match["times"]
        found = int(word) if word.isdigit() else NUMBERS.get(word)
        if found and 1 < found <= 60:
            return found
    return None


def _first(judged: Sequence[Judged], promises: Sequence[PromiseClaim], model: Model) -> date | None:
    found = [
        (likely["first"], mention.ahead)
        for line in judged
        for mention, likely in line.dates
        if mention.ahead and model["date"].holds("first", likely)
    ]
    if found:
        return max(found, key=lambda each: each[0])[1]
    return min((each.due_on for each in promises if each.due_on), default=None)


def _span(judged: Sequence[Judged]) -> str:
    asking = [each for each in judged if "plan_ask" in each.line.concepts]
    best = asking[0] if asking else (judged[0] if judged else None)
    return best.line.sentence.text if best else ""
