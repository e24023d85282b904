"""Mentions of days that say no day of their own: beside an exacter one, or from when to when."""

import re
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from engines.reading.dates import DateMention

_TO = re.compile(r"\s?(?:to|-|through|thru|till|until|bis|a|au|al|t/m|do)\s?")


def without_repeats(found: list["DateMention"], folded: str) -> list["DateMention"]:
    """Leave out a weekday or period that the next mention says more exactly ("Monday 23 March")."""
    kept: list[DateMention] = []
    spans = _weekday_spans(found, folded)
    for at, each in enumerate(found):
        if at in spans:
            continue
        after = found[at + 1] if at + 1 < len(found) else None
        loose = each.form in ("weekday", "week", "month")
        if loose and after and after.start - each.end <= 6 and _agrees(each, after):
            continue
        if loose and kept and each.start - kept[-1].end <= 3 and _agrees(kept[-1], each):
            continue
        kept.append(each)
    return kept


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
