"""What the cash applier says about a suggestion, in words a reviewer reads."""

from ledger.money import Money
from tools.cash_ways import FREE_TEXT, Matched, Way

_DOCUMENTS_SHOWN = 6
_GIVEN_UP = {"fee": "bank fee", "discount": "cash discount", "deduction": "deduction"}


def way_words(matched: Matched) -> list[str]:
    """Each way in its order, as the card lists them."""
    return [_way(way, matched.currency) for way in matched.ways]


def suggestion_words(matched: Matched) -> str:
    """Why it waits, the way that is asked for, and the others in their order."""
    first, *others = way_words(matched)
    told = [f"Held because: {matched.reason.replace('_', ' ')}.", f"Suggested: {first}."]
    told += [f"Or: {other}." for other in others]
    return " ".join(told)


def _way(way: Way, currency: str) -> str:
    shown = [f"{Money(minor, currency)} on {number}" for number, minor in way.numbers]
    more = len(shown) - _DOCUMENTS_SHOWN
    parts = shown[:_DOCUMENTS_SHOWN] + ([f"{more} more"] if more > 0 else [])
    for kind, _invoice, minor in way.given_up:
        parts.append(f"less {Money(minor, currency)} {_GIVEN_UP.get(kind, kind)}")
    if way.claims:
        parts.append(f'because "{way.claims[0][1]}"')
    if way.on_account_minor:
        parts.append(f"{Money(way.on_account_minor, currency)} stays on account")
    if way.pattern == FREE_TEXT:
        return f"{', '.join(parts)} (as the payer's text says)"
    evidence = way.evidence.replace("_", " ")
    return f"{', '.join(parts)} ({evidence}, {way.probability:.0%} likely)"
