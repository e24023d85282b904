"""Single phrases of many writers' ways to say one thing: for training beside the cases only.

`phrases.txt` names the intents of the lines that follow in brackets: several joined by `+`, a
reason of dispute after `:`, `?` where the promise is on a condition. Days and amounts of a plain
promise are promised, those of a plain payment were paid. Phrases of one language are also put
together to short messages, so that one that needs a person is found among everyday ones.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np

from engines.reading.features import mention_features, message_features, sentence_features
from engines.reading.languages import language_of
from engines.reading.message import InboundText
from engines.reading.page import Page, lay_out
from engines.reading.routine import ROUTINE
from evals.inbound.examples import LABELS, Example
from evals.inbound.pages import CALENDAR

PHRASES = Path(__file__).with_name("phrases.txt")
_HEAD = re.compile(r"\[(?P<intents>[a-z_+]+)(?::(?P<reason>[a-z_]+))?(?P<condition>\?)?\]")
_DAY = date(2026, 3, 10)
_TOLD_BY_CASES = frozenset(each for each in LABELS["message"] if each.startswith("sentiment:"))
_REASONS = frozenset(each for each in LABELS["message"] if each.startswith("reason:"))
_SEED = 20261122
_TOGETHER = 900  # messages put together
_MOST_PHRASES = 3


@dataclass(frozen=True, slots=True)
class Phrase:
    """A phrase and what it says."""

    text: str
    language: str
    labels: frozenset[str]

    @property
    def needs_person(self) -> bool:
        """Whether it is not routine."""
        return "person" in self.labels


def phrases() -> list[Phrase]:
    """Every phrase of the listing."""
    found: list[Phrase] = []
    labels: frozenset[str] = frozenset()
    for line in PHRASES.read_text(encoding="utf-8").splitlines():
        if head := _HEAD.fullmatch(line):
            labels = _labels_of(head)
        elif line and not line.startswith("#"):
            found.append(Phrase(line, language_of(line), labels))
    return found


def phrase_examples() -> list[Example]:
    """The rows that the phrases give to the first heads."""
    listed = phrases()
    found: list[Example] = []
    for at, each in enumerate(listed):
        found += _examples_of(each, f"phrase {at}")
    for at, several in enumerate(_together(listed)):
        found.append(_message_of(several, f"phrases {at}"))
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


def _together(listed: list[Phrase]) -> Iterator[list[Phrase]]:
    """Phrases of one language put together, every other time only everyday ones."""
    lot = np.random.default_rng(_SEED)
    by_language: dict[str, list[Phrase]] = {}
    for each in listed:
        by_language.setdefault(each.language, []).append(each)
    for at in range(_TOGETHER):
        language = listed[int(lot.integers(len(listed)))].language
        chosen = by_language[language]
        if at % 2:
            chosen = [each for each in chosen if not each.needs_person]
        if chosen:
            number = 2 + int(lot.integers(_MOST_PHRASES - 1))
            yield [chosen[int(lot.integers(len(chosen)))] for _time in range(number)]


def _page_of(text: str) -> Page:
    return lay_out(InboundText("", text, _DAY, "", ""), calendar=CALENDAR)


def _untold(labels: frozenset[str]) -> frozenset[str]:
    if "dispute" in labels and not labels & _REASONS:
        return _TOLD_BY_CASES | _REASONS
    return _TOLD_BY_CASES


def _message_of(several: list[Phrase], name: str) -> Example:
    text = "\n".join(each.text for each in several)
    labels = frozenset(label for each in several for label in each.labels)
    features = message_features(_page_of(text), several[0].language)
    told = frozenset(LABELS["message"])
    return Example("message", features, labels & told, name, _untold(labels))


def _examples_of(phrase: Phrase, name: str) -> list[Example]:
    page = _page_of(phrase.text)
    labels = phrase.labels
    told = labels & frozenset(LABELS["sentence"])
    sentences = [
        Example("sentence", sentence_features(page, at), told, name)
        for at in range(len(page.lines))
    ]
    return [_message_of([phrase], name), *sentences, *_mentions(page, labels, name)]


def _mentions(page: Page, labels: frozenset[str], name: str) -> list[Example]:
    """Days and amounts, where one thing is said of all of them."""
    kinds = labels - {"promise", "conditional", "person"}
    if kinds == {"promise_to_pay"}:
        role = {"promise"}
    elif kinds == {"already_paid"}:
        role = {"paid"}
    elif kinds <= ROUTINE | {"complaint_tone", "stop_contact"} - {"remittance_advice"}:
        role = set()
    else:
        return []
    found = []
    for at, line in enumerate(page.lines):
        for head, mentions in (("date", line.dates), ("amount", line.amounts)):
            found += [
                Example(head, mention_features(page, at, each), frozenset(role), name)
                for each in mentions
            ]
    return found
