"""Promises to pay: which day goes with which amount, and on what condition."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from engines.reading.amounts import AmountMention, minor_of
from engines.reading.dates import DateMention
from engines.reading.linear import Model
from engines.reading.model import PromiseClaim, Span
from engines.reading.roles import Judged

_CONDITIONAL_INTENTS = ("extension_request", "payment_plan_request")
_PROMISING = ("promise_to_pay", "payment_plan_request", "extension_request")
_EASIER, _HARDER = 0.7, 0.6
_BESIDE_DAY = 0.12  # an amount beside a promised day is promised sooner than one by itself
_SURE = 0.5
_CONDITION_WORDS = frozenset(("condition", "ask_leave", "please", "own_customer", "offer"))
_MOST = 12


@dataclass(frozen=True, slots=True)
class _Found:
    """What a sentence promises."""

    judged: Judged
    dates: tuple[DateMention, ...]
    amounts: tuple[AmountMention, ...]


def read_promises(
    judged: Sequence[Judged],
    invoices: Sequence[str],
    disputed: Sequence[str],
    intents: Sequence[str],
    model: Model,
) -> tuple[tuple[PromiseClaim, ...], tuple[Span, ...]]:
    """Read what a customer commits to.

    Args:
        judged: The sentences with the roles of what stands in them.
        invoices: The invoices it names.
        disputed: Those of them that are disputed.
        intents: What the message was found to be about.
        model: The trained heads, for their limits.

    Returns:
        The promises and the sentences they were read from.
    """
    found = _with_dates(judged, intents, model)
    if not found and "promise_to_pay" in intents:
        found = _without_dates(judged, model)
    currency = _only_currency(judged)
    claims: list[PromiseClaim] = []
    for each in found:
        named = _invoices_of(each.judged, invoices, disputed)
        conditional = _is_conditional(each.judged, intents, model)
        span = each.judged.line.sentence.text
        for day, amount in _pairs(each):
            unit = (amount.currency or currency) if amount else None
            minor = minor_of(amount.value, unit) if amount else None
            claims.append(PromiseClaim(day, minor, unit, named, conditional, span))
    spans = tuple(each.judged.line.sentence.span("promise") for each in found)
    return tuple(dict.fromkeys(claims))[:_MOST], spans


def _with_dates(judged: Sequence[Judged], intents: Sequence[str], model: Model) -> list[_Found]:
    found: list[_Found] = []
    limit = _date_limit(intents, model)
    for each in judged:
        dates = tuple(
            mention
            for mention, likely in each.dates
            if likely["promise"] >= limit and likely["promise"] >= likely["paid"]
        )
        amounts = _amounts_of(each, _BESIDE_DAY if dates else None, model)
        if dates:
            found.append(_Found(each, dates, amounts or _amounts_near(each, judged, model)))
        elif amounts and _commits(each, intents, model):
            found.append(_Found(each, (), amounts))
    return _without_repeats(found)


def _date_limit(intents: Sequence[str], model: Model) -> float:
    """From where on a day is promised: sooner where the message is about paying later."""
    limit = model["date"].thresholds.get("promise", 0.5)
    if any(each in intents for each in _PROMISING):
        return limit * _EASIER
    return max(limit, _HARDER)


def _commits(line: Judged, intents: Sequence[str], model: Model) -> bool:
    return "promise_to_pay" in intents and model["sentence"].holds("promise", line.sentence)


def _amounts_of(line: Judged, floor: float | None, model: Model) -> tuple[AmountMention, ...]:
    """The amounts of a sentence that are promised rather than paid, disputed or the whole."""
    limit = model["amount"].thresholds.get("promise", 0.5) if floor is None else floor
    papers = [
        (each.start, each.end) for each, likely in line.documents if likely["invoice"] > _SURE
    ]
    promised, parts = [], []
    for mention, likely in line.amounts:
        if any(mention.start < end and start < mention.end for start, end in papers):
            continue
        rivals = max(likely["paid"], likely["disputed"], likely["total"])
        if likely["promise"] >= limit and likely["promise"] >= rivals:
            promised.append(mention)
        elif likely["instalment"] >= _SURE:
            parts.append(mention)
    return tuple(promised or (parts if floor is not None else ()))


def _without_repeats(found: list[_Found]) -> list[_Found]:
    """Leave out an amount without a day that a promise with a day already names."""
    dated = {each.value for one in found if one.dates for each in one.amounts}
    return [
        each
        for each in found
        if each.dates or not {amount.value for amount in each.amounts} <= dated
    ]


def _amounts_near(
    line: Judged, judged: Sequence[Judged], model: Model
) -> tuple[AmountMention, ...]:
    """The amount of a promise in the sentence before or after the one with the day."""
    for other in (line.at + 1, line.at - 1):
        near = next((each for each in judged if each.at == other), None)
        if near is None or near.line.sentence.part != line.line.sentence.part:
            continue
        if any(each["promise"] >= _SURE for _mention, each in near.dates):
            continue
        if found := _amounts_of(near, None, model):
            return found
    return ()


def _without_dates(judged: Sequence[Judged], model: Model) -> list[_Found]:
    """The sentence that promises most surely, where no day was found."""
    best = max(judged, key=lambda each: each.sentence["promise"], default=None)
    if best is None:
        return []
    return [_Found(best, (), _amounts_of(best, None, model))]


def _pairs(found: _Found) -> list[tuple[date | None, AmountMention | None]]:
    """Which day goes with which amount of a sentence."""
    days = [each.ahead for each in found.dates]
    amounts = list(found.amounts)
    if not days:
        return [(None, each) for each in amounts] or [(None, None)]
    if len(days) == len(amounts):
        return list(zip(days, amounts, strict=True))
    if not amounts:
        return [(each, None) for each in days]
    if len(amounts) == 1:
        return [(each, amounts[0]) for each in days]
    if len(days) == 1:
        return [(days[0], _nearest(found.dates[0], amounts))]
    pairs: list[tuple[date | None, AmountMention | None]] = []
    for mention in found.dates:
        pairs.append((mention.ahead, _nearest(mention, amounts)))
    return pairs


def _nearest(day: DateMention, amounts: Sequence[AmountMention]) -> AmountMention:
    return min(amounts, key=lambda each: min(abs(each.end - day.start), abs(each.start - day.end)))


def _only_currency(judged: Sequence[Judged]) -> str | None:
    """The currency of a message that names only one."""
    found = {each.currency for line in judged for each in line.line.amounts if each.currency}
    return found.pop() if len(found) == 1 else None


def _invoices_of(line: Judged, invoices: Sequence[str], disputed: Sequence[str]) -> tuple[str, ...]:
    here = [each for mention in line.line.documents for each in (mention.number, *mention.more)]
    named = tuple(each for each in invoices if each in here)
    if named:
        return named
    return tuple(each for each in invoices if each not in disputed) or tuple(invoices)


def _is_conditional(line: Judged, intents: Sequence[str], model: Model) -> bool:
    asked = any(each in intents for each in _CONDITIONAL_INTENTS) and (
        "promise_to_pay" not in intents or "ask_leave" in line.line.concepts
    )
    worded = bool(line.line.concepts & _CONDITION_WORDS)
    return asked or (worded and model["sentence"].holds("conditional", line.sentence))
