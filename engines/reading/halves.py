"""A whole that is paid in halves: "half on Friday, half on the 20th, 260 in all"."""

import re
from collections.abc import Sequence
from dataclasses import replace

from engines.reading.amounts import AmountMention
from engines.reading.roles import Judged

_HALF = re.compile(r"\b(?:half|halves|halfte|moitie|mitad|helft|metade|meta|polow[aey]?|halvan)\b")
_BESIDE = re.compile(r"[\s,:=(]{1,3}(?:(?:of|von|de|das sind|so|is|also)\s)?\(?")


def halved(line: Judged, amounts: Sequence[AmountMention]) -> tuple[AmountMention, ...]:
    """The amount of a sentence, cut in two where it is the whole and both halves have a day."""
    sentence = line.line.sentence
    words = list(_HALF.finditer(sentence.folded))
    if len(amounts) != 1 or len(words) != 2:
        return tuple(amounts)
    amount = amounts[0]
    before = [each.end() for each in words if each.end() <= amount.start - sentence.start]
    here = sentence.start <= amount.start < sentence.end
    if here and before:
        between = sentence.folded[before[-1] : amount.start - sentence.start]
        if _BESIDE.fullmatch(between):  # "half, 1,250, on Monday" names the half itself
            return tuple(amounts)
    half = amount.value / 2
    return (replace(amount, value=half),) if half == round(half, 2) else tuple(amounts)
