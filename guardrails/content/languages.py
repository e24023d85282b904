"""Which language a sentence is in: English, Spanish, French, German, or another.

Words that only one language uses decide; a trained identifier is asked only about a sentence they
say too little of. Names, numbers, greetings cut short and table rows belong to no language.
"""

import functools
import re
from collections.abc import Iterable, Sequence

from guardrails.content.function_words import COMMON, EVIDENCE

SUPPORTED = ("en", "es", "fr", "de")
UNKNOWN = "und"
# Below these a sentence has too few words to be sure of a language we do not read.
_FEWEST_WORDS = 4
# One small word alone may stand in a name or a reference.
_FEWEST_HITS = 2
# Letters that are words only before an apostrophe; elsewhere they are initials.
_ELIDED = frozenset("cdjlmnst")
_SURE = 0.75
_CLEAR_SHARE = 0.25
_SCRIPTS = re.compile(
    "[\u0370-\u03ff\u0400-\u052f\u0530-\u058f\u0590-\u05ff\u0600-\u06ff\u0900-\u0dff\u0e00-\u0e7f"
    "\u10a0-\u10ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]{2}"
)
_SMALL_WORD = re.compile(r"(?<![\w@./-])[^\W\d_A-Z][^\W\d_]*(?![\w@/])")
_LINK = re.compile(r"\S*(?:@|://|www\.)\S*")


def language_of(text: str, words: Sequence[str]) -> str | None:
    """Name the language of one sentence.

    Args:
        text: The sentence as written.
        words: Its words, folded.

    Returns:
        A code of ISO 639-1, or nothing where the sentence is a name, a number or too short.
    """
    if not text.isascii() and _SCRIPTS.search(text):
        return _of_other_script(text)
    counts: dict[str, int] = {}
    elided = "'" in text or "’" in text
    for word in words:
        held = EVIDENCE.get(word)
        if held and (elided or word not in _ELIDED):
            for language in held:
                counts[language] = counts.get(language, 0) + 1
    if not counts:
        return _ask(text) if len(words) >= _FEWEST_WORDS else None
    ranked = sorted(counts.items(), key=lambda each: -each[1])
    first, hits = ranked[0]
    second = ranked[1][1] if len(ranked) > 1 else 0
    if first in SUPPORTED and hits > second and _is_clear(hits, second, len(words)):
        return first
    if first not in SUPPORTED and _is_clear(hits, _best_supported(counts), len(words)):
        return first
    likely = first if hits >= _FEWEST_HITS and hits > second and first in SUPPORTED else None
    return likely if len(words) < _FEWEST_WORDS else _ask(text) or likely


def _best_supported(counts: dict[str, int]) -> int:
    return max((counts.get(each, 0) for each in SUPPORTED), default=0)


def _is_clear(hits: int, second: int, words: int) -> bool:
    return hits >= 2 and hits - second >= 2 and hits / words >= _CLEAR_SHARE


def main_language(counted: Iterable[tuple[str, int]]) -> str:
    """The language most words of a message are in.

    Args:
        counted: Language and number of words of each sentence that has one.
    """
    totals: dict[str, int] = {}
    for language, words in counted:
        totals[language] = totals.get(language, 0) + words
    return max(totals, key=lambda each: totals[each]) if totals else UNKNOWN


@functools.lru_cache(maxsize=20_000)
def _ask(text: str) -> str | None:
    """Ask the trained identifier about the small words of a sentence."""
    small = _SMALL_WORD.findall(_LINK.sub(" ", text))
    if len(small) < _FEWEST_WORDS:
        return None
    language, sureness = _identifier().classify(" ".join(small))
    if language in SUPPORTED:
        return language if sureness >= _SURE / 2 else None
    return language if sureness >= _SURE else None


@functools.cache
def _identifier():
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)


def _of_other_script(text: str) -> str:
    language, _sureness = _identifier().classify(text)
    return language if language not in SUPPORTED else UNKNOWN


def weak_language_of(words: Sequence[str]) -> str:
    """The supported language of most words, where too few are known to be sure of any."""
    seen = set(words)
    hits, language = max(
        ((len(seen & COMMON[each]), each) for each in SUPPORTED), key=lambda each: each[0]
    )
    tied = [each for each in SUPPORTED if len(seen & COMMON[each]) == hits]
    if len(tied) == 1:
        return language
    asked, _sureness = _identifier().classify(" ".join(words))
    return asked if asked in tied else UNKNOWN
