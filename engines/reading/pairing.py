"""Which promised day goes with which amount of a sentence."""

import re
from collections.abc import Sequence
from datetime import date

from engines.reading.amounts import AmountMention
from engines.reading.dates import DateMention

Pair = tuple[date | None, AmountMention | None]
Day = tuple[DateMention, float]
# One amount for several days is paid again and again only where the words say so.
_SHARED = re.compile(
    r"\b(?:each|half|halves|both|again|same|je|jeweils|halfte|beide\w*|nochmals?|chacun\w*|chaque"
    r"|moitie|cada|mitad|ambas|and|und|et|y)\b"
)
_WHOLE = re.compile(r"\b(?:out )?(?:of|from|von|aus|sur|de)(?: the| your| den| les| los| der)?\s*$")


def pair(days: Sequence[Day], amounts: Sequence[AmountMention], folded: str) -> list[Pair]:
    """Put days and amounts together.

    Args:
        days: The promised days with how likely each is promised, as they stand.
        amounts: The promised amounts, as they stand.
        folded: The sentence in small plain letters.
    """
    dates = [mention for mention, _likely in days]
    if not dates:
        return [(None, each) for each in amounts] or [(None, None)]
    if not amounts:
        return [(each.ahead, None) for each in dates]
    if len(amounts) == 1 and len(dates) > 1 and not _SHARED.search(folded):
        surest = max(days, key=lambda each: each[1])[0]
        return [(surest.ahead, amounts[0])]
    if len(amounts) == 1:
        return [(each.ahead, amounts[0]) for each in dates]
    if len(dates) == len(amounts):
        return [(each.ahead, amount) for each, amount in zip(dates, amounts, strict=True)]
    if len(dates) > len(amounts):
        return [(each.ahead, _nearest(each, amounts)) for each in dates]
    left = list(amounts)
    pairs: list[Pair] = []
    for each in dates:
        nearest = _nearest(each, left)
        left.remove(nearest)
        pairs.append((each.ahead, nearest))
    return pairs


def without_wholes(
    amounts: Sequence[AmountMention], folded: str, start: int
) -> tuple[AmountMention, ...]:
    """Leave out the whole that another amount is a part of: 1,500 of the 4,200."""
    if len(amounts) < 2:
        return tuple(amounts)
    parts = [each for each in amounts if not _WHOLE.search(folded[: each.start - start])]
    return tuple(parts or amounts)


def _nearest(day: DateMention, amounts: Sequence[AmountMention]) -> AmountMention:
    return min(amounts, key=lambda each: min(abs(each.end - day.start), abs(each.start - day.end)))
