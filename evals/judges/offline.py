"""The judge without a model: the tone scorer in the bands of the stages; it knows no usefulness."""

from datetime import date

from evals.judges.port import Opinion, Wording
from guardrails.content.read import read_content
from guardrails.tone.score import score_tone
from guardrails.tone.verdict import judge_tone
from policies.tone import TonePolicy, load_tone

_ANY_DAY = date(2000, 1, 1)


class ToneJudge:
    """The tone scorer as a judge."""

    name = "tone scorer"

    def __init__(self, policy: TonePolicy | None = None) -> None:
        self._policy = policy or load_tone()

    def judge(self, wording: Wording) -> Opinion:
        """What the scorer says; it always says something."""
        content = read_content("", wording.text, as_of=_ANY_DAY)
        tone = score_tone(wording.text, language=content.language, claims=content.claims)
        judged = judge_tone(tone, wording.stage, self._policy)
        return Opinion(
            tone=tone.courtesy,
            acceptable_tone=judged.verdict == "pass",
            helpful=None,
            in_language=content.language == wording.language,
            why=", ".join(judged.tags),
        )
