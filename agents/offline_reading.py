"""What a customer's words assert, by the one reader of messages: claims, never commands.

The offline model works with one kind a message. Of several the most careful counts, and what the
reader does not know goes to a person.
"""

import functools
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from engines.reading.features import message_features
from engines.reading.languages import language_of
from engines.reading.linear import trained
from engines.reading.message import InboundText
from engines.reading.model import REASONS
from engines.reading.page import Page, lay_out
from engines.reading.read import read_message
from engines.reading.roles import judge
from policies.load import load_policy
from tools.outside_text import inside_fence

_LONGEST_QUOTE = 300
_LEAST_LIKELY = 0.15
_BESIDE = 0.3  # of the surest intent; what is less likely beside it is a murmur, not a claim
# Kinds and the intents that are one; what stops us comes before what asks us.
_KINDS = {
    "insolvency": ("insolvency",),
    "legal": ("legal_threat",),
    "hardship": ("hardship",),
    "opt_out": ("stop_contact",),
    "already_paid": ("already_paid",),
    "dispute": ("dispute", "short_pay"),
    "plan": ("payment_plan_request", "extension_request"),
    "promise": ("promise_to_pay",),
}
# No intent of its own: the reader takes a death for hardship, and a person of another role asks.
_DEATH = re.compile(
    r"passed away|deceased|estate of the late|verstorben|décédé|fallecid", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Reading:
    """What a text asserts: a kind, and words of it, unchanged."""

    kind: str
    quote: str
    text: str


def read_words(fenced: str) -> Reading:
    """Read a customer's message; a kind of `query` means that nothing known was found."""
    text = inside_fence(fenced)
    message = _message(text)
    if death := _DEATH.search(text):
        return Reading("deceased", _around(text, death), text)
    found = read_message(message)
    surest = max(found.confidence.values(), default=0.0)
    heard = [each for each in found.intents if found.confidence[each] >= _BESIDE * surest]
    kind, intent = _most_careful(heard)
    spans = [span.text for span in found.spans if span.kind == kind]
    quote = spans[0] if spans else _clearest(_page(message), intent)
    return Reading(kind, (quote or text)[:_LONGEST_QUOTE].strip(), text)


def read_claims(quotes: Mapping[str, str]) -> Reading:
    """What a message asserts by the claims that were read in it, with their words by intent."""
    text = "\n".join(dict.fromkeys(quotes.values()))
    if death := _DEATH.search(text):
        return Reading("deceased", _around(text, death), text)
    kind, intent = _most_careful(quotes)
    return Reading(kind, quotes.get(intent, text)[:_LONGEST_QUOTE].strip(), text)


def dispute_reason(text: str, codes: Mapping[str, str] | None = None) -> str:
    """The reason code a disputing text fits best.

    Args:
        text: The words of a payer.
        codes: Codes by the reader's reasons; those of the shipped policy where not given.
    """
    page = _page(_message(text))
    likely = trained()["message"].likelihoods(message_features(page, language_of(page.own)))
    best = max(REASONS, key=lambda reason: likely[f"reason:{reason}"])
    if likely[f"reason:{best}"] < _LEAST_LIKELY:
        return "UNDEFINED"
    return (codes or _shipped_codes())[best]


@functools.cache
def _shipped_codes() -> Mapping[str, str]:
    return load_policy().replies.dispute_codes


def _most_careful(intents: Iterable[str]) -> tuple[str, str]:
    """The kind that counts, and the intent it was read from."""
    found = set(intents)
    for kind, names in _KINDS.items():
        for name in names:
            if name in found:
                return kind, name
    return "query", ""


def _message(text: str) -> InboundText:
    # The day bears on dates alone, and nothing here is dated.
    return InboundText(subject="", body=text, received=date(2000, 1, 3), sender="", carrier="")


def _page(message: InboundText) -> Page:
    return lay_out(message, calendar="US")


def _clearest(page: Page, intent: str) -> str:
    """The sentence that says an intent most clearly, or the first."""
    judged = judge(page, trained())
    if not judged:
        return ""
    if not intent:
        return judged[0].line.sentence.text
    # A greeting beside what is said is as likely as that; the longer one says it.
    said = max(judged, key=lambda e: (round(e.sentence[intent], 1), len(e.line.sentence.tokens)))
    return said.line.sentence.text


def _around(text: str, found: re.Match[str]) -> str:
    """The line around some words, as it stands there."""
    start = text.rfind("\n", 0, found.start()) + 1
    end = text.find("\n", found.end())
    return text[start : end if end >= 0 else len(text)].strip()[:_LONGEST_QUOTE].strip()
