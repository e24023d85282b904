"""How does a text sound?"""

from collections.abc import Iterable

from guardrails.content.folding import fold, words_of
from guardrails.content.languages import language_of
from guardrails.content.report import ClaimSpan
from guardrails.tone.lexicon import LANGUAGES
from guardrails.tone.model import load_model, vocabulary_of
from guardrails.tone.reading import read_text
from guardrails.tone.report import Tone
from guardrails.tone.violations import find_violations


def score_tone(text: str, *, language: str | None = None, claims: Iterable[ClaimSpan] = ()) -> Tone:
    """Score the courtesy and firmness of a text and find what breaks its tone.

    Courtesy of English is learned from requests that people rated (Danescu-Niculescu-Mizil et
    al., 2013) and from drafts written for the purpose; that of Spanish, French and German from
    such drafts and lists of words alone. Firmness is learned from the drafts.

    Args:
        text: The text as a person would read it.
        language: Its language if known; detected otherwise.
        claims: What the content checkers found in the same text; some of it breaks the tone.
    """
    spoken = language if language in LANGUAGES else detect(text)
    reading = read_text(text, vocabulary_of(spoken))
    courtesy, firmness = load_model().scores(reading)
    return Tone(
        courtesy=round(courtesy, 1),
        firmness=round(firmness, 1),
        violations=find_violations(text, reading, claims),
        asks=reading.asks,
    )


def detect(text: str) -> str:
    """The language whose lists fit best; English where none does."""
    found = language_of(text, words_of(fold(text)))
    return found if found in LANGUAGES else "en"
