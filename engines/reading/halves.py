"""A whole that is paid in halves: "half on Friday, half on the 20th, 260 in all".

The amount beside two halves is the whole of them only where the words say so, or where it stands
apart from both. In every other place it is left as it stands: it may be what a half comes to.
"""

import re
from collections.abc import Sequence
from dataclasses import replace
from decimal import ROUND_UP, Decimal

from engines.reading.amounts import AmountMention
from engines.reading.page import Line
from engines.reading.roles import Judged

_WORD = r"\b(?:half|halves|halfte|moitie|mitad|helft|metade|meta|polow[aey]?|halvan)\b"
_HALF = re.compile(_WORD)
# "Half, 1,250, on Monday" names the half itself.
_BESIDE = re.compile(_WORD + r"[\s,:=(]{1,3}(?:(?:das sind|so|is|also)\s)?\(?$")
# Words right before or right behind an amount that make it what both halves come to.
_WHOLE_BEFORE = re.compile(
    r"(?:\b(?:in all|altogether|total|totals|totall?ing|of (?:the|your|our)|sum|zusammen|insgesamt"
    r"|gesamt\w*|summe|au total|total de|en total|del total|in totale|totale|totaal|samen)"
    rf"|{_WORD} (?:of|von|der|des|de|du|di|da|van)(?: (?:the|your|our|den|der|les|los|las|de))?)"
    r"(?: (?:is|of|amount|von|de|sind|sum))?[\s:=,(]*(?:[a-z]{3} )?$"
)
_WHOLE_BEHIND = re.compile(
    r"[\s,)]*(?:[a-z]{3}\b)?[\s,)]*(?:in all|all in|altogether|in total|total|for both|together"
    r"|zusammen|insgesamt|gesamt|au total|en total|in totale|samen|in totaal)\b"
)
_EACH = re.compile(
    r"\b(?:each|apiece|a time|jeweils|chacune?|chaque|cada|ciascun[ao]|ognun[ao]|elk|ieder"
    r"|on both|both times|beide male)\b|\bje (?:[a-z]{3} )?\W?\d"
)
_SO_MUCH = re.compile(
    r"(?:\b(?:that is|that's|which is|i\.?e\.?|so|equals|making|being|das sind|also|d\.h\.|soit"
    r"|c'est-a-dire|es decir|o sea|cioe|dus)|[(=])[\s:,]*$"
)
_CENT = Decimal("0.01")


def halved(line: Judged, amounts: Sequence[AmountMention]) -> tuple[AmountMention, ...]:
    """The amount of a sentence, cut in two where it is the whole and both halves have a day."""
    if len(amounts) != 1 or not _is_whole(line.line, amounts[0]):
        return tuple(amounts)
    whole = amounts[0].value
    first = (whole / 2).quantize(_CENT, ROUND_UP)
    if first * 2 == whole:
        return (replace(amounts[0], value=whole / 2),)
    return replace(amounts[0], value=first), replace(amounts[0], value=whole - first)


def leaves_halves_open(line: Line) -> bool:
    """Whether a sentence pays in halves and does not say if its one amount is all or a half."""
    told = [each for each in line.amounts if each.sure]
    folded, begins = line.sentence.folded, line.sentence.start
    if len(told) != 1 or len(_HALF.findall(folded)) != 2 or _EACH.search(folded):
        return False
    return not _BESIDE.search(folded[: told[0].start - begins]) and not _is_whole(line, told[0])


def _is_whole(line: Line, amount: AmountMention) -> bool:
    """Whether two halves are spoken of and an amount is what they come to together."""
    sentence = line.sentence
    halves = list(_HALF.finditer(sentence.folded))
    if len(halves) != 2:
        return False
    start, end = amount.start - sentence.start, amount.end - sentence.start
    if not 0 <= start < len(sentence.folded):  # it stands in another sentence, apart from both
        return not _EACH.search(sentence.folded)
    before, behind = sentence.folded[:start], sentence.folded[end:]
    if _EACH.search(sentence.folded):
        return False
    if _WHOLE_BEFORE.search(before) or _WHOLE_BEHIND.match(behind):
        return True
    if end <= halves[0].start():
        return True
    days = [each.start - sentence.start for each in line.dates]
    apart = any(halves[1].end() <= day < start for day in days)
    return apart and not _SO_MUCH.search(before)
