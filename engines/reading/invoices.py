"""Which numbers of a message are invoices, and which of them are disputed."""

from collections.abc import Sequence

from engines.reading.documents import DocumentMention
from engines.reading.linear import Head
from engines.reading.page import Page
from engines.reading.roles import Judged

_SURE = 0.95
_SURE_IN_SPITE = 0.75  # an invoice although the words before it say something else
_ENOUGH = 0.4
_CLEARLY = 0.55


def mentioned(page: Page, judged: Sequence[Judged], head: Head) -> tuple[str, ...]:
    """The invoices a message names, as written, in order."""
    found: dict[str, None] = {}
    best: dict[str, float] = {}
    for line in judged:
        for each, likely in line.documents:
            key = each.number.upper()
            best[key] = max(best.get(key, 0.0), likely["invoice"])
    for line in judged:
        for each, likely in line.documents:
            if is_invoice(page, each, best[each.number.upper()], likely, head):
                found.update(dict.fromkeys((each.number, *each.more)))
    return _in_one_spelling(tuple(found))


def _in_one_spelling(numbers: tuple[str, ...]) -> tuple[str, ...]:
    kept: dict[str, str] = {}
    for each in numbers:
        kept.setdefault(each.upper(), each)
    return tuple(kept.values())


def is_invoice(
    page: Page, mention: DocumentMention, best: float, likely: dict[str, float], head: Head
) -> bool:
    """Whether a number is an invoice's: by its words, else by the trained head."""
    if mention.shape == "foreign" and mention.cue != "invoice":
        return False
    if mention.number.upper() in page.invoices and mention.cue != "other":
        return likely["invoice"] > 1 - _SURE
    if mention.cue == "other" and mention.number.upper() not in page.invoices:
        return best >= _SURE_IN_SPITE
    return best >= head.thresholds.get("invoice", 0.5)


def disputed(
    judged: Sequence[Judged], invoices: Sequence[str], dispute: float, limit: float
) -> tuple[str, ...]:
    """The invoices a message disputes.

    Args:
        judged: Its sentences.
        invoices: The invoices it names.
        dispute: How likely the message disputes anything, nothing where that is not said.
        limit: From which likelihood on one of several invoices is disputed.
    """
    best = dict.fromkeys(invoices, 0.0)
    for line in judged:
        for each, likely in line.documents:
            for number in (each.number, *each.more):
                if number in best:
                    best[number] = max(best[number], likely["disputed"])
    if not dispute:
        return tuple(each for each in invoices if best[each] >= _CLEARLY)
    if len(invoices) == 1:
        return tuple(each for each in invoices if max(best[each], dispute * 0.9) >= _ENOUGH)
    found = tuple(each for each in invoices if best[each] >= limit)
    return found or tuple(sorted(invoices, key=lambda each: -best[each])[:1])
