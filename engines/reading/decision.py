"""Whether a person must look at a message, and why. Doubt always says yes."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from engines.reading.caution import cautions
from engines.reading.contact_wishes import SAYS_CONTACT
from engines.reading.languages import small_words
from engines.reading.linear import Head, Model
from engines.reading.model import PaidClaim, PromiseClaim, Span
from engines.reading.page import Page
from engines.reading.quotes import LONGEST
from engines.reading.routine import EXCEPTIONS, ROUTINE
from engines.reading.sentences import split_sentences

DOUBT = "reads like a message for a person"
_ADDRESS = re.compile(r"[\w.+-]{1,64}@[\w-]{1,64}\.\w")
_PATIENCE = 2.5  # so much more doubt a plain message may raise
_BEYOND_DOUBT = 0.95
_HARDLY = 0.15
_FEWEST_WORDS = 5
_LONG_SENTENCE = 12  # words, of which some are small ones in every language we know
_FEWEST_SMALL = 0.15
_FEW_KNOWN = 0.6
_LONGEST_WORD = 12
_LEAST_KNOWN = 0.45
_LEAST_SMALL = 0.25
_LONGEST = 12_000


@dataclass(frozen=True, slots=True)
class Found:
    """What was read of a message and bears on the decision.

    Attributes:
        risk: How likely the message is one for a person.
        wishes: What it says of when, how or whom to contact.
    """

    page: Page
    intents: Sequence[str]
    likely: Mapping[str, float]
    risk: float
    promises: Sequence[PromiseClaim]
    paid: PaidClaim | None
    injection: bool
    signs: int
    wishes: Sequence[Span]


def why_human(found: Found, model: Model) -> tuple[str, ...]:
    """The reasons for a person; none where the message is routine beyond doubt."""
    reasons = [f"says {each}" for each in found.intents if each not in ROUTINE]
    if found.injection:
        reasons.append("holds words meant for software")
    elif found.signs:
        reasons.append("asks for what only a person may decide")
    reasons += _plainly(found)
    if not found.intents:
        reasons.append("is about nothing we know")
    limit = model["human"].thresholds.get("person", 0.5)
    if found.risk >= limit * (_PATIENCE if is_plain(found) else 1):
        reasons.append(DOUBT)
    if any(each.conditional for each in found.promises) or (
        "promise_to_pay" in found.intents and depends(found.page)
    ):
        reasons.append("promises on a condition")
    if "out_of_office" in found.intents and hands_over(found.page):
        reasons.append("names another address and no day of return")
    if not_understood(found.page, model["message"]):
        reasons.append("has a sentence we cannot read")
    if len(found.page.message.body) > _LONGEST:
        reasons.append("is too long to be read whole")
    return tuple(dict.fromkeys(reasons))


def _plainly(found: Found) -> Iterator[str]:
    """The reasons that stand in plain words."""
    if is_name(found.page.message.body):
        yield "is a name rather than a message"
    yield from cautions(found.page, found.intents)
    if found.wishes:
        yield SAYS_CONTACT


def is_plain(found: Found) -> bool:
    """Whether a message says one everyday thing beyond doubt in a sentence, and hardly another."""
    spoken = [each for each in found.page.lines if each.sentence.part == "body"]
    return (
        len(spoken) <= 1
        and max(found.likely[each] for each in ROUTINE) >= _BEYOND_DOUBT
        and max(found.likely[each] for each in EXCEPTIONS) <= _HARDLY
    )


def depends(page: Page) -> bool:
    """Whether a sentence makes what it says depend on something."""
    return any("proviso" in line.concepts for line in page.lines)


def hands_over(page: Page) -> bool:
    """Whether a note of absence is more than that: it names an address and no day of return."""
    named = any(_ADDRESS.search(line.sentence.folded) for line in page.lines)
    return named and not any(each.ahead for line in page.lines for each in line.dates)


def is_name(body: str) -> bool:
    """Whether a body is a single long word, such as the name of a file."""
    return len(body.split(maxsplit=1)) == 1 and len(body.strip()) > _LONGEST_WORD


def not_understood(page: Page, head: Head) -> bool:
    """Whether some sentence is of words that the model never saw, in no language it knows."""
    if _has_unknown_line(page, head):
        return True
    body = page.message.body[:LONGEST]
    if page.own == body:  # nothing was quoted
        sentences = [each.sentence for each in page.lines]
    else:
        sentences = split_sentences(body, "body")
    return any(_is_foreign([each.word for each in one.tokens], head) for one in sentences)


def _is_foreign(words: Sequence[str], head: Head) -> bool:
    """Whether a long sentence, quoted or not, lacks the small words of the languages we know."""
    words = [each for each in words if len(each) > 1 and each[0].isalpha()]
    if len(words) < _LONG_SENTENCE or small_words(words) >= _FEWEST_SMALL * len(words):
        return False
    return sum("w" + each in head.places for each in words) < _FEW_KNOWN * len(words)


def _has_unknown_line(page: Page, head: Head) -> bool:
    for line in page.lines:
        if line.amounts or line.documents:
            continue  # rows of tables are names and numbers
        words = [each.word for each in line.sentence.tokens if each.word[0].isalpha()]
        words = [each for each in words if len(each) > 1]
        if len(words) >= _FEWEST_WORDS:
            known = sum("w" + each in head.places for each in words)
            if known < _LEAST_KNOWN * len(words) and small_words(words) < _LEAST_SMALL * len(words):
                return True
    return False
