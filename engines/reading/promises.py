"""Promises to pay: which day goes with which amount, and on what condition."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from engines.reading.amounts import AmountMention, minor_of
from engines.reading.dates import DateMention
from engines.reading.linear import Model
from engines.reading.model import PromiseClaim, Span
from engines.reading.pairing import Day, pair, without_wholes
from engines.reading.roles import Judged

_CONDITIONAL_INTENTS = ("extension_request", "payment_plan_request")
_PROMISING = ("promise_to_pay", "payment_plan_request", "extension_request")
_OTHER_AMOUNTS = ("dispute", "short_pay", "already_paid", "credit_request", "remittance_advice")
_EASIER, _HARDER = 0.7, 0.6
_BESIDE_DAY = 0.12  # an amount beside a promised day is promised sooner than one by itself
_SURE = 0.5
_LAST_RESORT = 0.06  # a day in a message that promises and of which no day is clearly promised
_WORTH_A_CLAIM = 0.2  # a sentence that promises neither day nor amount
_CONDITION_WORDS = frozenset(("condition", "ask_leave", "please", "own_customer", "offer"))
_PROVISO = frozenset(("proviso", "own_customer"))
_REST = re.compile(
    r"\b(?:rest|remainder|remaining|balance|other half|the last|rest(?:betrag|lichen?)?|solde|reste"
    r"|resto|restante)\b"
)
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
    if not found and "promise_to_pay" in intents:
        found = _likeliest_day(judged, model) or _without_dates(judged, intents, model)
    found = _with_the_only_amount(found, judged, intents)
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


def _with_dates(judged: Sequence[Judged], intents: Sequence[str], model: Model) -> list[_Found]:
    found: list[_Found] = []
    limit = _date_limit(intents, model)
    for each in judged:
        dates = tuple(
            (mention, likely["promise"])
            for mention, likely in each.dates
            if likely["promise"] >= limit
            and likely["promise"] >= likely["paid"]
            and not _is_past(each, mention, intents)
        )
        amounts = _amounts_of(each, _BESIDE_DAY if dates else None, model)
        if dates:
            told = amounts or _sum_of_rows(each, judged) or _amounts_near(each, judged, model)
            found.append(_Found(each, dates, told))
        elif amounts and _commits(each, intents, model):
            found.append(_Found(each, (), amounts))
    return _without_repeats(found)


def _is_past(line: Judged, mention: DateMention, intents: Sequence[str]) -> bool:
    """Whether a day that could be either is one on which they say they paid."""
    concepts = line.line.concepts
    return (
        mention.behind is not None
        and _surer(intents, "already_paid", "promise_to_pay")
        and "paid_past" in concepts
        and not concepts & {"will", "scheduled"}
    )


def _surer(intents: Sequence[str], one: str, other: str) -> bool:
    places = {each: at for at, each in enumerate(intents)}
    return one in places and places[one] < places.get(other, len(places))


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
    promised, parts, others = [], [], []
    for mention, likely in line.amounts:
        if any(mention.start < end and start < mention.end for start, end in papers):
            continue
        rivals = max(likely["paid"], likely["disputed"], likely["total"])
        if likely["promise"] >= limit and likely["promise"] >= rivals:
            promised.append(mention)
        elif likely["instalment"] >= _SURE:
            parts.append(mention)
        elif mention.sure and max(likely["paid"], likely["disputed"]) < _SURE:
            others.append(mention)
    sentence = line.line.sentence
    if floor is not None and not promised and not parts and len(others) == 1:
        promised = others
    chosen = promised or (parts if floor is not None else [])
    return without_wholes(chosen, sentence.folded, sentence.start)


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


def _sum_of_rows(line: Judged, judged: Sequence[Judged]) -> tuple[AmountMention, ...]:
    """What the rows of invoices below a promise of them all add up to."""
    rows: list[AmountMention] = []
    for each in judged[line.at + 1 :]:
        amounts = [mention for mention, _likely in each.amounts if mention.sure]
        if len(amounts) != 1 or not each.documents or each.dates:
            break
        rows.append(amounts[0])
    if len(rows) < 2 or len({each.currency for each in rows}) > 1:
        return ()
    total = sum((each.value for each in rows[1:]), rows[0].value)
    first = rows[0]
    return (type(first)(first.start, first.end, total, first.currency, first.sure),)


def _likeliest_day(judged: Sequence[Judged], model: Model) -> list[_Found]:
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
    return [_Found(line, ((mention, likely),), _amounts_of(line, _BESIDE_DAY, model))]


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
    return [_Found(best, (), _amounts_of(best, None, model))]


def _with_the_only_amount(
    found: list[_Found], judged: Sequence[Judged], intents: Sequence[str]
) -> list[_Found]:
    """Where a message has one promise and names one amount, and no more, they belong together."""
    if len(found) != 1 or found[0].amounts or len(found[0].dates) != 1:
        return found
    if "promise_to_pay" not in intents or any(each in intents for each in _OTHER_AMOUNTS):
        return found
    named: dict[object, AmountMention] = {}
    roles: list[Mapping[str, float]] = []
    for each in judged:
        for mention, likely in each.amounts:
            if mention.sure:
                named.setdefault(mention.value, mention)
                roles.append(likely)
    if len(named) != 1 or any(max(each["paid"], each["disputed"]) >= _SURE for each in roles):
        return found
    return [_Found(found[0].judged, found[0].dates, tuple(named.values()))]


def _rest_depends(found: _Found) -> bool:
    """Whether the sentence promises what is left on a condition, beside what it dates."""
    line = found.judged.line
    return (
        bool(found.dates)
        and bool(line.concepts & {"condition", "own_customer", "proviso"})
        and bool(_REST.search(line.sentence.folded))
    )


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
