"""A second look: what the first heads found, weighed together.

The first heads see words; the heads asked here see how sure those were of everything at once, so
that a day promised beyond doubt speaks for a promise, and an unexplained sentence for a person.
They are trained on findings in messages by writers that the first heads had not seen.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace

from engines.reading.dates import DateMention
from engines.reading.features import Features
from engines.reading.languages import small_words
from engines.reading.linear import Head
from engines.reading.model import INTENTS
from engines.reading.page import Page
from engines.reading.roles import Judged
from engines.reading.routine import EXCEPTIONS, ROUTINE

_NEVER = 1e-6
_SCALE = 4.0  # odds of e to the fourth count as one
_ROLES = {
    "dates": ("promise", "paid", "first"),
    "amounts": ("promise", "paid", "disputed", "instalment"),
    "documents": ("invoice", "disputed"),
}
_SOON = 130  # days; a day so near ahead, of which no past reading is near, lies in the future
_PAYING = frozenset(("pay", "payment", "pay_run", "scheduled"))
_PAST_MARKS = frozenset(("paid_past", "already"))


def odds(likelihood: float) -> float:
    """The logarithm of the odds, bounded, small enough to be a feature."""
    held = min(max(likelihood, _NEVER), 1 - _NEVER)
    return max(-2.0, min(2.0, math.log(held / (1 - held)) / _SCALE))


def second_likelihoods(
    page: Page, judged: Sequence[Judged], whole: Mapping[str, float], head: Head
) -> dict[str, float]:
    """How likely each intent is, all first findings weighed together; other labels stay."""
    return {**whole, **head.likelihoods(intents_seen(page, judged, whole))}


def intents_seen(page: Page, judged: Sequence[Judged], whole: Mapping[str, float]) -> Features:
    """What bears on the intents of a message."""
    found = {f"w {each}": odds(whole[each]) for each in INTENTS}
    found |= {f"s {each}": odds(clearest(judged, each)) for each in (*INTENTS, "promise")}
    for kind, roles in _ROLES.items():
        for role in roles:
            likely = (one[role] for line in judged for _at, one in getattr(line, kind))
            found[f"{kind} {role}"] = odds(max(likely, default=_NEVER))
    days = [(line, each) for line in judged for each in line.line.dates]
    paying = [each for line, each in days if line.line.concepts & _PAYING]
    found["ahead"] = float(any(lies_ahead(each, page) for _line, each in days))
    found["pays ahead"] = float(any(lies_ahead(each, page) for each in paying))
    found["behind"] = float(any(each.behind and not each.ahead for _line, each in days))
    past = any(line.line.concepts & _PAST_MARKS for line in judged)
    found["past"] = float(past)
    found["past, none ahead"] = float(past and not found["ahead"])
    return found


def clearest(judged: Sequence[Judged], label: str) -> float:
    """How likely the sentence that says something most clearly says it."""
    return max((each.sentence[label] for each in judged), default=_NEVER)


def lies_ahead(mention: DateMention, page: Page) -> bool:
    """Whether a day can only be one to come."""
    if mention.ahead is None:
        return False
    day = page.message.received_on
    near = 0 <= (mention.ahead - day).days <= _SOON
    gone = mention.behind is not None and (day - mention.behind).days <= _SOON
    return near and not gone


def day_seen(
    page: Page,
    line: Judged,
    role: tuple[DateMention, Mapping[str, float]],
    likely: Mapping[str, float],
) -> Features:
    """What bears on whether a day is promised."""
    mention, own = role
    found = {f"own {each}": odds(own[each]) for each in ("promise", "paid", "first")}
    told = ("promise_to_pay", "already_paid", "remittance_advice", "payment_plan_request")
    told += ("extension_request", "out_of_office", "dispute", "insolvency", "acknowledgement")
    for each in told:
        found[f"w {each}"] = odds(likely[each])
        found[f"s {each}"] = odds(line.sentence[each])
    found["any"] = odds(max(likely[e] for e in ("promise_to_pay", "extension_request")))
    found["s promise"] = odds(line.sentence["promise"])
    concepts = line.line.concepts
    ahead = lies_ahead(mention, page)
    found["ahead"] = float(ahead)
    found["past only"] = float(mention.ahead is None)
    found["paying"] = float(bool(concepts & _PAYING))
    found["paying ahead"] = float(ahead and bool(concepts & _PAYING))
    found["past words"] = float(bool(concepts & _PAST_MARKS) and not concepts & {"will"})
    found["subject"] = float(line.line.sentence.part == "subject")
    return found


def with_days(
    page: Page, judged: Sequence[Judged], likely: Mapping[str, float], head: Head
) -> tuple[Judged, ...]:
    """The sentences, their days promised as likely as the second look says."""
    found = []
    for line in judged:
        dates = tuple(
            (each, {**own, **head.likelihoods(day_seen(page, line, (each, own), likely))})
            for each, own in line.dates
        )
        found.append(replace(line, dates=dates))
    return tuple(found)


def person_seen(judged: Sequence[Judged], likely: Mapping[str, float]) -> Features:
    """What bears on whether a person must look.

    Args:
        judged: The sentences of the message.
        likely: The intents after the second look, and the other labels of the whole message.
    """
    exceptions = sorted((likely[each] for each in EXCEPTIONS), reverse=True)
    none = math.prod(1 - each for each in exceptions)
    found = {
        "person": odds(likely["person"]),
        "sentence": odds(clearest(judged, "person")),
        "exception": odds(exceptions[0]),
        "another": odds(exceptions[1]),
        "any": odds(1 - none),
        "said exception": odds(max(clearest(judged, each) for each in EXCEPTIONS)),
        "routine": odds(max(likely[each] for each in ROUTINE)),
        "unexplained": odds(_unexplained(judged)),
        "injection": odds(likely["injection"]),
        "condition": odds(clearest(judged, "conditional")),
        "hostile": odds(likely["sentiment:hostile"]),
        "negative": odds(likely["sentiment:negative"]),
        "disputed": odds(max((e["disputed"] for j in judged for _m, e in j.amounts), default=0.0)),
    }
    found |= {f"routine {each}": odds(likely[each]) for each in sorted(ROUTINE)}
    return found | _look(judged)


def _unexplained(judged: Sequence[Judged]) -> float:
    """How little the least explained sentence is a routine one, weighed by how much it says."""
    worst = _NEVER
    for each in judged:
        words = sum(token.word[0].isalpha() for token in each.line.sentence.tokens)
        if words < 3:
            continue
        routine = max(each.sentence[one] for one in ROUTINE)
        odd = max(each.sentence[one] for one in (*EXCEPTIONS, "person"))
        worst = max(worst, (1 - routine) * odd * min(1.0, words / 8))
    return worst


def _look(judged: Sequence[Judged]) -> Features:
    words = [token.word for each in judged for token in each.line.sentence.tokens]
    words = [each for each in words if each[0].isalpha()]
    concepts = [each.line.concepts for each in judged]
    return {
        "long": min(len(words) / 100, 2.0),
        "sentences": min(len(judged) / 8, 2.0),
        "small words": small_words(words) / max(1, len(words)),
        "questions": float(any("?" in each.line.sentence.folded for each in judged)),
        "negated": sum("negation" in each for each in concepts) / max(1, len(judged)),
        "conditions": sum("condition" in each for each in concepts) / max(1, len(judged)),
        "disputing": float(any("dispute" in each for each in concepts)),
        "third": float(any("third_party" in each for each in concepts)),
    }
