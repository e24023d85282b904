"""Finds what breaks the tone: its own patterns, shouting, and what the content checkers found."""

import re
from collections.abc import Iterable
from itertools import pairwise

from guardrails.content.pattern import Pattern
from guardrails.content.report import ClaimSpan
from guardrails.content.sentences import split_sentences
from guardrails.tone.reading import Reading
from guardrails.tone.report import ToneViolation

# What a claim class sounds like; classes that are no question of tone are not here.
TAG_OF_CLAIM = {
    "arrest_or_crime": "threat_criminal",
    "attorney_implied": "legal_threat_unapproved",
    "legal_action_threat": "legal_threat_unapproved",
    "seizure_garnishment": "legal_threat_unapproved",
    "government_implied": "false_claim",
    "legal_process_simulated": "false_claim",
    "credit_report_threat": "credit_bureau_threat",
    "collections_referral": "collections_threat",
    "service_suspension": "suspension_threat",
    "public_shaming": "shaming",
    "third_party_contact_threat": "third_party_disclosure",
    "third_party_disclosure": "third_party_disclosure",
    "violence_or_harm": "violence",
    "false_urgency": "urgency",
    "guilt_pressure": "guilt",
    "insult_or_sarcasm": "insult",
    "profanity": "profanity",
    "protected_trait": "discriminatory",
    "vulnerability_exploited": "pressure_hardship",
    "vague_consequence": "vague_threat",
    "claim_of_no_dispute_right": "dismissive",
    "overshadowing": "ignores_dispute",
    "discount_offer": "unauthorised_concession",
    "waiver_or_credit": "unauthorised_concession",
    "plan_commitment": "unauthorised_concession",
    "sensitive_data": "privacy_detail",
}
_SHOUTED = re.compile(r"(?:\b[^\W\d_a-zà-ÿ]{2,}\b[\s,'!?-]*){4,}")
_EXCLAIMED = re.compile(r"[!?]*!{2,}[!?]*|[¡!]{3,}")
_FEWEST_CAPITALS = 2
_FEWEST_SHOUTED = 14  # letters; below it may be a company and its legal form


def find_violations(
    text: str, reading: Reading, claims: Iterable[ClaimSpan] = ()
) -> tuple[ToneViolation, ...]:
    """Find every violation, in the order of the text.

    Args:
        text: The text as written.
        reading: What was read of it.
        claims: What the content checkers found in the same text.
    """
    found = _said(text, reading)
    if "!!" in text or reading.capitals >= _FEWEST_CAPITALS:
        found += _shouted(text)
    found += [
        ToneViolation(TAG_OF_CLAIM[each.claim], each.span, each.start)
        for each in claims
        if each.claim in TAG_OF_CLAIM
    ]
    return tuple(sorted(set(found), key=lambda each: (each.start, each.tag)))


def _said(text: str, reading: Reading) -> list[ToneViolation]:
    folded = reading.folded
    patterns = [each for each in reading.patterns if _may_match(each, folded)]
    if not patterns:
        return []
    found = []
    for start, end in _stretches(text):
        for pattern in patterns:
            match = pattern.find(folded[start:end])
            if match is not None:
                begin = start + match.start()
                span = text[begin : start + match.end()]
                shift = len(span) - len(span.lstrip())
                found.append(ToneViolation(pattern.label, span.strip(), begin + shift))
    return found


def _may_match(pattern: Pattern, folded: str) -> bool:
    """Whether the whole text holds every part: quicker than asking each sentence."""
    return all(
        each.search(folded)
        for each in pattern.positive
        if r"\A" not in each.pattern and r"\Z" not in each.pattern
    )


def _stretches(text: str) -> list[tuple[int, int]]:
    """Sentences, and pairs of neighbours: sarcasm and pressure often need two."""
    cut = [(each.start, each.start + len(each.text)) for each in split_sentences(text, "body")]
    pairs = [(first[0], second[1]) for first, second in pairwise(cut)]
    return cut + pairs


def _shouted(text: str) -> list[ToneViolation]:
    found = [
        ToneViolation("exclamation", each.group(), each.start())
        for each in _EXCLAIMED.finditer(text)
    ]
    for each in _SHOUTED.finditer(text):
        span = each.group().strip()
        if sum(map(str.isalpha, span)) >= _FEWEST_SHOUTED:
            found.append(ToneViolation("all_caps", span, each.start()))
    return found
