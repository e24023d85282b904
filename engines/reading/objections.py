"""A wish to pay in parts, told from a dispute: who only cannot pay all at once disputes nothing."""

import re
from collections.abc import Mapping, Sequence

from engines.reading.lexicon import Hit
from engines.reading.page import Line, Page

PLAN = "payment_plan_request"
DISPUTES = ("dispute", "short_pay")
# So sure of a dispute, it stands although no word of it is in the lists.
_BEYOND_DOUBT = 0.9
_INABILITY = re.compile(r"(?:cannot|can't|cant|unable)\b.* pay")
# Reasons whose words stand in plain talk of money and days too: totals, terms.
_EVERYDAY = frozenset(("r_terms", "r_mismatch"))
_PARTS = re.compile(
    r"\b(?:instal\w*|payment plan|in (?:\S+ )?(?:\w+ )?(?:parts|stages|tranches|payments)"
    r"|over (?:\w+ )?(?:months|weeks)|(?:monats|wochen)?raten(?:zahlung\w*|plan|weise)?"
    r"|teilzahl\w+|teilbetrage\w*|zahlungsplan|en (?:\w+ )?(?:fois|mensualites|versements)"
    r"|echelonn\w+|echeancier|plan de (?:paiement|pagos?)|(?:a|en) (?:\w+ )?(?:plazos|cuotas)"
    r"|fraccion\w+)\b"
)
_ASKING = re.compile(
    r"\?|\b(?:please|bitte\w*|merci de|por favor|ruego|rogamos|ask\w*|request\w*|propose|like to"
    r"|mochten|wurden gern\w*|souhait\w+|demand\w+|propos\w+|solicit\w+|pedimos|accept)\b"
)


def only_asks_for_parts(page: Page, intents: Sequence[str], likely: Mapping[str, float]) -> bool:
    """Whether a message asks to pay in instalments and holds no word of objection.

    Args:
        page: The message laid out.
        intents: What it was found to be about.
        likely: How likely each intent is.
    """
    disputing = [each for each in intents if each in DISPUTES]
    # What the heads take for a wish for parts takes no dispute away: the words must ask for it.
    asked = any(map(_asks_for_parts, page.lines)) if disputing else PLAN in intents
    sure = any(likely[each] >= _BEYOND_DOUBT for each in disputing)
    return asked and not sure and not objects(page)


def as_a_plan(intents: Sequence[str]) -> tuple[str, ...]:
    """The intents with the wish for a plan in place of a dispute."""
    rest = tuple(each for each in intents if each not in DISPUTES)
    return rest if PLAN in rest else (PLAN, *rest)


def objects(page: Page) -> bool:
    """Whether a sentence holds a word of objection, or a reason for one."""
    return any(_is_objection(line, hit) for line in page.lines for hit in line.hits)


def _is_objection(line: Line, hit: Hit) -> bool:
    if hit.concept == "dispute":
        words = " ".join(each.word for each in line.sentence.tokens[hit.first : hit.last])
        return not _INABILITY.fullmatch(words)
    reason = hit.concept.startswith("r_") and hit.concept not in _EVERYDAY
    return reason or hit.concept in ("credit_ask", "short")


def _asks_for_parts(line: Line) -> bool:
    """Whether a sentence plainly asks to pay in instalments."""
    folded = line.sentence.folded
    return bool(_PARTS.search(folded) and _ASKING.search(folded))
