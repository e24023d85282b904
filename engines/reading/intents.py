"""What a message is about: the trained head asked once, and what reading found beside it."""

from collections.abc import Mapping, Sequence

from engines.reading.linear import Head
from engines.reading.model import INTENTS, REASONS

SENTIMENTS = ("neutral", "positive", "negative", "hostile")
# Where no intent reaches its limit, the likeliest counts if it is at least this likely.
_LAST_RESORT = 0.12
# What stops us counts too where the first look alone is this sure of it: a miss costs more.
_STOPPING = ("insolvency", "legal_threat", "hardship", "stop_contact")
_SURE = 0.9
_DISPUTING = ("dispute", "short_pay", "credit_request")
_REASON_FLOOR = 0.06


def intents_of(
    likely: Mapping[str, float],
    head: Head,
    first_look: Mapping[str, float],
) -> tuple[str, ...]:
    """The intents of a message, the surest first.

    Args:
        likely: What the message as a whole is taken for once everything is weighed.
        head: Whose limits count.
        first_look: The same before anything was weighed.
    """
    ranked = sorted(INTENTS, key=lambda each: (-likely[each], each))
    found = tuple(
        each
        for each in ranked
        if head.holds(each, likely) or (each in _STOPPING and first_look[each] >= _SURE)
    )
    if not found and likely[ranked[0]] >= _LAST_RESORT:
        return (ranked[0],)
    return found


def reasons_of(likely: Mapping[str, float], intents: Sequence[str], head: Head) -> tuple[str, ...]:
    """Why something is disputed; of a dispute always the likeliest reason, if any is likely."""
    if not any(each in intents for each in _DISPUTING):
        return ()
    ranked = sorted(REASONS, key=lambda each: (-likely[f"reason:{each}"], each))
    found = tuple(each for each in ranked if head.holds(f"reason:{each}", likely))
    if not found and "dispute" in intents and likely[f"reason:{ranked[0]}"] >= _REASON_FLOOR:
        return (ranked[0],)
    return found


def sentiment_of(likely: Mapping[str, float]) -> str:
    """How the message sounds."""
    return max(SENTIMENTS, key=lambda each: likely[f"sentiment:{each}"])
