"""Single phrases of many writers' ways to say one thing: for training beside the cases only.

`phrases.txt` names the intents of the lines that follow in brackets: several joined by `+`, a
reason of dispute after `:`, `?` where the promise is on a condition.
"""

import re
from datetime import date
from pathlib import Path

from engines.reading.decision import ROUTINE
from engines.reading.features import message_features, sentence_features
from engines.reading.languages import language_of
from engines.reading.message import InboundText
from engines.reading.page import lay_out
from evals.inbound.examples import LABELS, Example
from evals.inbound.pages import CALENDAR

PHRASES = Path(__file__).with_name("phrases.txt")
_HEAD = re.compile(r"\[(?P<intents>[a-z_+]+)(?::(?P<reason>[a-z_]+))?(?P<condition>\?)?\]")
_DAY = date(2026, 3, 10)
_TOLD_BY_CASES = frozenset(each for each in LABELS["message"] if each.startswith("sentiment:"))


def phrase_examples() -> list[Example]:
    """The rows that the phrases give to the heads of messages and of sentences."""
    found: list[Example] = []
    labels: frozenset[str] = frozenset()
    for at, line in enumerate(PHRASES.read_text(encoding="utf-8").splitlines()):
        if head := _HEAD.fullmatch(line):
            labels = _labels_of(head)
        elif line and not line.startswith("#"):
            found += _examples_of(line, f"phrase {at}", labels)
    return found


def _labels_of(head: re.Match[str]) -> frozenset[str]:
    intents = frozenset(head["intents"].split("+")) - {"none"}
    found = set(intents)
    if head["reason"]:
        found.add(f"reason:{head['reason']}")
    if head["condition"]:
        found.add("conditional")
    if head["condition"] or not intents <= ROUTINE:
        found.add("person")
    if "promise_to_pay" in intents:
        found.add("promise")
    return frozenset(found)


def _examples_of(phrase: str, name: str, labels: frozenset[str]) -> list[Example]:
    page = lay_out(InboundText("", phrase, _DAY, "", ""), calendar=CALENDAR)
    untold = _TOLD_BY_CASES
    if "dispute" in labels and not any(each.startswith("reason:") for each in labels):
        untold |= {each for each in LABELS["message"] if each.startswith("reason:")}
    whole = message_features(page, language_of(phrase))
    return [
        Example("message", whole, labels & frozenset(LABELS["message"]), name, untold),
        *(
            Example(
                "sentence",
                sentence_features(page, at),
                labels & frozenset(LABELS["sentence"]),
                name,
            )
            for at in range(len(page.lines))
        ),
    ]
