"""May a message of this stage sound so? Courtesy never makes up for a violation."""

from dataclasses import dataclass
from typing import Literal

from guardrails.tone.report import Tone
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
