"""Which amounts are promised: those beside a promised day, or plainly by themselves."""

import re
from collections.abc import Mapping, Sequence

from engines.reading.amounts import AmountMention
from engines.reading.dates import DateMention
from engines.reading.linear import Model
from engines.reading.pairing import without_wholes
from engines.reading.roles import Judged

_SURE = 0.5
_BARE = 0.45  # a number without the marks of money is an amount from this likelihood on
_NEAR = 14  # letters between an amount and its day
_BY_FAR = 0.35
_BONUS = 0.4
_DEDUCTS = re.compile(
    r"\b(?:less|minus|deduct\w*|withh\w+|hold(?:ing)? back|knock\w*|abzuglich|abzgl\.?|moins"
    r"|dedui\w*|menos|descont\w*|retain\w*|take|taking)\W+(?:the |our |of |de |los |les )?$"
)
_COUNTED = re.compile(r"\b(?:week|kw|semaine|semana|number|no|nr|num|point|item|rg|re)\W+$")
_SURELY_PAPER = 0.85
_OFF = re.compile(r"\s(?:off|discount|rebate|abzug|de moins)\b(?! (?:it|of it)\b)")


def amounts_beside(line: Judged, dates: Sequence[DateMention]) -> tuple[AmountMention, ...]:
    """The amounts that go with the promised days of a sentence; no more of them than of days.

    Args:
        line: The sentence.
        dates: Its promised days; none where it promises without a day.
    """
    rated = _rated(line, dates)
    sentence = line.line.sentence
    parts = without_wholes(list(rated), sentence.folded, sentence.start)
    parts = _without_products(parts, len(dates))
    best = sorted(parts, key=lambda each: -rated[each])[: max(1, len(dates))]
    if not dates:
        best = [each for each in best if rated[each] > 0]
    return tuple(sorted(best, key=lambda each: each.start))


def _rated(line: Judged, dates: Sequence[DateMention]) -> dict[AmountMention, float]:
    """The amounts that may be promised, by how much speaks for each."""
    rated: dict[AmountMention, float] = {}
    for mention, likely in line.amounts:
        near = any(_is_near(mention, each, line) for each in dates)
        rival = max(likely["paid"], likely["disputed"])
        beaten = rival > max(_SURE, likely["promise"] + _BY_FAR)
        if (beaten and not _stands_alone(line, likely)) or _is_deducted(line, mention):
            continue
        if _is_paper(line, mention, likely["promise"], near):
            continue
        if mention.sure or likely["promise"] >= _BARE or (near and _is_round(mention)):
            share = likely["promise"] + likely["instalment"] / 2 - rival - likely["total"] / 2
            rated[mention] = share + _BONUS * near
    return rated


def _stands_alone(line: Judged, likely: Mapping[str, float]) -> bool:
    """Whether an amount, not disputed, is the only one beside a day and so goes with it."""
    money = [each for each in line.line.amounts if each.sure] or line.line.amounts
    return len(money) == 1 and likely["disputed"] <= _SURE


def _is_deducted(line: Judged, mention: AmountMention) -> bool:
    """Whether words say that an amount is taken off."""
    sentence = line.line.sentence
    start, end = mention.start - sentence.start, mention.end - sentence.start
    return bool(
        _DEDUCTS.search(sentence.folded[max(0, start - 30) : start])
        or _OFF.match(sentence.folded[end : end + 12])
    )


def _without_products(amounts: Sequence[AmountMention], days: int) -> list[AmountMention]:
    """Leave out what several parts, one a day, add up to: 21,000 in 3 parts of 7,000."""
    if days < 2:
        return list(amounts)
    parts = {each.value * days for each in amounts}
    return [each for each in amounts if each.value not in parts]


def _is_near(mention: AmountMention, day: DateMention, line: Judged) -> bool:
    start, end = (mention.end, day.start) if mention.end <= day.start else (day.end, mention.start)
    first = line.line.sentence.start
    between = line.line.sentence.folded[start - first : end - first]
    return len(between) <= _NEAR and not any(mark in between for mark in ".;")


def _is_round(mention: AmountMention) -> bool:
    return mention.value >= 20 and mention.value < 20_000 and mention.value % 10 == 0


def _is_paper(line: Judged, mention: AmountMention, promise: float, near: bool = False) -> bool:
    """Whether a number is rather that of a document, or of a week."""
    sentence = line.line.sentence
    start = mention.start - sentence.start
    if not mention.sure and _COUNTED.search(sentence.folded[max(0, start - 12) : start]):
        return True
    limit = _SURELY_PAPER if near and _is_round(mention) else max(_SURE, promise)
    return any(
        each.start < mention.end and mention.start < each.end and likely["invoice"] > limit
        for each, likely in line.documents
    )


def amounts_promised(line: Judged, model: Model) -> tuple[AmountMention, ...]:
    """The amounts of a sentence that are promised, whatever day stands beside them."""
    limit = model["amount"].thresholds.get("promise", _SURE)
    promised = [
        mention
        for mention, likely in line.amounts
        if likely["promise"] >= max(limit, likely["paid"], likely["disputed"], likely["total"])
        and not _is_paper(line, mention, likely["promise"])
    ]
    sentence = line.line.sentence
    return without_wholes(promised, sentence.folded, sentence.start)


def amounts_near(line: Judged, judged: Sequence[Judged], model: Model) -> tuple[AmountMention, ...]:
    """The amount of a promise in the sentence before or after the one with the day."""
    for other in (line.at + 1, line.at - 1):
        near = next((each for each in judged if each.at == other), None)
        if near is None or near.line.sentence.part != line.line.sentence.part:
            continue
        if any(each["promise"] >= _SURE for _mention, each in near.dates):
            continue
        if found := amounts_promised(near, model):
            return found
    return ()


def sum_of_rows(line: Judged, judged: Sequence[Judged]) -> tuple[AmountMention, ...]:
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
