"""Promises to pay: which day goes with which amount, and on what condition."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from engines.reading.amounts import AmountMention, minor_of
from engines.reading.caution import leaves_the_rest_open
from engines.reading.dates import DateMention
from engines.reading.halves import halved
from engines.reading.linear import Model
from engines.reading.model import PromiseClaim, Span
from engines.reading.pairing import REST, Day, pair
from engines.reading.plans import repeats
from engines.reading.promised_amounts import (
    amounts_beside,
    amounts_near,
    amounts_promised,
    sum_of_rows,
)
from engines.reading.roles import Judged

_CONDITIONAL_INTENTS = ("extension_request", "payment_plan_request")
_OTHER_AMOUNTS = ("dispute", "short_pay", "already_paid", "credit_request", "remittance_advice")
_SURE = 0.5
_PLAINLY = 0.75
_LAST_RESORT = 0.06  # a day in a message that promises and of which no day is clearly promised
_WORTH_A_CLAIM = 0.2  # a sentence that promises neither day nor amount
_CONDITION_WORDS = frozenset(("condition", "ask_leave", "please", "own_customer", "offer"))
_PROVISO = frozenset(("proviso", "own_customer"))
_DEPENDING = frozenset(("proviso", "condition", "own_customer"))
_PAYING = frozenset(("pay", "payment", "scheduled", "will", "pay_run"))
_OR = re.compile(r",? (?:or|oder|ou|o|of|lub) (?:on |am |le |el |by |the )?")
_MOST = 12


@dataclass(frozen=True, slots=True)
class _Found:
    """What a sentence promises."""

    judged: Judged
    dates: tuple[Day, ...]
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
        intents: What the message was found to be about, the surest first.
        model: The trained heads, for their limits.

    Returns:
        The promises and the sentences they were read from.
    """
    found = _with_dates(judged, intents, model)
    if not any(each.dates for each in found):
        found = _of_doubt(found, judged, intents, model)
    found = _with_the_only_amount(found, judged, intents)
    found = sorted([*found, *_open_ones(found, judged, intents)], key=lambda each: each.judged.at)
    currency = _only_currency(judged)
    claims: list[PromiseClaim] = []
    for each in found:
        named = _invoices_of(each.judged, invoices, disputed)
        rest = _rest_depends(each)
        conditional = not rest and _is_conditional(each.judged, intents, model)
        sentence = each.judged.line.sentence
        for day, amount in pair(each.dates, each.amounts, sentence.folded):
            unit = (amount.currency or currency) if amount else None
            minor = minor_of(amount.value, unit) if amount else None
            claims.append(PromiseClaim(day, minor, unit, named, conditional, sentence.text))
        if rest:
            left = each.amounts[-1] if len(each.amounts) > len(each.dates) else None
            unit = (left.currency or currency) if left else None
            minor = minor_of(left.value, unit) if left else None
            claims.append(PromiseClaim(None, minor, unit, named, True, sentence.text))
    spans = tuple(each.judged.line.sentence.span("promise") for each in found)
    return _without_echoes(claims)[:_MOST], spans


def _of_doubt(
    found: list[_Found], judged: Sequence[Judged], intents: Sequence[str], model: Model
) -> list[_Found]:
    """What a message that promises, or asks for time, means although no day stands out."""
    if "promise_to_pay" in intents:
        return _likeliest_day(judged) or found or _without_dates(judged, intents, model)
    return found or (_likeliest_day(judged) if "extension_request" in intents else [])


def _with_dates(judged: Sequence[Judged], intents: Sequence[str], model: Model) -> list[_Found]:
    found: list[_Found] = []
    limit = model["day"].thresholds.get("promise", 0.5)
    for each in judged:
        dates = tuple(
            (_left_open(mention, each), likely["promise"])
            for mention, likely in each.dates
            if mention.ahead and likely["promise"] >= limit
        )
        dates = _without_choices(dates, each)
        if len(dates) == 1 and _only_starts(each, dates[0][0], intents, model):
            continue
        if dates:
            told = amounts_beside(each, [mention for mention, _likely in dates])
            if not told and not REST.search(each.line.sentence.folded):
                told = sum_of_rows(each, judged) or amounts_near(each, judged, model)
            told = halved(each, told) if len(dates) == 2 else told
            found.append(_Found(each, dates, told))
        elif amounts := _undated(each, intents, model):
            found.append(_Found(each, (), amounts))
    return _without_repeats(found)


def _without_choices(dates: tuple[Day, ...], line: Judged) -> tuple[Day, ...]:
    """Of days to choose from ("Friday or Monday") the last: a promise is kept by it."""
    folded, start = line.line.sentence.folded, line.line.sentence.start
    kept = [
        one
        for one, other in pairwise(dates)
        if not _OR.fullmatch(folded[one[0].end - start : other[0].start - start])
    ]
    return (*kept, *dates[-1:])


def _undated(line: Judged, intents: Sequence[str], model: Model) -> tuple[AmountMention, ...]:
    """The amounts a sentence without a promised day commits to."""
    amounts = amounts_promised(line, model)
    return amounts if amounts and _commits(line, intents, model) else ()


def _left_open(mention: DateMention, line: Judged) -> DateMention:
    """The day, or none where so many days are counted from something that has yet to happen."""
    if mention.form == "duration" and line.line.concepts & _DEPENDING:
        return replace(mention, ahead=None)
    return mention


