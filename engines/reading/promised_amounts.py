"""Which amounts are promised: those beside a promised day, or plainly by themselves."""

from collections.abc import Sequence

from engines.reading.amounts import AmountMention
from engines.reading.dates import DateMention
from engines.reading.linear import Model
from engines.reading.pairing import without_wholes
from engines.reading.roles import Judged

_SURE = 0.5
_BARE = 0.3  # a number without the marks of money is an amount from this likelihood on
_NEAR = 14  # letters between an amount and its day
_BY_FAR = 0.35
_BONUS = 0.4


def amounts_beside(line: Judged, dates: Sequence[DateMention]) -> tuple[AmountMention, ...]:
    """The amounts that go with the promised days of a sentence; no more of them than of days.

    Args:
        line: The sentence.
        dates: Its promised days; none where it promises without a day.
    """
    rated: dict[AmountMention, float] = {}
    for mention, likely in line.amounts:
        near = any(_is_near(mention, each, line) for each in dates)
        rival = max(likely["paid"], likely["disputed"])
        if _is_paper(line, mention) or rival > max(_SURE, likely["promise"] + _BY_FAR):
            continue
        if mention.sure or likely["promise"] >= _BARE or (near and _is_round(mention)):
            share = likely["promise"] + likely["instalment"] / 2 - rival - likely["total"] / 2
            rated[mention] = share + _BONUS * near
    sentence = line.line.sentence
    parts = without_wholes(list(rated), sentence.folded, sentence.start)
    best = sorted(parts, key=lambda each: -rated[each])[: max(1, len(dates))]
    if not dates:
        best = [each for each in best if rated[each] > 0]
    return tuple(sorted(best, key=lambda each: each.start))


def _is_near(mention: AmountMention, day: DateMention, line: Judged) -> bool:
    start, end = (mention.end, day.start) if mention.end <= day.start else (day.end, mention.start)
    first = line.line.sentence.start
    between = line.line.sentence.folded[start - first : end - first]
    return len(between) <= _NEAR and not any(mark in between for mark in ".;")


def _is_round(mention: AmountMention) -> bool:
    return mention.value >= 20 and mention.value < 20_000 and mention.value % 10 == 0


def _is_paper(line: Judged, mention: AmountMention) -> bool:
    """Whether a number is rather that of a document."""
    return any(
        each.start < mention.end and mention.start < each.end and likely["invoice"] > _SURE
        for each, likely in line.documents
    )


def amounts_promised(line: Judged, model: Model) -> tuple[AmountMention, ...]:
    """The amounts of a sentence that are promised, whatever day stands beside them."""
    limit = model["amount"].thresholds.get("promise", _SURE)
    promised = [
        mention
        for mention, likely in line.amounts
        if likely["promise"] >= max(limit, likely["paid"], likely["disputed"], likely["total"])
        and not _is_paper(line, mention)
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
