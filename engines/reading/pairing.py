"""Which promised day goes with which amount of a sentence."""

import re
from collections.abc import Sequence
from datetime import date
from itertools import pairwise

from engines.reading.amounts import AmountMention
from engines.reading.dates import DateMention

Pair = tuple[date | None, AmountMention | None]
Day = tuple[DateMention, float]
# One amount for several days is paid again and again only where the words say so.
_SHARED = re.compile(
    r"\b(?:each|half|halves|both|again|same|je|jeweils|halfte|beide\w*|nochmals?|chacun\w*|chaque"
    r"|moitie|cada|mitad|ambas|helft|metade|meta|polow\w*|and|und|et|y)\b"
)
_EACH = re.compile(
    r"\b(?:each|je|jeweils|chacun\w*|chaque|cada|half|halves|halfte|moitie|mitad|helft|metade|meta"
    r"|polow\w*)\b"
)
REST = re.compile(
    r"\b(?:rest|remainder|remaining|balance|other half|the last(?= [0-9£$€])"
    r"|rest(?:betrag|liche[nrs]?)?|anderen(?= \d)|solde|restes?|restants?|autres(?= \d)"
    r"|resterende|overige|resto|restante?s?|restanti|otros(?= \d)|saldo|reszt\w+"
    r"|the others?(?= (?:half|[£$€]|\d))|what(?:'s| is) left)\b"
)
_WHOLE = re.compile(
    r"\W*(?:out )?(?:of|from|von|aus|sur|de|van|di)(?: (?:the|your|den|les|los|der|de|la|il))?"
    r"(?: \w+)?\s*"
)


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
    if len(amounts) == 1 and len(dates) > 1 and REST.search(folded) and not _EACH.search(folded):
        nearest = min(dates, key=lambda each: _gap(each, amounts[0]))
        return [(each.ahead, amounts[0] if each is nearest else None) for each in dates]
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
    held = sorted(amounts, key=lambda each: each.start)
    wholes = {
        other
        for one, other in pairwise(held)
        if _WHOLE.fullmatch(folded[one.end - start : other.start - start])
    }
    return tuple(each for each in amounts if each not in wholes)


def _nearest(day: DateMention, amounts: Sequence[AmountMention]) -> AmountMention:
    return min(amounts, key=lambda each: _gap(day, each))


def _gap(day: DateMention, amount: AmountMention) -> int:
    return min(abs(amount.end - day.start), abs(amount.start - day.end))
