"""Wordings that only show in the text as written: masked swear words, names people give themselves.

Everything else is in the lexicon.
"""

import re
from collections.abc import Collection, Iterator

_MASKED = re.compile(
    r"(?<![\w*@/.-])(?![A-Z]{2}[*#])[A-Za-zÀ-ÿ]{1,6}"
    r"(?:[*#@!&%$]{2,}[a-zA-Zß-ÿ]*|\*+[a-zß-ÿ]+)"
    r"(?![\w@.-]*@)(?!\*)"
)
_EMPHASIS = re.compile(r"\*{1,2}\w[^*\n]*\Z")
_PERSON = re.compile(
    r"\b(?:[Tt]his is|[Ii]t['’]s|I am|I['’]m|[Hh]ier ist|[Hh]ier spricht|[Ii]ch bin"
    r"|[Ss]oy|[Ll]e habla|[Ii]ci|[Jj]e suis|[Cc]['’]est|[Aa]qu[ií])"
    r" (?!Sie|Ihre?|Mr|Mrs|Ms|INV|PO|IT|AR|VAT)[A-ZÀ-Þ][a-zà-ÿ]{1,14}(?: [A-ZÀ-Þ][a-zà-ÿ]+)?"
    r"(?=\.|!| again\b| from (?!your|the)| here\b| aus der | von der | vom | otra vez| de nouveau"
    r"|, (?:from|aus|von|de|du|y|et|und|your|su|votre|Ihre?)\b)"
)
# Words of which one stands in every way to give one's name.
_INTRODUCES = frozenset(
    ("this", "it", "i", "hier", "ich", "soy", "habla", "ici", "je", "c", "aqui")
)
_MARKS = re.compile(r"[*#@!&%$]")


def find_in_raw(text: str, words: Collection[str]) -> Iterator[tuple[str, int, int]]:
    """Find the claims of a sentence that depend on its capitals and signs.

    Args:
        text: The sentence as written.
        words: Its words, folded.

    Returns:
        The claim class and the place in the sentence.
    """
    if _MARKS.search(text):
        for match in _MASKED.finditer(text):
            if not _EMPHASIS.search(text[: match.start()]):
                yield "profanity", match.start(), match.end()
    match = None if _INTRODUCES.isdisjoint(words) else _PERSON.search(text)
    if match:
        yield "human_persona", match.start(), match.end()
