"""The claim that money was sent already: when, how much, under which reference."""

import re
from collections.abc import Sequence
from decimal import Decimal

from engines.reading.amounts import minor_of
from engines.reading.folding import fold
from engines.reading.linear import Model
from engines.reading.model import PaidClaim
from engines.reading.roles import Judged

_REFERENCE = re.compile(
    r"\b(?:refs?|reference|referenz|referencia|verwendungszweck|concepto|utr|trace"
    r"|confirmation(?: no| number)?"
    r"|transaction(?: id| no)?|txn|chq|cheque|check|scheck|boleta|operacion|eft|wire"
    r"|zahlungsreferenz)\b"
    r"\.?\s?(?:no\.?|nr\.?|num\.?|number|id|#|n°)?\s?[:#]?\s?(?P<number>[a-z0-9][a-z0-9/-]*)"
)
_MOST_LINES = 30


def read_paid(
    judged: Sequence[Judged], intents: Sequence[str], subject: str, model: Model
) -> PaidClaim | None:
    """Read what a message says was paid; nothing where it says nothing of the kind."""
    days = [
        (likely["paid"], mention.behind, line)
        for line in judged
        for mention, likely in line.dates
        if mention.behind and model["date"].holds("paid", likely)
    ]
    amounts = [
        (likely["paid"], mention, line)
        for line in judged
        for mention, likely in line.amounts
        if model["amount"].holds("paid", likely)
    ]
    advice = "remittance_advice" in intents
    if not (advice or "already_paid" in intents or ("short_pay" in intents and amounts)):
        return None
    day = max(days, key=lambda each: each[0], default=None)
    amount = max(amounts, key=lambda each: each[0], default=None)
    currency = amount[1].currency if amount else None
    value: Decimal | None = amount[1].value if amount else None
    if amount is None and advice:
        value, currency = _sum_of_lines(judged)
    source = amount[2] if amount else (day[2] if day else (judged[0] if judged else None))
    return PaidClaim(
        paid_on=day[1] if day else None,
        amount_minor=minor_of(value, currency) if value is not None else None,
        currency=currency or _only_currency(judged) if value is not None else None,
        reference=_reference(judged, subject),
        span=source.line.sentence.text if source else "",
    )


def _sum_of_lines(judged: Sequence[Judged]) -> tuple[Decimal | None, str | None]:
    """What the lines of an advice that names no total add up to."""
    rows = [
        each.line.amounts[0]
        for each in judged
        if each.line.documents and len(each.line.amounts) == 1 and each.line.amounts[0].sure
    ][:_MOST_LINES]
    if not rows:
        return None, None
    return sum((each.value for each in rows), Decimal(0)), rows[0].currency


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
