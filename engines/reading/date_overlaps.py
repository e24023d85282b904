"""Mentions of days that say no day of their own: beside an exacter one, or from when to when."""

import re
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from engines.reading.date_mention import DateMention

_TO = re.compile(r"\s?(?:to|-|through|thru|till|until|bis|a|au|al|t/m|do)\s?")

_COUNTED_FROM = re.compile(r"\s(?:from|ab|a compter d'|a partir d[e']|desde|vanaf|da)\s?")
_AFTER_IT = re.compile(
    r"\s(?:after|danach|darauf|d'apres|siguiente|suivant)\b(?! (?:the|that|we|you|i)\b)"
)


def one_after_another(found: list["DateMention"], folded: str) -> list["DateMention"]:
    """Read a weekday "after" as the one after the day named before it."""
    read: list[DateMention] = []
    for each in found:
        before = read[-1].ahead if read else None
        if each.form == "weekday" and each.ahead and before and _AFTER_IT.match(folded, each.end):
            days = (each.ahead.weekday() - before.weekday() - 1) % 7 + 1
            read.append(replace(each, ahead=before + timedelta(days=days), behind=None))
        else:
            read.append(each)
    return read


def without_repeats(found: list["DateMention"], folded: str) -> list["DateMention"]:
    """Leave out what another says more exactly ("Monday 23 March", "10 days from today")."""
    kept: list[DateMention] = []
    spans = _weekday_spans(found, folded)
    for at, each in enumerate(found):
        if at in spans:
            continue
        after = found[at + 1] if at + 1 < len(found) else None
        if each.form == "named" and kept and _is_counted_from(each, kept[-1], folded):
            continue
        loose = each.form in ("weekday", "week", "month")
        if loose and after and after.start - each.end <= 6 and _agrees(each, after):
            continue
        if loose and kept and each.start - kept[-1].end <= 3 and _agrees(kept[-1], each):
            continue
        kept.append(each)
    return kept


def _is_counted_from(each: "DateMention", before: "DateMention", folded: str) -> bool:
    between = folded[before.end : each.start]
    return before.form == "duration" and bool(_COUNTED_FROM.fullmatch(between))


def _weekday_spans(found: list["DateMention"], folded: str) -> set[int]:
    """The places of weekdays that only say from when to when: "Monday to Friday"."""
    spans: set[int] = set()
    for at, (one, other) in enumerate(pairwise(found)):
        both = one.form == other.form == "weekday"
        if both and _TO.fullmatch(folded[one.end : other.start]):
            spans |= {at, at + 1}
    return spans


def _agrees(one: "DateMention", other: "DateMention") -> bool:
    if one.form == other.form:
        return False
    exact = ("numeric", "textual", "day", "named", "edge")
    return one.form in exact or other.form in exact
