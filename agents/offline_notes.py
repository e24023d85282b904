"""Questions about what was agreed or noted, as the offline assistant understands them."""

import re
from collections.abc import Sequence

from agents.offline_asked import last_account

_ASKED = r"\b(?:agree\w*|we know|notes|search)\b"
_SUBJECT = r"(?:about|on|regarding|concerning)"
_SHAPES = (
    rf"{_ASKED}.*?\b(?:with|about|of|for|at|from)\s+(?P<whose>.+?)\s+{_SUBJECT}\s+(?P<what>.+)",
    rf"{_ASKED}.*?\b(?:{_SUBJECT}|for)\s+(?P<what>.+?)\s+(?:with|at)\s+(?P<whose>.+)",
    r"\b(?:did|has|have)\s+(?!we\b|you\b)(?P<whose>.+?)\s+agreed?\s+(?:to|on|about)\s+(?P<what>.+)",
    r"\b(?:who|which \w+)\b.*\bagreed?\s+(?:to|on|about)\s+(?P<what>.+)",
    r"\b(?:search|find|look)\b.*?\bnotes\b.*?\b(?:for|about|on)\s+(?P<what>.+)",
    r"\bsearch\s+(?:for|about)\s+(?P<what>.+)",
)
NOTE_WORDS = "|".join(re.sub(r"\?P<\w+>", "", shape) for shape in _SHAPES)
_EVERYBODY = re.compile(r"any|all\b|every|which\b|us$|customers?$", re.IGNORECASE)
_SPOKEN_OF = re.compile(r"(?:it|them|they|him|her|this account|that account)$", re.IGNORECASE)


def note_search(question: str, history: Sequence[tuple[str, str]]) -> dict[str, str]:
    """The arguments of a search: the subject, and the account where one is meant.

    Args:
        question: One that `NOTE_WORDS` fits.
        history: Earlier lines, for an account spoken of as "them".
    """
    shapes = (re.search(shape, question, re.IGNORECASE) for shape in _SHAPES)
    found = next(shape for shape in shapes if shape)
    named = _bare(found.groupdict().get("whose") or "")
    if _SPOKEN_OF.match(named):
        named = last_account(history) or named
    arguments = {"query": _bare(found["what"])[:300]}
    if named and not _EVERYBODY.match(named):
        arguments["account"] = named[:120]
    return arguments


def _bare(words: str) -> str:
    return words.strip(" \t.?!,;\"“”'")
