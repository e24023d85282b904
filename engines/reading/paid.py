"""The claim that money was sent already: when, how much, under which reference."""

import re
from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import NamedTuple

from engines.reading.amounts import AmountMention, minor_of
from engines.reading.folding import fold
from engines.reading.linear import Model
from engines.reading.model import PaidClaim
from engines.reading.page import Page
from engines.reading.roles import Judged

_REFERENCE = re.compile(
    r"\b(?:refs?|reference|referenz|referencia|verwendungszweck|concepto|utr|trace"
    r"|confirmation(?: no| number)?"
    r"|transaction(?: id| no)?|txn|chq|cheque|check|scheck|boleta|operacion|eft|wire"
    r"|zahlungsreferenz)\b"
    r"\.?\s?(?:no\.?|nr\.?|num\.?|number|id|#|n°)?\s?[:#]?\s?(?P<number>[a-z0-9][a-z0-9/-]*)"
)
_TOTAL = re.compile(
    r"\b(?:total|net|sum|summe|gesamt\w*|zahlbetrag|vire|montant|importe|betrag|amount|totale)\b"
)
_NOW = re.compile(
    r"\b(?:just|soeben|gerade|eben|a l'instant|vien(?:s|t) de|venons de|acab[oa](?:mos)? de"
    r"|appena|zojuist|acabei de|wlasnie)\b"
)
_MOST_LINES = 30
_SURE = 0.5
_EASIER = 0.5  # a message that says it paid means one of its amounts
_LEAST = 0.15
_TOGETHER = 0.15
_VALUE_DAYS = 7  # an advice may come so many days before the money


class _Paid(NamedTuple):
    """An amount paid and the sentence that says so."""

    value: Decimal
    currency: str | None
    line: Judged


def read_paid(
    page: Page, judged: Sequence[Judged], intents: Sequence[str], model: Model
) -> PaidClaim | None:
    """Read what a message says was paid; nothing where it says nothing of the kind."""
    advice = "remittance_advice" in intents
    amount = _amount(judged, advice, model)
    if not (advice or "already_paid" in intents or ("short_pay" in intents and amount)):
        return None
    day = _day(page, judged, advice, amount.line if amount else None)
    source = amount.line if amount else (day[1] if day else (judged[0] if judged else None))
    value = amount.value if amount else None
    currency = amount.currency if amount else None
    return PaidClaim(
        paid_on=day[0] if day else _just_now(page, judged),
        amount_minor=minor_of(value, currency) if value is not None else None,
        currency=currency or _only_currency(judged) if value is not None else None,
        reference=_reference(judged, page.subject),
        span=source.line.sentence.text if source else "",
    )


def _amount(judged: Sequence[Judged], advice: bool, model: Model) -> _Paid | None:
    """The amount most likely paid; of an advice its total, else what its rows add up to."""
    rated = [
        (likely["paid"] - likely["disputed"] / 2 - likely["promise"] / 2, mention, line)
        for line in judged
        for mention, likely in line.amounts
        if mention.sure or likely["paid"] >= _SURE
    ]
    if advice:
        totals = [
            each
            for each in rated
            if _TOTAL.search(each[2].line.sentence.folded) and not _reduces(each[2], each[1])
        ]
        if len(rated) > 1 and totals:
            best = max(totals, key=lambda each: each[0])
            return _Paid(best[1].value, best[1].currency, best[2])
    best = max(rated, key=lambda each: each[0], default=None)
    if best and best[0] >= model["amount"].thresholds.get("paid", _SURE) * _EASIER:
        return _Paid(best[1].value, best[1].currency, best[2])
    if advice and (rows := _sum_of_rows(judged)):
        return rows
    if len({each[1].value for each in rated}) == 1 and rated[0][0] > -_SURE:
        return _Paid(rated[0][1].value, rated[0][1].currency, rated[0][2])
    return None


def _sum_of_rows(judged: Sequence[Judged]) -> _Paid | None:
    """What the lines of an advice that names no total add up to, less what reduces it."""
    rows = [
        (each.line.amounts[0], each)
        for each in judged
        if each.line.documents and len(each.line.amounts) == 1 and each.line.amounts[0].sure
    ][:_MOST_LINES]
    if not rows:
        return None
    signed = [-one.value if _reduces(line, one) else one.value for one, line in rows]
    return _Paid(sum(signed, Decimal(0)), rows[0][0].currency, rows[0][1])


def _reduces(line: Judged, mention: AmountMention) -> bool:
    """Whether an amount stands with a minus or in the brackets of the bookkeeper."""
    sentence = line.line.sentence
    before = sentence.folded[: mention.start - sentence.start].rstrip(" $€£")
    return before.endswith(("-", "(-")) or (
        before.endswith("(") and len(sentence.text) - (mention.end - sentence.start) < 4
    )


def _day(
    page: Page, judged: Sequence[Judged], advice: bool, beside: Judged | None
) -> tuple[date, Judged] | None:
    """The day most likely that of the payment; of an advice it may lie a little ahead."""
    last = page.message.received_on + timedelta(days=_VALUE_DAYS if advice else 0)
    rated: list[tuple[float, date, Judged]] = []
    for line in judged:
        for mention, likely in line.dates:
            ahead = mention.ahead if mention.ahead and mention.ahead <= last else None
            day = (ahead or mention.behind) if advice else (mention.behind or ahead)
            if day is None:
                continue
            share = likely["paid"] - likely["promise"] / 2 + _TOGETHER * (line is beside)
            share += _TOGETHER * ("paid_past" in line.line.concepts)
            rated.append((share, day, line))
    best = max(rated, key=lambda each: each[0], default=None)
    return best[1:] if best and best[0] >= _LEAST else None


def _just_now(page: Page, judged: Sequence[Judged]) -> date | None:
    """The day of the message, where they say they have paid this minute."""
    now = any(
        _NOW.search(each.line.sentence.folded) and "paid_past" in each.line.concepts
        for each in judged
    )
    return page.message.received_on if now else None


def _only_currency(judged: Sequence[Judged]) -> str | None:
    found = {each.currency for line in judged for each in line.line.amounts if each.currency}
    return found.pop() if len(found) == 1 else None


def _reference(judged: Sequence[Judged], subject: str) -> str | None:
    for line in judged:
        sentence = line.line.sentence
        for match in _REFERENCE.finditer(sentence.folded):
            if any(map(str.isdigit, match["number"])):
                return sentence.text[match.start("number") : match.end("number")]
    if re.search(r"remittance|avis|aviso|zahlungsavis|advice", fold(subject)):
        numbers = re.findall(r"\b\d{5,}\b", subject)
        return numbers[-1] if numbers and len(numbers[-1]) != 8 else None
    return None
