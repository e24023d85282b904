"""Reads one message once and reports what it asserts, holds and hides."""

import re
from collections.abc import Sequence
from datetime import date
from typing import cast

from guardrails.content import elements, integrity, languages
from guardrails.content.claims import ELEMENT, PAST, Match, is_lexicon_word
from guardrails.content.folding import fold
from guardrails.content.forms import forms
from guardrails.content.past_actions import past_action
from guardrails.content.protected import known_names
from guardrails.content.raw_patterns import find_in_raw
from guardrails.content.reading import Reading, classes_of, language_among, matches_of, read_part
from guardrails.content.report import (
    ClaimSpan,
    ContentReport,
    FoundBy,
    IntegrityFinding,
    Part,
    PastAction,
)
from guardrails.content.sentences import Sentence

_TAG = re.compile(r"<(?:style|script|head)\b.*?</(?:style|script|head)>|<[^<>]*>", re.S | re.I)
_BLOCK = re.compile(r"</?(?:p|br|div|li|tr|h\d|td|table|ul|ol)\b", re.I)
ASSERTED = "asserted_past_action"


def read_content(
    subject: str,
    body: str,
    *,
    names: Sequence[str] = (),
    senders: Sequence[str] = (),
    as_of: date,
    html: bool = False,
) -> ContentReport:
    """Report what a message asserts, holds and hides.

    Args:
        subject: Empty where the channel has none.
        body: As it will be sent, before any normalisation.
        names: Proper names known from the ledger (creditor, customer, contact): their words are
            no evidence of a claim.
        senders: The true legal and trading names of the sender.
        as_of: The day of sending, for a day written without its year.
        html: The body is markup; claims are looked for in what it shows and in what it hides.
    """
    shown = _without_markup(body) if html else body
    known = known_names(names)
    findings: list[IntegrityFinding] = [
        *integrity.check_integrity(subject, "subject"),
        *integrity.check_integrity(body, "body"),
    ]
    readings = [*read_part(subject, "subject", known), *read_part(shown, "body", known)]
    language = language_among(readings)
    searched = language
    if language == languages.UNKNOWN:
        language = _weakly(readings)
    report = _Findings(as_of, language)
    for reading in readings:
        report.add(reading, searched)
    for part, text in (("subject", subject), ("body", shown)):
        report.add_numbers(text, cast(Part, part))
        for form in forms(text, is_lexicon_word)[1:]:
            for reading in read_part(form, cast(Part, part), known):
                report.add(reading, searched, of=text)
    whole = f"{subject}\n{shown}" if subject else shown
    return ContentReport(
        language=language,
        languages=_languages_of(readings, language),
        claims=tuple(report.claims),
        elements=elements.elements_of(whole, fold(whole), report.elements, senders),
        integrity=tuple(findings),
        past_actions=tuple(report.past_actions),
    )


class _Findings:
    """What the sentences of one message add up to.

    An element counts only in the language of the message: its reader must be able to read it.
    """

    def __init__(self, as_of: date, language: str) -> None:
        self.as_of = as_of
        self.language = language
        self.claims: list[ClaimSpan] = []
        self.elements: set[str] = set()
        self.past_actions: list[PastAction] = []
        self._seen: set[str] = set()

    def add(self, reading: Reading, main: str, *, of: str | None = None) -> None:
        """Add what one sentence says.

        Args:
            reading: The sentence.
            main: The language of the message, for a sentence too short to have its own.
            of: The text as written, where the sentence is of another form of it; then only
                classes count that were not found before.
        """
        for match in matches_of(reading, main):
            self._add_match(match, reading, of)
        for claim, start, end in find_in_raw(reading.sentence.text, reading.words):
            self._add_claim(claim, reading.sentence, start, end, of)
        if (reading.language or main) in languages.SUPPORTED:
            for claim in classes_of(reading):
                if claim not in self._seen:
                    self._add_classified(claim, reading.sentence, of)

    def _add_classified(self, claim: str, sentence: Sentence, of: str | None) -> None:
        """Add what the wording of a whole sentence carries, where no single words do."""
        self._add_claim(claim, sentence, 0, len(sentence.text), of, "classifier")
        if claim == ASSERTED:
            self.past_actions.append(PastAction("any", None, None, sentence.text))

    def add_numbers(self, text: str, part: Part) -> None:
        """Add the numbers of a part that nobody may see."""
        from guardrails.content.sensitive import find_debited_accounts, find_sensitive_numbers

        for start, end in (*find_sensitive_numbers(text), *find_debited_accounts(text)):
            self.claims.append(ClaimSpan("sensitive_data", text[start:end], start, part, "lexicon"))

    def _add_match(self, match: Match, reading: Reading, of: str | None) -> None:
        sentence = reading.sentence
        if match.label.startswith(ELEMENT):
            if of is None and match.language == self.language:
                self.elements.add(match.label)
        elif match.label.startswith(PAST):
            self._add_claim(ASSERTED, sentence, match.start, match.end, of)
            if of is None:
                kind = match.label.removeprefix(PAST)
                self.past_actions.append(
                    past_action(kind, sentence.text, reading.folded, match, self.as_of)
                )
        else:
            self._add_claim(match.label, sentence, match.start, match.end, of)

    def _add_claim(
        self,
        claim: str,
        sentence: Sentence,
        start: int,
        end: int,
        of: str | None,
        found_by: FoundBy = "lexicon",
    ) -> None:
        span = sentence.text[start:end]
        if of is None:
            self.claims.append(
                ClaimSpan(claim, span, sentence.start + start, sentence.part, found_by)
            )
            self._seen.add(claim)
        elif claim not in self._seen:
            # A disguised word has no place of its own in the text, so its claim begins it.
            at = max(of.find(span), 0)
            self.claims.append(ClaimSpan(claim, span, at, sentence.part, found_by))
            self._seen.add(claim)


def _languages_of(readings: Sequence[Reading], main: str) -> frozenset[str]:
    """The languages of the sentences; that of the whole where every one is too short."""
    found = frozenset(each.language for each in readings if each.language)
    return found or frozenset({main} - {languages.UNKNOWN})


def _weakly(readings: Sequence[Reading]) -> str:
    """The language of a text of which no sentence is long enough to be sure of."""
    words = [word for reading in readings for word in reading.words]
    text = " ".join(reading.sentence.text for reading in readings)
    return languages.language_of(text, words) or languages.weak_language_of(words)


def _without_markup(body: str) -> str:
    """Blanks for markup, so that every word keeps its place."""

    def blank(match: re.Match[str]) -> str:
        lead = "\n" if _BLOCK.match(match[0]) else " "
        return lead + " " * (len(match[0]) - 1)

    return _TAG.sub(blank, body)