def _only_starts(line: Judged, mention: DateMention, intents: Sequence[str], model: Model) -> bool:
    """Whether a day is only the first of a plan, which is read as a plan."""
    if "payment_plan_request" not in intents or not repeats(line.line.sentence.folded):
        return False
    first = next((likely["first"] for each, likely in line.dates if each.start == mention.start), 0)
    return first >= min(_SURE, model["date"].thresholds.get("first", _SURE))


def _open_ones(
    found: Sequence[_Found], judged: Sequence[Judged], intents: Sequence[str]
) -> list[_Found]:
    """Sentences beside the dated ones that promise on a condition and name no day."""
    if "promise_to_pay" not in intents:
        return []
    taken = {each.judged.at for each in found}
    return [
        _Found(each, (), amounts_beside(each, ()))
        for each in judged
        if each.at not in taken
        and each.line.sentence.part == "body"
        and (_promises_openly(each) or (found and _leaves_the_rest_open(each)))
    ]


def _promises_openly(line: Judged) -> bool:
    return (
        bool(line.line.concepts & _DEPENDING)
        and bool(line.line.concepts & _PAYING)
        and line.sentence["promise"] >= _SURE
        and line.sentence["conditional"] >= _WORTH_A_CLAIM
    )


def _leaves_the_rest_open(line: Judged) -> bool:
    return leaves_the_rest_open(line.line) and not any(each.ahead for each, _likely in line.dates)


def _surer(intents: Sequence[str], one: str, other: str) -> bool:
    places = {each: at for at, each in enumerate(intents)}
    return one in places and places[one] < places.get(other, len(places))


def _commits(line: Judged, intents: Sequence[str], model: Model) -> bool:
    return "promise_to_pay" in intents and model["sentence"].holds("promise", line.sentence)


def _without_repeats(found: list[_Found]) -> list[_Found]:
    """Leave out an amount without a day that a promise with a day already names."""
    dated = {each.value for one in found if one.dates for each in one.amounts}
    return [
        each
        for each in found
        if each.dates or not {amount.value for amount in each.amounts} <= dated
    ]


def _without_echoes(claims: Sequence[PromiseClaim]) -> tuple[PromiseClaim, ...]:
    """Leave out a day without an amount that is promised in another sentence too."""
    kept: list[PromiseClaim] = []
    for each in dict.fromkeys(claims):
        same = [one for one in claims if one.due_on == each.due_on and one.span != each.span]
        told = any(one.amount_minor is not None for one in same)
        told_before = any(one.due_on == each.due_on and one.span != each.span for one in kept)
        if each.due_on is None or each.amount_minor is not None or not (told or told_before):
            kept.append(each)
    return tuple(kept)


def _likeliest_day(judged: Sequence[Judged]) -> list[_Found]:
    """The day promised most likely, where a message promises and no day stands out."""
    days = [
        (likely["promise"], mention, each)
        for each in judged
        for mention, likely in each.dates
        if mention.ahead and likely["promise"] >= max(_LAST_RESORT, likely["paid"])
    ]
    if not days:
        return []
    likely, mention, line = max(days, key=lambda each: each[0])
    return [_Found(line, ((mention, likely),), amounts_beside(line, [mention]))]


def _without_dates(judged: Sequence[Judged], intents: Sequence[str], model: Model) -> list[_Found]:
    """The sentence that promises most surely, where no day was found."""
    best = max(judged, key=lambda each: each.sentence["promise"], default=None)
    if best is None or best.sentence["promise"] < _WORTH_A_CLAIM:
        return []
    rivals = ("already_paid", "dispute", "payment_plan_request")
    if best.sentence["promise"] < _SURE and any(
        _surer(intents, each, "promise_to_pay") for each in rivals
    ):
        return []
    return [_Found(best, (), amounts_promised(best, model))]


def _with_the_only_amount(
    found: list[_Found], judged: Sequence[Judged], intents: Sequence[str]
) -> list[_Found]:
    """Where a message has one promise and names one amount, and no more, they belong together."""
    if len(found) != 1 or found[0].amounts or len(found[0].dates) != 1:
        return found
    rest = REST.search(found[0].judged.line.sentence.folded)
    if rest or "promise_to_pay" not in intents or any(e in intents for e in _OTHER_AMOUNTS):
        return found
    named: dict[object, AmountMention] = {}
    roles: list[Mapping[str, float]] = []
    for each in judged:
        for mention, likely in each.amounts:
            if mention.sure:
                named.setdefault(mention.value, mention)
                roles.append(likely)
    if len(named) != 1 or any(each["disputed"] >= _PLAINLY for each in roles):
        return found
    return [_Found(found[0].judged, found[0].dates, tuple(named.values()))]


def _rest_depends(found: _Found) -> bool:
    """Whether the sentence promises what is left on a condition, beside what it dates."""
    line = found.judged.line
    rest = REST.search(line.sentence.folded)
    if not found.dates or not rest:
        return False
    waits = bool(line.concepts & {"condition", "own_customer", "proviso"})
    return waits or leaves_the_rest_open(line)


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
    """Whether a promise depends on something: only where its sentence has words for it."""
    asked = any(each in intents for each in _CONDITIONAL_INTENTS) and (
        "promise_to_pay" not in intents or "ask_leave" in line.line.concepts
    )
    worded = bool(line.line.concepts & _CONDITION_WORDS)
    plainly = bool(line.line.concepts & _PROVISO)
    return asked or plainly or (worded and model["sentence"].holds("conditional", line.sentence))
