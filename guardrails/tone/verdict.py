"""May a message of this stage sound so? Courtesy never makes up for a violation."""

from dataclasses import dataclass
from typing import Literal

from guardrails.content.sentences import split_sentences
from guardrails.tone.report import Tone, ToneViolation
from guardrails.tone.score import score_tone
from policies.tone import TonePolicy

TOO_BLUNT, TOO_FIRM, NO_ASK = "too_blunt", "too_firm", "no_ask"


@dataclass(frozen=True, slots=True)
class ToneVerdict:
    """Whether a message passes.

    Attributes:
        verdict: `pass` or `fail`.
        tags: Why it fails: its violations, and what of its stage it is outside of.
    """

    verdict: Literal["pass", "fail"]
    tags: tuple[str, ...]


def judge_tone(tone: Tone, stage: str | None, policy: TonePolicy) -> ToneVerdict:
    """Hold a tone against the band of its stage; any violation the stage does not allow fails.

    Args:
        tone: Of the message.
        stage: Such as `friendly`, `final` or `reply_dispute`; nothing if the message has none.
        policy: The bands.
    """
    band = policy.band(stage)
    tags = [tag for tag in tone.tags if tag not in band.allows]
    if tone.courtesy < band.courtesy_min:
        tags.append(TOO_BLUNT)
    if tone.firmness > band.firmness_max:
        tags.append(TOO_FIRM)
    if band.asks and not tone.asks:
        tags.append(NO_ASK)
    return ToneVerdict("fail" if tags else "pass", tuple(tags))


def explain(text: str, tone: Tone, verdict: ToneVerdict, language: str) -> list[ToneViolation]:
    """The words behind a verdict: its violations, and the sentence that is bluntest or firmest.

    Args:
        text: The message.
        tone: Of the message.
        verdict: On it.
        language: Of the message.
    """
    found = [each for each in tone.violations if each.tag in verdict.tags]
    wanted = [tag for tag in (TOO_BLUNT, TOO_FIRM) if tag in verdict.tags]
    sentences = split_sentences(text, "body") if wanted else []
    scored = [(each, score_tone(each.text, language=language)) for each in sentences]
    for tag in wanted if scored else ():
        worst, _tone = (
            min(scored, key=lambda each: each[1].courtesy)
            if tag == TOO_BLUNT
            else max(scored, key=lambda each: each[1].firmness)
        )
        found.append(ToneViolation(tag, worst.text, worst.start))
    return found
